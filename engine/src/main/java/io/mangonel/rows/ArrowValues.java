package io.mangonel.rows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntervalMonthDayNanoVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** Reads the values of Arrow vectors. */
public final class ArrowValues {
  private static final long MASK_32_BITS = 0xFFFF_FFFFL;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_MICRO = 1_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private ArrowValues() {}

  public static Value read(FieldVector vector, int row) {
    if (vector instanceof NullVector || vector.isNull(row)) {
      return new Value.Null();
    }
    return switch (vector) {
      case BitVector bits -> new Value.Bool(bits.get(row) == 1);
      case BaseIntVector numbers -> integer(numbers, row);
      case DecimalVector decimals -> new Value.Exact(decimals.getObject(row));
      case Decimal256Vector decimals -> new Value.Exact(decimals.getObject(row));
      case Float4Vector floats ->
          new Value.Floating(floats.get(row), Float.toString(floats.get(row)));
      case Float8Vector doubles ->
          new Value.Floating(doubles.get(row), Double.toString(doubles.get(row)));
      case VarCharVector texts -> new Value.Text(texts.getObject(row).toString());
      case LargeVarCharVector texts -> new Value.Text(texts.getObject(row).toString());
      case VarBinaryVector bytes -> new Value.Notation(Notations.blob(bytes.get(row)));
      case LargeVarBinaryVector bytes -> new Value.Notation(Notations.blob(bytes.get(row)));
      case FixedSizeBinaryVector bytes -> new Value.Notation(Notations.blob(bytes.get(row)));
      case MapVector map -> mapping(map, row);
      case ListVector list ->
          sequence(
              list.getDataVector(), list.getElementStartIndex(row), list.getElementEndIndex(row));
      case LargeListVector list ->
          sequence(
              list.getDataVector(),
              (int) list.getElementStartIndex(row),
              (int) list.getElementEndIndex(row));
      case FixedSizeListVector list ->
          sequence(
              list.getDataVector(), list.getElementStartIndex(row), list.getElementEndIndex(row));
      case StructVector struct -> struct(struct, row);
      default -> new Value.Notation(temporal(vector, row));
    };
  }

  private static Value integer(BaseIntVector numbers, int row) {
    return new Value.Exact(
        switch (numbers) {
          case UInt1Vector unsigned -> BigDecimal.valueOf(unsigned.get(row) & 0xFFL);
          case UInt2Vector unsigned -> BigDecimal.valueOf(unsigned.get(row));
          case UInt4Vector unsigned -> BigDecimal.valueOf(unsigned.get(row) & MASK_32_BITS);
          case UInt8Vector unsigned ->
              new BigDecimal(new BigInteger(Long.toUnsignedString(unsigned.get(row))));
          default -> BigDecimal.valueOf(numbers.getValueAsLong(row));
        });
  }

  private static Value sequence(FieldVector elements, int start, int end) {
    List<Value> values = new ArrayList<>();
    for (int i = start; i < end; i++) {
      values.add(read(elements, i));
    }
    return new Value.Sequence(values);
  }

  private static Value mapping(MapVector map, int row) {
    StructVector pairs = (StructVector) map.getDataVector();
    List<Value.Entry> entries = new ArrayList<>();
    for (int i = map.getElementStartIndex(row); i < map.getElementEndIndex(row); i++) {
      entries.add(
          new Value.Entry(
              read(pairs.getChildrenFromFields().get(0), i),
              read(pairs.getChildrenFromFields().get(1), i)));
    }
    return new Value.Mapping(entries);
  }

  private static Value struct(StructVector struct, int row) {
    List<Value.Field> fields = new ArrayList<>();
    for (FieldVector child : struct.getChildrenFromFields()) {
      fields.add(new Value.Field(child.getName(), read(child, row)));
    }
    return new Value.Struct(fields);
  }

  private static String temporal(FieldVector vector, int row) {
    return switch (vector) {
      case DateDayVector days -> Notations.date(days.get(row));
      case TimeSecVector time -> Notations.time(time.get(row) * NANOS_PER_SECOND);
      case TimeMilliVector time -> Notations.time(time.get(row) * NANOS_PER_MILLI);
      case TimeMicroVector time -> Notations.time(time.get(row) * NANOS_PER_MICRO);
      case TimeNanoVector time -> Notations.time(time.get(row));
      case TimeStampVector stamps -> timestamp(stamps, row);
      case IntervalMonthDayNanoVector intervals -> interval(intervals, row);
      case DurationVector durations -> Notations.interval(0, 0, durations.getObject(row).toNanos());
      default -> String.valueOf(vector.getObject(row));
    };
  }

  private static String timestamp(TimeStampVector stamps, int row) {
    ArrowType.Timestamp type = (ArrowType.Timestamp) stamps.getField().getType();
    String text = Notations.timestamp(stamps.get(row), perSecond(type.getUnit()));
    return type.getTimezone() == null || text.endsWith("infinity") ? text : text + "+00";
  }

  private static long perSecond(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> 1;
      case MILLISECOND -> 1_000;
      case MICROSECOND -> 1_000_000;
      case NANOSECOND -> NANOS_PER_SECOND;
    };
  }

  private static String interval(IntervalMonthDayNanoVector intervals, int row) {
    return Notations.interval(
        IntervalMonthDayNanoVector.getMonths(intervals.getDataBuffer(), row),
        IntervalMonthDayNanoVector.getDays(intervals.getDataBuffer(), row),
        IntervalMonthDayNanoVector.getNanoseconds(intervals.getDataBuffer(), row));
  }
}

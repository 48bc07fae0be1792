package io.mangonel.flightsql.parameter;

import io.mangonel.planner.ir.Sql;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Period;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FloatingPointVector;
import org.apache.arrow.vector.IntervalDayVector;
import org.apache.arrow.vector.IntervalMonthDayNanoVector;
import org.apache.arrow.vector.IntervalYearVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/** Values of Arrow vectors as DuckDB literals: exact, and of exactly the value's type. */
public final class ArrowLiterals {
  private static final long MS_PER_DAY = 86_400_000L;
  private static final long NANOS_PER_MS = 1_000_000L;
  private static final char NUL = '\0';

  private ArrowLiterals() {}

  /**
   * The value at {@code row} as SQL.
   *
   * @throws UnsupportedParameterException when DuckDB has no such value
   */
  public static String of(FieldVector vector, int row) {
    Field field = vector.getField();
    if (field.getDictionary() != null) {
      throw new UnsupportedParameterException("dictionary-encoded values cannot be bound");
    }
    if (field.getType() instanceof ArrowType.Null) {
      return "NULL";
    }
    String type = ArrowTypes.sql(field);
    return vector.isNull(row) ? "CAST(NULL AS " + type + ")" : value(vector, row, type);
  }

  private static String value(FieldVector vector, int row, String type) {
    ArrowType arrow = vector.getField().getType();
    return switch (arrow) {
      case ArrowType.Bool _ -> String.valueOf(vector.getObject(row));
      case ArrowType.Int number -> cast(integer(vector, row, number), type);
      case ArrowType.FloatingPoint _ -> floating((FloatingPointVector) vector, row, type);
      case ArrowType.Decimal _ -> decimal((BigDecimal) vector.getObject(row), type);
      case ArrowType.Utf8 _, ArrowType.LargeUtf8 _, ArrowType.Utf8View _ ->
          cast(text(String.valueOf(vector.getObject(row))), type);
      case ArrowType.Binary _,
          ArrowType.LargeBinary _,
          ArrowType.BinaryView _,
          ArrowType.FixedSizeBinary _ ->
          binary(vector, row);
      case ArrowType.Date _, ArrowType.Time _, ArrowType.Timestamp _ -> temporal(vector, row);
      case ArrowType.Duration _, ArrowType.Interval _ -> interval(vector, row);
      case ArrowType.List _,
          ArrowType.LargeList _,
          ArrowType.FixedSizeList _,
          ArrowType.Map _,
          ArrowType.Struct _ ->
          cast(nested(vector, row), type);
      default -> throw new UnsupportedParameterException(arrow + " values cannot be bound");
    };
  }

  private static String cast(String value, String type) {
    return "CAST(" + value + " AS " + type + ")";
  }

  private static String integer(FieldVector vector, int row, ArrowType.Int type) {
    long bits = ((BaseIntVector) vector).getValueAsLong(row);
    if (type.getIsSigned()) {
      return Long.toString(bits);
    }
    int width = type.getBitWidth();
    return Long.toUnsignedString(width == Long.SIZE ? bits : bits & ((1L << width) - 1));
  }

  private static String floating(FloatingPointVector vector, int row, String type) {
    double value = vector.getValueAsDouble(row);
    String text = type.equals("FLOAT") ? Float.toString((float) value) : Double.toString(value);
    return cast("'" + text + "'", type);
  }

  private static String decimal(BigDecimal value, String type) {
    if (value.precision() <= ArrowTypes.DECIMAL_DIGITS_MAX) {
      return cast("'" + value.toPlainString() + "'", type);
    }
    if (value.scale() == 0) {
      return cast("'" + value.toPlainString() + "'", "HUGEINT");
    }
    throw new UnsupportedParameterException(
        "a decimal has at most " + ArrowTypes.DECIMAL_DIGITS_MAX + " digits, " + value + " more");
  }

  /** DuckDB's parser takes a NUL for the end of the statement. */
  private static String text(String text) {
    if (text.indexOf(NUL) < 0) {
      return Sql.literal(text);
    }
    return Stream.of(text.split("\0", -1))
        .map(Sql::literal)
        .collect(Collectors.joining(" || chr(0) || ", "(", ")"));
  }

  private static String binary(FieldVector vector, int row) {
    String hex = HexFormat.of().formatHex((byte[]) vector.getObject(row));
    if (!ArrowTypes.isUuid(vector.getField())) {
      return "from_hex('" + hex + "')";
    }
    return cast("'" + hex + "'", "UUID");
  }

  private static String temporal(FieldVector vector, int row) {
    return switch (vector) {
      case DateDayVector days -> TemporalLiterals.date(days.get(row));
      case DateMilliVector ms ->
          ms.get(row) % MS_PER_DAY == 0
              ? cast(TemporalLiterals.date(ms.get(row) / MS_PER_DAY), "TIMESTAMP_MS")
              : TemporalLiterals.timestamp(ms.get(row), TimeUnit.MILLISECOND, false);
      case TimeSecVector time -> TemporalLiterals.time(time.get(row), TimeUnit.SECOND);
      case TimeMilliVector time -> TemporalLiterals.time(time.get(row), TimeUnit.MILLISECOND);
      case TimeMicroVector time -> TemporalLiterals.time(time.get(row), TimeUnit.MICROSECOND);
      case TimeNanoVector time -> TemporalLiterals.time(time.get(row), TimeUnit.NANOSECOND);
      case TimeStampVector time -> {
        var type = (ArrowType.Timestamp) vector.getField().getType();
        yield TemporalLiterals.timestamp(time.get(row), type.getUnit(), type.getTimezone() != null);
      }
      default -> throw new UnsupportedParameterException(vector.getField() + " cannot be bound");
    };
  }

  private static String interval(FieldVector vector, int row) {
    return switch (vector) {
      case DurationVector duration -> {
        var unit = ((ArrowType.Duration) vector.getField().getType()).getUnit();
        yield TemporalLiterals.duration(DurationVector.get(duration.getDataBuffer(), row), unit);
      }
      case IntervalYearVector months -> TemporalLiterals.interval(months.get(row), 0, 0);
      case IntervalDayVector days -> {
        Duration value = days.getObject(row);
        long ms = value.minusDays(value.toDays()).toMillis();
        yield TemporalLiterals.interval(0, value.toDays(), ms * NANOS_PER_MS);
      }
      case IntervalMonthDayNanoVector all -> {
        Period period = all.getObject(row).getPeriod();
        long nanos = all.getObject(row).getDuration().toNanos();
        yield TemporalLiterals.interval(period.toTotalMonths(), period.get(ChronoUnit.DAYS), nanos);
      }
      default -> throw new UnsupportedParameterException(vector.getField() + " cannot be bound");
    };
  }

  private static String nested(FieldVector vector, int row) {
    return switch (vector) {
      case MapVector map -> map(map, row);
      case BaseListVector list -> elements(list, data(list), row);
      case StructVector struct ->
          struct.getChildrenFromFields().stream()
              .map(child -> Sql.literal(child.getName()) + ": " + of(child, row))
              .collect(Collectors.joining(", ", "{", "}"));
      default -> throw new UnsupportedParameterException(vector.getField() + " cannot be bound");
    };
  }

  private static FieldVector data(BaseListVector list) {
    return list.getChildrenFromFields().getFirst();
  }

  private static String map(MapVector map, int row) {
    StructVector entries = (StructVector) map.getDataVector();
    FieldVector keys = entries.getChildrenFromFields().get(0);
    FieldVector values = entries.getChildrenFromFields().get(1);
    return "map(" + elements(map, keys, row) + ", " + elements(map, values, row) + ")";
  }

  private static String elements(BaseListVector list, FieldVector data, int row) {
    return IntStream.range(list.getElementStartIndex(row), list.getElementEndIndex(row))
        .mapToObj(i -> of(data, i))
        .collect(Collectors.joining(", ", "[", "]"));
  }
}

package io.mangonel.flightsql.parameter;

import io.mangonel.planner.ir.Sql;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/** The DuckDB type that has all values of an Arrow type. */
final class ArrowTypes {
  static final int DECIMAL_DIGITS_MAX = 38;

  private static final String EXTENSION = "ARROW:extension:name";
  private static final String UUID = "arrow.uuid";

  private ArrowTypes() {}

  static boolean isUuid(Field field) {
    return UUID.equals(field.getMetadata().get(EXTENSION));
  }

  /**
   * The type as SQL.
   *
   * @throws UnsupportedParameterException when DuckDB has none
   */
  static String sql(Field field) {
    ArrowType type = field.getType();
    List<Field> children = field.getChildren();
    return switch (type) {
      case ArrowType.Null _ -> "VARCHAR";
      case ArrowType.Bool _ -> "BOOLEAN";
      case ArrowType.Int number -> integer(number);
      case ArrowType.FloatingPoint number ->
          switch (number.getPrecision()) {
            case HALF, SINGLE -> "FLOAT";
            case DOUBLE -> "DOUBLE";
          };
      case ArrowType.Decimal decimal ->
          "DECIMAL("
              + Math.min(decimal.getPrecision(), DECIMAL_DIGITS_MAX)
              + ","
              + decimal.getScale()
              + ")";
      case ArrowType.Utf8 _, ArrowType.LargeUtf8 _, ArrowType.Utf8View _ -> "VARCHAR";
      case ArrowType.Binary _, ArrowType.LargeBinary _, ArrowType.BinaryView _ -> "BLOB";
      case ArrowType.FixedSizeBinary _ -> isUuid(field) ? "UUID" : "BLOB";
      case ArrowType.Date date -> date.getUnit() == DateUnit.DAY ? "DATE" : "TIMESTAMP_MS";
      case ArrowType.Time time -> time.getUnit() == TimeUnit.NANOSECOND ? "TIME_NS" : "TIME";
      case ArrowType.Timestamp timestamp -> timestamp(timestamp);
      case ArrowType.Duration _, ArrowType.Interval _ -> "INTERVAL";
      case ArrowType.List _, ArrowType.LargeList _ -> sql(children.getFirst()) + "[]";
      case ArrowType.FixedSizeList list ->
          sql(children.getFirst()) + "[" + list.getListSize() + "]";
      case ArrowType.Struct _ ->
          children.stream()
              .map(child -> Sql.identifier(child.getName()) + " " + sql(child))
              .collect(Collectors.joining(", ", "STRUCT(", ")"));
      case ArrowType.Map _ -> {
        List<Field> entry = children.getFirst().getChildren();
        yield "MAP(" + sql(entry.get(0)) + ", " + sql(entry.get(1)) + ")";
      }
      default -> throw new UnsupportedParameterException(type + " values cannot be bound");
    };
  }

  private static String integer(ArrowType.Int number) {
    String signed =
        switch (number.getBitWidth()) {
          case 8 -> "TINYINT";
          case 16 -> "SMALLINT";
          case 32 -> "INTEGER";
          default -> "BIGINT";
        };
    return number.getIsSigned() ? signed : "U" + signed;
  }

  private static String timestamp(ArrowType.Timestamp timestamp) {
    if (timestamp.getTimezone() != null) {
      return "TIMESTAMP WITH TIME ZONE";
    }
    return switch (timestamp.getUnit()) {
      case SECOND -> "TIMESTAMP_S";
      case MILLISECOND -> "TIMESTAMP_MS";
      case MICROSECOND -> "TIMESTAMP";
      case NANOSECOND -> "TIMESTAMP_NS";
    };
  }
}

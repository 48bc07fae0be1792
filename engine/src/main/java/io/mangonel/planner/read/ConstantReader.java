package io.mangonel.planner.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.DataType.Field;
import io.mangonel.planner.ir.Expression.Constant;
import io.mangonel.planner.ir.Sql;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Constants: {@code {"type": ..., "is_null": false, "value": ...}} to the SQL of that value. */
final class ConstantReader {
  private ConstantReader() {}

  static Constant read(@Nullable JsonNode json) {
    JsonObject constant = new JsonObject("constant", json);
    DataType type = TypeReader.read(constant.get("type"));
    boolean isNull = constant.bool("is_null");
    JsonNode value = constant.optional("value");
    constant.end();
    return new Constant(sql(type, isNull ? null : value), type);
  }

  /** The number that a DECIMAL constant stands for. */
  static BigDecimal decimal(JsonNode json, DataType.Decimal type) {
    return new BigDecimal(integer(json.get("value")), type.scale());
  }

  private static String sql(DataType type, @Nullable JsonNode value) {
    if (value == null) {
      return type.equals(new DataType.Simple("NULL")) ? "NULL" : cast("NULL", type);
    }
    return switch (type) {
      case DataType.Simple simple -> simple(simple, value);
      case DataType.Decimal decimal -> decimalSql(decimal, value);
      case DataType.EnumOf(var values) -> {
        int index = integer(value).intValueExact();
        if (index < 0 || index >= values.size()) {
          throw new UnsupportedPlan("constant of " + type.sql());
        }
        yield cast(Sql.literal(values.get(index)), type);
      }
      case DataType.ListOf(var element) -> cast("[" + list(element, value) + "]", type);
      case DataType.ArrayOf(var element, var size) -> cast("[" + list(element, value) + "]", type);
      case DataType.Struct(var fields) -> struct(fields, value);
      case DataType.MapOf map -> map(map, value);
      case DataType.Union union -> throw new UnsupportedPlan("constant of " + union.sql());
    };
  }

  private static String simple(DataType.Simple type, JsonNode value) {
    return switch (type.name()) {
      case "BOOLEAN" -> value.booleanValue() ? "true" : "false";
      case "INTEGER" -> integerSql(integer(value));
      case "TINYINT",
          "SMALLINT",
          "BIGINT",
          "HUGEINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "UHUGEINT" ->
          cast(Sql.literal(integer(value).toString()), type);
      case "FLOAT", "DOUBLE" -> cast(Sql.literal(floating(value)), type);
      case "VARCHAR" -> string(value);
      case "JSON", "BLOB" -> cast(string(value), type);
      case "UUID" -> cast(Sql.literal(uuid(value)), type);
      case "INTERVAL" -> interval(value);
      case "DATE" -> TemporalConstant.date(value.longValue());
      case "TIME" -> TemporalConstant.time(value.longValue());
      case "TIME_NS" -> TemporalConstant.timeNs(value.longValue());
      case "TIME WITH TIME ZONE" -> TemporalConstant.timeWithZone(value.longValue());
      case "TIMESTAMP" -> TemporalConstant.timestamp(value.longValue());
      case "TIMESTAMP_S" -> TemporalConstant.timestampSeconds(value.longValue());
      case "TIMESTAMP_MS" -> TemporalConstant.timestampMillis(value.longValue());
      case "TIMESTAMP_NS" -> TemporalConstant.timestampNanos(value.longValue());
      case "TIMESTAMP WITH TIME ZONE" -> TemporalConstant.timestampWithZone(value.longValue());
      default -> throw new UnsupportedPlan("constant of " + type.sql());
    };
  }

  static String cast(String operand, DataType type) {
    return "CAST(" + operand + " AS " + type.sql() + ")";
  }

  private static String integerSql(BigInteger value) {
    return value.signum() < 0 ? "(" + value + ")" : value.toString();
  }

  private static String string(JsonNode value) {
    if (!value.isTextual()) {
      throw new UnsupportedPlan("constant text " + value);
    }
    if (value.textValue().indexOf('\0') >= 0) {
      throw new UnsupportedPlan("constant text with a zero byte");
    }
    return Sql.literal(value.textValue());
  }

  private static String floating(JsonNode value) {
    if (!value.isNumber()) {
      throw new UnsupportedPlan("constant number " + value);
    }
    return value.asText();
  }

  private static String decimalSql(DataType.Decimal type, JsonNode value) {
    BigDecimal number = new BigDecimal(integer(value), type.scale());
    return cast(Sql.literal(number.toPlainString()), type);
  }

  /** An integer of up to 64 bits, or of 128 in two halves. */
  private static BigInteger integer(JsonNode value) {
    if (value.isIntegralNumber()) {
      return value.bigIntegerValue();
    }
    JsonObject halves = new JsonObject("constant integer", value);
    BigInteger upper = halves.get("upper").bigIntegerValue();
    BigInteger lower = halves.get("lower").bigIntegerValue();
    halves.end();
    return upper.shiftLeft(Long.SIZE).add(lower);
  }

  /** DuckDB keeps the top bit flipped, so that values sort. */
  private static String uuid(JsonNode value) {
    BigInteger bits = integer(value);
    long high = bits.shiftRight(Long.SIZE).longValue() ^ Long.MIN_VALUE;
    return new UUID(high, bits.longValue()).toString();
  }

  private static String interval(JsonNode value) {
    JsonObject parts = new JsonObject("constant interval", value);
    List<String> terms = new ArrayList<>();
    addTerm(terms, "to_months", parts.number("months"));
    addTerm(terms, "to_days", parts.number("days"));
    addTerm(terms, "to_microseconds", parts.number("micros"));
    parts.end();
    return terms.isEmpty() ? "to_days(0)" : terms.size() == 1 ? terms.getFirst() : sum(terms);
  }

  private static void addTerm(List<String> terms, String function, long amount) {
    if (amount != 0) {
      terms.add(function + "(" + amount + ")");
    }
  }

  private static String sum(List<String> terms) {
    return "(" + String.join(" + ", terms) + ")";
  }

  private static List<@Nullable JsonNode> children(JsonNode value) {
    JsonObject parent = new JsonObject("constant", value);
    List<@Nullable JsonNode> children = new ArrayList<>();
    for (JsonNode node : parent.elements("children")) {
      JsonObject child = new JsonObject("constant", node);
      children.add(child.bool("is_null") ? null : child.get("value"));
      child.ignore("value").end();
    }
    parent.end();
    return children;
  }

  private static String list(DataType element, JsonNode value) {
    return String.join(", ", children(value).stream().map(child -> sql(element, child)).toList());
  }

  private static String struct(List<Field> fields, JsonNode value) {
    List<@Nullable JsonNode> children = children(value);
    if (children.size() != fields.size()) {
      throw new UnsupportedPlan("constant struct of other fields");
    }
    List<String> parts = new ArrayList<>();
    boolean named = false;
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      named |= !field.name().isEmpty();
      String name = field.name().isEmpty() ? "" : Sql.identifier(field.name()) + " := ";
      parts.add(name + sql(field.type(), children.get(i)));
    }
    return (named ? "struct_pack(" : "row(") + String.join(", ", parts) + ")";
  }

  private static String map(DataType.MapOf type, JsonNode value) {
    List<String> keys = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (JsonNode entry : children(value)) {
      List<@Nullable JsonNode> pair = entry == null ? List.of() : children(entry);
      if (pair.size() != 2) {
        throw new UnsupportedPlan("constant of " + type.sql());
      }
      keys.add(sql(type.key(), pair.get(0)));
      values.add(sql(type.value(), pair.get(1)));
    }
    String maps = "MAP([" + String.join(", ", keys) + "], [" + String.join(", ", values) + "])";
    return cast(maps, type);
  }
}

package io.mangonel.planner.carrier;

import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.DataType.Field;
import io.mangonel.planner.ir.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Random types and values of them as SQL: extremes more often than the middle. */
final class RandomValues {
  private static final Map<String, List<String>> LEAVES =
      Map.ofEntries(
          Map.entry("BOOLEAN", List.of("true", "false")),
          Map.entry("TINYINT", List.of("-128", "127", "0")),
          Map.entry("SMALLINT", List.of("-32768", "32767", "5")),
          Map.entry("INTEGER", List.of("-2147483648", "2147483647", "-1")),
          Map.entry("BIGINT", List.of("-9223372036854775808", "9223372036854775807", "7")),
          Map.entry("UTINYINT", List.of("0", "255")),
          Map.entry("USMALLINT", List.of("0", "65535")),
          Map.entry("UINTEGER", List.of("0", "4294967295")),
          Map.entry("UBIGINT", List.of("0", "18446744073709551615", "9223372036854775808")),
          Map.entry(
              "HUGEINT",
              List.of(
                  "'-170141183460469231731687303715884105728'",
                  "'170141183460469231731687303715884105727'",
                  "'9223372036854775808'",
                  "'123456789012345678901'",
                  "-5")),
          Map.entry("UHUGEINT", List.of("0", "'340282366920938463463374607431768211455'", "12")),
          Map.entry(
              "BIGNUM", List.of("0", "-1", "'123456789012345678901234567890123456789012345'")),
          Map.entry(
              "FLOAT", List.of("'nan'", "'inf'", "'-inf'", "-0.0", "1.1", "'1e-45'", "'3.4e38'")),
          Map.entry("DOUBLE", List.of("'nan'", "'-inf'", "-0.0", "0.1", "'4.9e-324'", "'1.7e308'")),
          Map.entry("VARCHAR", List.of("''", "'abc'", "'a''b\"c\\n'", "'süß 🦆'", "'NULL'")),
          Map.entry("JSON", List.of("'{\"a\":[1,null]}'", "'null'", "'\"x\"'")),
          Map.entry("BLOB", List.of("'\\x00\\xFF'", "''", "'abc'")),
          Map.entry("BIT", List.of("'0'", "'101'", "'000000001111111100'")),
          Map.entry(
              "UUID",
              List.of(
                  "'00000000-0000-0000-0000-000000000000'",
                  "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
                  "'80000000-0000-0000-0000-000000000001'")),
          Map.entry(
              "DATE", List.of("'1970-01-01'", "'infinity'", "'-infinity'", "'0044-03-15 (BC)'")),
          Map.entry("TIME", List.of("'00:00:00'", "'23:59:59.999999'", "'24:00:00'")),
          Map.entry("TIME_NS", List.of("'00:00:00.000000001'", "'23:59:59.999999999'")),
          Map.entry(
              "TIME WITH TIME ZONE",
              List.of("'00:00:00+15:59:59'", "'23:59:59.999999-15:59:59'", "'12:00:00+02'")),
          Map.entry(
              "TIMESTAMP",
              List.of("'infinity'", "'-infinity'", "'1969-12-31 23:59:59.999999'", "'9999-12-31'")),
          Map.entry("TIMESTAMP_S", List.of("'1969-12-31 23:59:59'", "'infinity'", "'2020-01-01'")),
          Map.entry("TIMESTAMP_MS", List.of("'1969-12-31 23:59:59.999'", "'-infinity'")),
          Map.entry(
              "TIMESTAMP_NS", List.of("'1969-12-31 23:59:59.999999999'", "'2262-04-11 01:02:03'")),
          Map.entry("TIMESTAMP WITH TIME ZONE", List.of("'2020-06-01 12:00:00+02'", "'infinity'")),
          Map.entry(
              "INTERVAL",
              List.of(
                  "'1 month 2 days 00:00:00.000003'",
                  "'-1 month 40 days -00:00:00.000003'",
                  "'100 years'",
                  "'30 days'",
                  "'720 hours'")));

  /** Every type without parameters that a column can have. */
  static final List<String> SIMPLE = LEAVES.keySet().stream().sorted().toList();

  private final Random random;

  RandomValues(long seed) {
    this.random = new Random(seed);
  }

  static DataType simple(String name) {
    return new DataType.Simple(name);
  }

  DataType type(int depth) {
    if (depth == 0 || random.nextInt(4) == 0) {
      return switch (random.nextInt(12)) {
        case 0 -> new DataType.Decimal(38, random.nextInt(39));
        case 1 -> new DataType.Decimal(9, 2);
        case 2 -> new DataType.EnumOf(List.of("a", "b'c", "", "süß"));
        default -> simple(SIMPLE.get(random.nextInt(SIMPLE.size())));
      };
    }
    return switch (random.nextInt(6)) {
      case 0 -> new DataType.ListOf(type(depth - 1));
      case 1 -> new DataType.ArrayOf(type(depth - 1), 1 + random.nextInt(3));
      case 2 -> new DataType.MapOf(type(0), type(depth - 1));
      case 3 -> new DataType.Union(fields(depth, i -> "m" + i));
      case 4 -> new DataType.Struct(fields(depth, i -> ""));
      default -> new DataType.Struct(fields(depth, i -> i == 0 ? "select" : "F " + i));
    };
  }

  private List<Field> fields(int depth, Function<Integer, String> name) {
    return IntStream.rangeClosed(0, random.nextInt(3))
        .mapToObj(i -> new Field(name.apply(i), type(depth - 1)))
        .toList();
  }

  String value(DataType type) {
    return random.nextInt(6) == 0 ? "CAST(NULL AS " + type.sql() + ")" : present(type);
  }

  private String present(DataType type) {
    String value =
        switch (type) {
          case DataType.Simple simple -> oneOf(LEAVES.getOrDefault(simple.name(), List.of("NULL")));
          case DataType.Decimal decimal -> decimal(decimal);
          case DataType.EnumOf values -> Sql.literal(oneOf(values.values()));
          case DataType.ListOf list -> list(list.element(), random.nextInt(4));
          case DataType.ArrayOf array -> list(array.element(), (int) array.size());
          case DataType.MapOf map -> map(map);
          case DataType.Struct struct -> struct(struct.fields());
          case DataType.Union union -> {
            Field member = union.members().get(random.nextInt(union.members().size()));
            yield "union_value("
                + Sql.identifier(member.name())
                + " := "
                + value(member.type())
                + ")";
          }
        };
    return "CAST(" + value + " AS " + type.sql() + ")";
  }

  private String decimal(DataType.Decimal type) {
    String digits = "9".repeat(1 + random.nextInt(type.width()));
    String padded = "0".repeat(Math.max(0, type.scale() + 1 - digits.length())) + digits;
    int point = padded.length() - type.scale();
    String text = padded.substring(0, point) + "." + padded.substring(point);
    return Sql.literal((random.nextBoolean() ? "-" : "") + text);
  }

  private String list(DataType element, int size) {
    return IntStream.range(0, size)
        .mapToObj(_ -> value(element))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private String map(DataType.MapOf map) {
    return random.nextInt(4) == 0
        ? "MAP {}"
        : "MAP {" + present(map.key()) + ": " + value(map.value()) + "}";
  }

  private String struct(List<Field> fields) {
    List<String> parts = new ArrayList<>();
    for (Field field : fields) {
      String prefix = field.name().isEmpty() ? "" : Sql.identifier(field.name()) + " := ";
      parts.add(prefix + value(field.type()));
    }
    boolean named = parts.stream().anyMatch(part -> part.contains(" := ") && part.startsWith("\""));
    return (named ? "struct_pack(" : "row(") + String.join(", ", parts) + ")";
  }

  private String oneOf(List<String> values) {
    return values.get(random.nextInt(values.size()));
  }
}

package io.mangonel.planner.carrier;

import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The type by which a value of a DuckDB type goes through Parquet unharmed: the same type with the
 * leaves that Parquet loses replaced by VARCHAR, and with a STRUCT for a UNION or an unnamed
 * STRUCT.
 */
final class CarrierType {
  /** Parquet, as DuckDB 2.0 writes and reads it, keeps these exactly. */
  private static final Set<String> EXACT =
      Set.of(
          "BOOLEAN",
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "FLOAT",
          "DOUBLE",
          "VARCHAR",
          "JSON",
          "BLOB",
          "UUID",
          "DATE",
          "TIME",
          "TIME_NS",
          "TIMESTAMP",
          "TIMESTAMP_NS",
          "TIMESTAMP WITH TIME ZONE",
          "NULL");

  /** Lost or changed by Parquet, exact as text. */
  private static final Map<String, String> AS_TEXT =
      Map.of(
          "HUGEINT", "VARCHAR",
          "UHUGEINT", "VARCHAR",
          "BIGNUM", "VARCHAR",
          "BIT", "VARCHAR",
          "TIME WITH TIME ZONE", "VARCHAR",
          "TIMESTAMP_S", "VARCHAR",
          "TIMESTAMP_MS", "VARCHAR",
          "INTERVAL", "VARCHAR");

  private static final String TAG = "tag";

  private final DataType type;
  private final String sql;

  /**
   * Whether a cast between the two types does not do: there are UNIONs or unnamed STRUCTs in it.
   */
  private final boolean rebuilt;

  private CarrierType(DataType type, String sql) {
    this.type = type;
    this.sql = sql;
    this.rebuilt = rebuilt(type);
  }

  /** Empty for a type that is not known to survive. */
  static Optional<CarrierType> of(DataType type) {
    return carrierSql(type).map(sql -> new CarrierType(type, sql));
  }

  /** The type in the file. */
  String sql() {
    return sql;
  }

  String write(String value) {
    if (rebuilt) {
      return write(value, type, 0);
    }
    return type.sql().equals(sql) ? value : cast(value, sql);
  }

  String read(String value) {
    if (rebuilt) {
      return read(value, type, 0);
    }
    return type.sql().equals(sql) && type instanceof DataType.Simple
        ? value
        : cast(value, type.sql());
  }

  private static String cast(String value, String type) {
    return "CAST(" + value + " AS " + type + ")";
  }

  private static boolean unnamed(DataType.Struct struct) {
    return struct.fields().stream().allMatch(field -> field.name().isEmpty());
  }

  private static boolean rebuilt(DataType type) {
    return switch (type) {
      case DataType.Simple _, DataType.Decimal _, DataType.EnumOf _ -> false;
      case DataType.ListOf list -> rebuilt(list.element());
      case DataType.ArrayOf array -> rebuilt(array.element());
      case DataType.MapOf map -> rebuilt(map.key()) || rebuilt(map.value());
      case DataType.Struct struct ->
          unnamed(struct) || struct.fields().stream().anyMatch(field -> rebuilt(field.type()));
      case DataType.Union _ -> true;
    };
  }

  private static Optional<String> carrierSql(DataType type) {
    return switch (type) {
      case DataType.Simple simple ->
          EXACT.contains(simple.name())
              ? Optional.of(simple.sql())
              : Optional.ofNullable(AS_TEXT.get(simple.name()));
      case DataType.Decimal decimal -> Optional.of(decimal.sql());
      case DataType.EnumOf _ -> Optional.of("VARCHAR");
      case DataType.ListOf list -> carrierSql(list.element()).map(element -> element + "[]");
      case DataType.ArrayOf array -> carrierSql(array.element()).map(element -> element + "[]");
      case DataType.MapOf map ->
          carrierSql(map.key())
              .flatMap(
                  key -> carrierSql(map.value()).map(value -> "MAP(" + key + ", " + value + ")"));
      case DataType.Struct struct -> structSql(fieldNames(struct), struct.fields(), "");
      case DataType.Union union ->
          structSql(partNames(union.members()), union.members(), "\"" + TAG + "\" VARCHAR, ");
    };
  }

  private static Optional<String> structSql(
      List<String> names, List<DataType.Field> fields, String first) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      Optional<String> part = carrierSql(fields.get(i).type());
      if (part.isEmpty()) {
        return Optional.empty();
      }
      parts.add(Sql.identifier(names.get(i)) + " " + part.get());
    }
    return Optional.of("STRUCT(" + first + String.join(", ", parts) + ")");
  }

  private static List<String> fieldNames(DataType.Struct struct) {
    return unnamed(struct)
        ? partNames(struct.fields())
        : struct.fields().stream().map(DataType.Field::name).toList();
  }

  private static List<String> partNames(List<DataType.Field> fields) {
    return IntStream.range(0, fields.size()).mapToObj(i -> "part" + i).toList();
  }

  /** What {@code value} of {@code type} is in the file; {@code depth} keeps lambda names apart. */
  private static String write(String value, DataType type, int depth) {
    if (!rebuilt(type)) {
      return cast(value, carrierSql(type).orElseThrow());
    }
    return switch (type) {
      case DataType.Simple _, DataType.Decimal _, DataType.EnumOf _ -> value;
      case DataType.ListOf list ->
          each(value, depth, element -> write(element, list.element(), depth + 1));
      case DataType.ArrayOf array ->
          each(
              cast(value, array.element().sql() + "[]"),
              depth,
              element -> write(element, array.element(), depth + 1));
      case DataType.MapOf map ->
          entries(
              value,
              depth,
              key -> write(key, map.key(), depth + 1),
              entry -> write(entry, map.value(), depth + 1));
      case DataType.Struct struct -> {
        List<String> names = fieldNames(struct);
        yield nullOr(
            value,
            IntStream.range(0, names.size())
                .mapToObj(
                    i -> {
                      DataType.Field field = struct.fields().get(i);
                      String part =
                          unnamed(struct)
                              ? value + "[" + (i + 1) + "]"
                              : "struct_extract(" + value + ", " + Sql.literal(field.name()) + ")";
                      return pair(names.get(i), write(part, field.type(), depth));
                    })
                .collect(Collectors.joining(", ", "struct_pack(", ")")));
      }
      case DataType.Union union -> {
        List<String> names = partNames(union.members());
        yield nullOr(
            value,
            IntStream.range(0, names.size())
                .mapToObj(
                    i -> {
                      DataType.Field member = union.members().get(i);
                      String part =
                          "union_extract(" + value + ", " + Sql.literal(member.name()) + ")";
                      return pair(names.get(i), write(part, member.type(), depth));
                    })
                .collect(
                    Collectors.joining(
                        ", ",
                        "struct_pack("
                            + pair(TAG, cast("union_tag(" + value + ")", "VARCHAR"))
                            + ", ",
                        ")")));
      }
    };
  }

  private static String read(String value, DataType type, int depth) {
    if (!rebuilt(type)) {
      return cast(value, type.sql());
    }
    return switch (type) {
      case DataType.Simple _, DataType.Decimal _, DataType.EnumOf _ -> value;
      case DataType.ListOf list ->
          each(value, depth, element -> read(element, list.element(), depth + 1));
      case DataType.ArrayOf array ->
          cast(
              each(value, depth, element -> read(element, array.element(), depth + 1)),
              array.sql());
      case DataType.MapOf map ->
          entries(
              value,
              depth,
              key -> read(key, map.key(), depth + 1),
              entry -> read(entry, map.value(), depth + 1));
      case DataType.Struct struct -> {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < struct.fields().size(); i++) {
          String name = fieldNames(struct).get(i);
          String part =
              read(
                  "struct_extract(" + value + ", " + Sql.literal(name) + ")",
                  struct.fields().get(i).type(),
                  depth);
          parts.add(unnamed(struct) ? part : pair(name, part));
        }
        yield nullOr(
            value, (unnamed(struct) ? "row(" : "struct_pack(") + String.join(", ", parts) + ")");
      }
      case DataType.Union union -> {
        StringBuilder cases = new StringBuilder("CASE ").append(field(value, TAG));
        for (int i = 0; i < union.members().size(); i++) {
          DataType.Field member = union.members().get(i);
          String part = read(field(value, "part" + i), member.type(), depth);
          cases
              .append(" WHEN ")
              .append(Sql.literal(member.name()))
              .append(" THEN ")
              .append(cast("union_value(" + pair(member.name(), part) + ")", union.sql()));
        }
        yield cases.append(" END").toString();
      }
    };
  }

  private static String field(String struct, String name) {
    return "struct_extract(" + struct + ", " + Sql.literal(name) + ")";
  }

  private static String pair(String name, String value) {
    return Sql.identifier(name) + " := " + value;
  }

  private static String nullOr(String value, String otherwise) {
    return "CASE WHEN " + value + " IS NULL THEN NULL ELSE " + otherwise + " END";
  }

  private static String each(
      String list, int depth, java.util.function.UnaryOperator<String> element) {
    String variable = "element" + depth;
    return "list_transform(" + list + ", lambda " + variable + ": " + element.apply(variable) + ")";
  }

  private static String entries(
      String map,
      int depth,
      java.util.function.UnaryOperator<String> key,
      java.util.function.UnaryOperator<String> value) {
    String variable = "entry" + depth;
    return nullOr(
        map,
        "map_from_entries(list_transform(map_entries("
            + map
            + "), lambda "
            + variable
            + ": struct_pack(key := "
            + key.apply(field(variable, "key"))
            + ", value := "
            + value.apply(field(variable, "value"))
            + ")))");
  }
}

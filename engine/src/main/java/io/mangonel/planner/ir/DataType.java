package io.mangonel.planner.ir;

import java.util.List;
import java.util.stream.Collectors;

/** A DuckDB type. */
public sealed interface DataType {
  /** The type as SQL, exact: {@code DECIMAL(15,2)}, {@code STRUCT("a" INTEGER)[]}. */
  String sql();

  /**
   * A type without parameters, by DuckDB's name: {@code INTEGER}, {@code TIMESTAMP WITH TIME ZONE},
   * {@code JSON}.
   */
  record Simple(String name) implements DataType {
    @Override
    public String sql() {
      return name.equals("NULL") ? "\"NULL\"" : name;
    }
  }

  record Decimal(int width, int scale) implements DataType {
    @Override
    public String sql() {
      return "DECIMAL(" + width + "," + scale + ")";
    }
  }

  record ListOf(DataType element) implements DataType {
    @Override
    public String sql() {
      return element.sql() + "[]";
    }
  }

  record ArrayOf(DataType element, long size) implements DataType {
    @Override
    public String sql() {
      return element.sql() + "[" + size + "]";
    }
  }

  record Struct(List<Field> fields) implements DataType {
    public Struct {
      fields = List.copyOf(fields);
    }

    @Override
    public String sql() {
      boolean named = fields.stream().noneMatch(field -> field.name().isEmpty());
      return (named ? "STRUCT(" : "TUPLE(") + Field.sql(fields) + ")";
    }
  }

  record Union(List<Field> members) implements DataType {
    public Union {
      members = List.copyOf(members);
    }

    @Override
    public String sql() {
      return "UNION(" + Field.sql(members) + ")";
    }
  }

  record MapOf(DataType key, DataType value) implements DataType {
    @Override
    public String sql() {
      return "MAP(" + key.sql() + ", " + value.sql() + ")";
    }
  }

  record EnumOf(List<String> values) implements DataType {
    public EnumOf {
      values = List.copyOf(values);
    }

    @Override
    public String sql() {
      return values.stream().map(Sql::literal).collect(Collectors.joining(", ", "ENUM(", ")"));
    }
  }

  /** A named part of a STRUCT or UNION. An unnamed STRUCT (a row) has empty names. */
  record Field(String name, DataType type) {
    private static String sql(List<Field> fields) {
      return fields.stream()
          .map(
              field ->
                  (field.name.isEmpty() ? "" : Sql.identifier(field.name) + " ") + field.type.sql())
          .collect(Collectors.joining(", "));
    }
  }
}

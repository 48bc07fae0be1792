package io.mangonel.flightsql;

import java.nio.charset.StandardCharsets;
import java.sql.DatabaseMetaData;
import java.sql.Types;
import java.util.List;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetXdbcTypeInfo;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** DuckDB's types, as drivers know types. */
final class TypeInfoCommands {
  private static final int TEXT_LENGTH_MAX = Integer.MAX_VALUE;

  /** Of a number with digits in base ten. */
  private static final int DECIMAL = 10;

  /** Of a number that is stored in bits. */
  private static final int BINARY = 2;

  /**
   * @param jdbc of {@link Types}
   * @param size digits, characters or bits
   * @param quote before and after a literal, or null
   * @param radix of a number; null for anything else
   */
  private record Row(
      String name, int jdbc, int size, @Nullable String quote, @Nullable Integer radix) {
    boolean unsigned() {
      return radix == null || (name.startsWith("U") && !name.equals("UUID"));
    }
  }

  /** By the number of the type, as JDBC wants it. */
  private static final List<Row> ROWS =
      List.of(
          new Row("TINYINT", Types.TINYINT, 8, null, BINARY),
          new Row("BIGINT", Types.BIGINT, 64, null, BINARY),
          new Row("UBIGINT", Types.BIGINT, 64, null, BINARY),
          new Row("UINTEGER", Types.BIGINT, 32, null, BINARY),
          new Row("BLOB", Types.VARBINARY, TEXT_LENGTH_MAX, "'", null),
          new Row("DECIMAL", Types.DECIMAL, 38, null, DECIMAL),
          new Row("HUGEINT", Types.DECIMAL, 38, null, DECIMAL),
          new Row("INTEGER", Types.INTEGER, 32, null, BINARY),
          new Row("USMALLINT", Types.INTEGER, 16, null, BINARY),
          new Row("SMALLINT", Types.SMALLINT, 16, null, BINARY),
          new Row("UTINYINT", Types.SMALLINT, 8, null, BINARY),
          new Row("FLOAT", Types.REAL, 24, null, BINARY),
          new Row("DOUBLE", Types.DOUBLE, 53, null, BINARY),
          new Row("VARCHAR", Types.VARCHAR, TEXT_LENGTH_MAX, "'", null),
          new Row("UUID", Types.VARCHAR, 36, "'", null),
          new Row("ENUM", Types.VARCHAR, TEXT_LENGTH_MAX, "'", null),
          new Row("BIT", Types.VARCHAR, TEXT_LENGTH_MAX, "'", null),
          new Row("BOOLEAN", Types.BOOLEAN, 1, null, null),
          new Row("DATE", Types.DATE, 10, "'", null),
          new Row("TIME", Types.TIME, 15, "'", null),
          new Row("TIMESTAMP", Types.TIMESTAMP, 26, "'", null),
          new Row("INTERVAL", Types.OTHER, TEXT_LENGTH_MAX, "'", null),
          new Row("LIST", Types.ARRAY, 0, null, null),
          new Row("STRUCT", Types.STRUCT, 0, null, null),
          new Row("MAP", Types.JAVA_OBJECT, 0, null, null),
          new Row("TIMESTAMP WITH TIME ZONE", Types.TIMESTAMP_WITH_TIMEZONE, 32, "'", null));

  private final ResultSender sender;

  TypeInfoCommands(ResultSender sender) {
    this.sender = sender;
  }

  void send(CommandGetXdbcTypeInfo command, ServerStreamListener listener) {
    List<Row> wanted =
        ROWS.stream()
            .filter(row -> !command.hasDataType() || command.getDataType() == row.jdbc)
            .toList();
    sender.send(
        Schemas.GET_TYPE_INFO_SCHEMA,
        listener,
        root -> {
          for (int i = 0; i < wanted.size(); i++) {
            fill(root, i, wanted.get(i));
          }
          root.setRowCount(wanted.size());
        });
  }

  private static void fill(VectorSchemaRoot root, int at, Row row) {
    text(root, "type_name", at, row.name);
    number(root, "data_type", at, row.jdbc);
    number(root, "column_size", at, row.size);
    if (row.quote != null) {
      text(root, "literal_prefix", at, row.quote);
      text(root, "literal_suffix", at, row.quote);
    }
    number(root, "nullable", at, DatabaseMetaData.typeNullable);
    flag(root, "case_sensitive", at, row.name.equals("VARCHAR"));
    number(root, "searchable", at, DatabaseMetaData.typeSearchable);
    flag(root, "unsigned_attribute", at, row.unsigned());
    flag(root, "fixed_prec_scale", at, false);
    flag(root, "auto_increment", at, false);
    text(root, "local_type_name", at, row.name);
    number(root, "sql_data_type", at, row.jdbc);
    if (row.radix != null) {
      number(root, "num_prec_radix", at, row.radix);
    }
    if (row.jdbc == Types.DECIMAL) {
      number(root, "minimum_scale", at, 0);
      number(root, "maximum_scale", at, row.name.equals("HUGEINT") ? 0 : row.size);
    }
  }

  private static void text(VectorSchemaRoot root, String column, int row, String value) {
    ((VarCharVector) root.getVector(column)).setSafe(row, value.getBytes(StandardCharsets.UTF_8));
  }

  private static void number(VectorSchemaRoot root, String column, int row, int value) {
    ((IntVector) root.getVector(column)).setSafe(row, value);
  }

  private static void flag(VectorSchemaRoot root, String column, int row, boolean value) {
    ((BitVector) root.getVector(column)).setSafe(row, value ? 1 : 0);
  }
}

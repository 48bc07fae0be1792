package io.mangonel.flightsql.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntervalMonthDayNanoVector;
import org.apache.arrow.vector.TimeStampNanoTZVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that come as Arrow are written as SQL that DuckDB reads as the same, of the same type. */
class ArrowLiteralsTest {
  private static final long BATCH = 16;

  private final BufferAllocator allocator = new RootAllocator();
  private DuckDBConnection duckDb = open();

  private static DuckDBConnection open() {
    try {
      return (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void inOneZone() throws SQLException {
    try (Statement statement = duckDb.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
    }
  }

  @AfterEach
  void close() throws SQLException {
    duckDb.close();
    allocator.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-9223372036854775808",
        "18446744073709551615::UBIGINT",
        "255::UTINYINT",
        "(-128)::TINYINT",
        "'-Infinity'::DOUBLE",
        "'NaN'::FLOAT",
        "1e-45::FLOAT",
        "-0.0::DOUBLE",
        "0.1::DECIMAL(18, 17)",
        "-99999999999999999999999999999999999.999::DECIMAL(38, 3)",
        "'it''s' || chr(0) || 'ü\uD83D\uDE00'",
        "'\\x00\\xFF'::BLOB",
        "DATE '0044-03-15 (BC)'",
        "DATE '9999-12-31'",
        "TIME '23:59:59.999999'",
        "'23:59:59.123456789'::TIME_NS",
        "TIMESTAMP '1969-12-31 23:59:59.999999'",
        "'1969-12-31 23:59:59.999999999'::TIMESTAMP_NS",
        "'2020-01-01 00:00:00.123'::TIMESTAMP_MS",
        "'1969-12-31 23:59:59'::TIMESTAMP_S",
        "TIMESTAMPTZ '2020-06-01 12:00:00.000001+02'",
        "INTERVAL '-1 year 14 months -3 days'",
        "INTERVAL '1 month -2 days' - to_microseconds(90061000001)",
        "to_microseconds(-1)",
        "[1, NULL, 3]",
        "[]::VARCHAR[]",
        "NULL::INTEGER[]",
        "[[1.5::DECIMAL(4, 2)], [], NULL]",
        "[INTERVAL '1 day', NULL, to_microseconds(7)]",
        "['2020-01-01 00:00:00.000000001'::TIMESTAMP_NS, NULL]",
        "[1, 2, NULL]::INTEGER[3]",
        "[[1, 2], [3, NULL]]::INTEGER[2][2]",
        "{'a': 1, 'b c': 'x''y', 'd': NULL::DATE}",
        "{'a': {'b': [{'c': DATE '2020-01-01'}, NULL]}}",
        "[{'a': 1, 'b': 'x'}, NULL, {'a': NULL, 'b': 'y'}]",
        "NULL::STRUCT(a INTEGER, b VARCHAR)",
        "MAP {'k': 1, 'z': NULL}",
        "MAP {}::MAP(INTEGER, VARCHAR)",
        "MAP {1: [{'t': TIME '00:00:01'}], 2: []}",
        "[MAP {'a': to_days(1)}, NULL]"
      })
  void aValueStaysWhatItIs(String expression) throws Exception {
    String literal;
    try (Statement statement = duckDb.createStatement();
        DuckDBResultSet rows =
            (DuckDBResultSet) statement.executeQuery("SELECT " + expression + " AS v");
        ArrowReader reader = (ArrowReader) rows.arrowExportStream(allocator, BATCH)) {
      assertThat(reader.loadNextBatch()).isTrue();
      literal = ArrowLiterals.of(reader.getVectorSchemaRoot().getVector(0), 0);
    }
    assertThat(typeAndText(literal)).as(literal).isEqualTo(typeAndText(expression));
  }

  private String typeAndText(String expression) throws SQLException {
    try (Statement statement = duckDb.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT typeof(v) || ' ' || coalesce(v::VARCHAR, 'NULL') FROM (SELECT "
                    + expression
                    + ") AS t(v)")) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }

  @Test
  void whatHasNanosecondsWhereDuckDbHasMicrosecondsIsRefused() {
    try (var interval = new IntervalMonthDayNanoVector("i", allocator);
        var zoned = new TimeStampNanoTZVector("z", allocator, "UTC");
        var duration =
            new DurationVector(
                "d", FieldType.nullable(new ArrowType.Duration(TimeUnit.NANOSECOND)), allocator)) {
      interval.setSafe(0, 1, 2, 3_001);
      zoned.setSafe(0, 1_001);
      duration.setSafe(0, 1_001);
      interval.setValueCount(1);
      zoned.setValueCount(1);
      duration.setValueCount(1);
      for (FieldVector vector : new FieldVector[] {interval, zoned, duration}) {
        assertThatThrownBy(() -> ArrowLiterals.of(vector, 0))
            .as(vector.getField().toString())
            .isInstanceOf(UnsupportedParameterException.class);
      }
      interval.setSafe(0, 1, 2, 3_000);
      zoned.setSafe(0, 1_000);
      duration.setSafe(0, 1_000);
      for (FieldVector vector : new FieldVector[] {interval, zoned, duration}) {
        assertThat(ArrowLiterals.of(vector, 0)).as(vector.getField().toString()).isNotEmpty();
      }
    }
  }
}

package io.mangonel.cli.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.cli.terminal.TextWidth;
import java.io.IOException;
import java.io.StringWriter;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormatTest {
  private static final long ARROW_BYTES_MAX = 64L << 20;

  @Test
  void csvTellsNullFromEmptyAndQuotesWhatItMust() throws Exception {
    assertThat(
            formatted(
                Format.csv,
                "SELECT * FROM (VALUES (1, NULL, ''), (2, 'a,b', 'say \"hi\"'), (3, E'two\\nlines',"
                    + " ' plain ')) t(n, \"x,y\", z)"))
        .isEqualTo(
            """
            n,"x,y",z
            1,,""
            2,"a,b","say ""hi"\""
            3,"two
            lines", plain\s
            """);
  }

  @Test
  void csvOfNoRowsIsItsHeader() throws Exception {
    assertThat(formatted(Format.csv, "SELECT 1 AS a, 2 AS b WHERE false")).isEqualTo("a,b\n");
  }

  @Test
  void jsonKeepsEveryDigit() throws Exception {
    assertThat(
            formatted(
                Format.json,
                "SELECT 9223372036854775807 AS big, 18446744073709551615::UBIGINT AS bigger,"
                    + " 1234567890123456.10::DECIMAL(18,2) AS money,"
                    + " 99999999999999999999999999999999999999::DECIMAL(38,0) AS wide,"
                    + " 0.1::DOUBLE AS tenth, 'NaN'::DOUBLE AS odd, NULL AS none, true AS yes"))
        .isEqualTo(
            "[{\"big\":9223372036854775807,\"bigger\":18446744073709551615,"
                + "\"money\":1234567890123456.10,"
                + "\"wide\":99999999999999999999999999999999999999,\"tenth\":0.1,"
                + "\"odd\":\"NaN\",\"none\":null,\"yes\":true}]\n");
  }

  @Test
  void jsonIsOneArrayWithARowPerLine() throws Exception {
    assertThat(formatted(Format.json, "SELECT i, 'a\"b' AS s FROM range(2) t(i)"))
        .isEqualTo("[{\"i\":0,\"s\":\"a\\\"b\"},\n{\"i\":1,\"s\":\"a\\\"b\"}]\n");
    assertThat(formatted(Format.json, "SELECT 1 AS a WHERE false")).isEqualTo("[]\n");
  }

  @Test
  void jsonNestsAndNamesEachColumnOnce() throws Exception {
    assertThat(
            formatted(
                Format.json,
                "SELECT [1, NULL] AS a, {'x': 1.50::DECIMAL(4,2), 'y': 'z'} AS a, MAP {'k': 2} AS m"))
        .isEqualTo("[{\"a\":[1,null],\"a_1\":{\"x\":1.50,\"y\":\"z\"},\"m\":{\"k\":2}}]\n");
  }

  @Test
  void tableAlignsNumbersToTheRight() throws Exception {
    assertThat(
            formatted(
                Format.table,
                "SELECT * FROM (VALUES (1, 'a', NULL), (100, E'b\\tc', 2.50)) t(n, text, d)"))
        .isEqualTo(
            """
               n | text |    d
            -----+------+------
               1 | a    | NULL
             100 | b\\tc | 2.50
            (2 rows)
            """);
  }

  @Test
  void tableOfNoRowsAndOfManyRows() throws Exception {
    assertThat(formatted(Format.table, "SELECT 1 AS a WHERE false"))
        .isEqualTo(" a\n---\n(0 rows)\n");
    assertThat(formatted(Format.table, "SELECT i FROM range(3000) t(i)"))
        .startsWith("   i\n-----\n   0\n")
        .endsWith("\n 2999\n(3000 rows)\n")
        .hasLineCount(3003);
  }

  @Test
  void ndjsonIsALinePerRow() throws Exception {
    assertThat(formatted(Format.ndjson, "SELECT i, [i] AS l FROM range(2) t(i)"))
        .isEqualTo("{\"i\":0,\"l\":[0]}\n{\"i\":1,\"l\":[1]}\n");
    assertThat(formatted(Format.ndjson, "SELECT 1 AS a WHERE false")).isEmpty();
  }

  @Test
  void markdownEscapesWhatWouldEndACell() throws Exception {
    assertThat(
            formatted(
                Format.markdown,
                "SELECT * FROM (VALUES (1, 'a|b', NULL), (2, E'x\ny<br>', 'NULL')) t(n, \"p|q\", s)"))
        .isEqualTo(
            """
            | n | p\\|q | s |
            |---:|---|---|
            | 1 | a\\|b | NULL |
            | 2 | x\\\\ny&lt;br> | 'NULL' |
            """);
  }

  @Test
  void aTextThatReadsNullIsTold() throws Exception {
    assertThat(formatted(Format.table, "SELECT NULL AS a, 'NULL' AS b, 'null' AS c"))
        .contains("NULL | 'NULL' | null");
    TableLayout colored = new TableLayout(80, 100, true, false);
    assertThat(formatted(Format.table, colored, "SELECT NULL AS a"))
        .contains("\u001b[2mNULL\u001b[0m");
  }

  @Test
  void aWideTableIsCutToTheTerminal() throws Exception {
    String sql =
        "SELECT repeat('x', 50) AS text, 1234567890123456789 AS big, repeat('日本', 20) AS wide,"
            + " 1 AS n";
    for (int width : new int[] {20, 25, 31, 40, 52, 77}) {
      String table = formatted(Format.table, new TableLayout(width, 100, false, false), sql);
      assertThat(table.lines().filter(line -> !line.startsWith("(")))
          .as(table)
          .allMatch(line -> TextWidth.width(line) <= width);
    }
    assertThat(formatted(Format.table, new TableLayout(40, 100, false, false), sql))
        .contains("| …")
        .contains("1234567890123456789")
        .endsWith("(1 row, 2 of 4 columns shown)\n");
  }

  @Test
  void aTerminalGetsTheFirstRowsAndIsToldOfTheOthers() throws Exception {
    TableLayout layout = new TableLayout(80, 2, false, false);
    assertThat(formatted(Format.table, layout, "SELECT i FROM range(5) t(i)"))
        .isEqualTo(" i\n---\n 0\n 1\n(2 rows)\n");
    assertThat(new Footer(5, "3 ms").text(2, 1, 1)).isEqualTo("(5 rows, 2 shown, 3 ms)");
    assertThat(new Footer(Footer.UNKNOWN, "").text(2, 1, 4))
        .isEqualTo("(more than 2 rows, 2 shown, 1 of 4 columns shown)");
  }

  @Test
  void expandedIsALinePerValue() throws Exception {
    TableLayout layout = TableLayout.WHOLE.withExpanded(true);
    assertThat(formatted(Format.table, layout, "SELECT 1 AS n, 'a' AS \"long name\""))
        .isEqualTo(
            """
            -[ 1 ]-----------------------
            n         | 1
            long name | a
            (1 row)
            """);
  }

  @Test
  void widthsAreThoseOfATerminal() {
    assertThat(TextWidth.width("naïve")).isEqualTo(5);
    assertThat(TextWidth.width("e\u0301")).isEqualTo(1);
    assertThat(TextWidth.width("日本語")).isEqualTo(6);
    assertThat(TextWidth.width("👩‍👩‍👧")).isEqualTo(2);
    assertThat(TextWidth.cut("日本語", 4)).isEqualTo("日…");
    assertThat(TextWidth.cut("abc", 3)).isEqualTo("abc");
    assertThat(TextWidth.cut("abcd", 3)).isEqualTo("ab…");
  }

  /** Every type reads as DuckDB's own cast to VARCHAR writes it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "(-128)::TINYINT",
        "255::UTINYINT",
        "65535::USMALLINT",
        "4294967295::UINTEGER",
        "(-9223372036854775808)::BIGINT",
        "1.10::DECIMAL(3,2)",
        "(-0.05)::DECIMAL(18,2)",
        "1.0::DOUBLE",
        "(-0.0)::DOUBLE",
        "0.1::FLOAT",
        "1e15::DOUBLE",
        "1e16::DOUBLE",
        "1.5e300::DOUBLE",
        "1e-4::DOUBLE",
        "1e-5::DOUBLE",
        "123456.789::DOUBLE",
        "'inf'::DOUBLE",
        "'-inf'::DOUBLE",
        "'nan'::DOUBLE",
        "DATE '2024-02-29'",
        "DATE '0044-03-15 (BC)'",
        "DATE '12345-01-01'",
        "'infinity'::DATE",
        "TIME '23:59:59.120'",
        "TIME '24:00:00'",
        "TIMESTAMP '2024-01-02 03:04:05'",
        "TIMESTAMP '1969-12-31 23:59:59.999999'",
        "TIMESTAMP '0044-03-15 (BC) 01:02:03'",
        "'2024-01-02 03:04:05.123'::TIMESTAMP_MS",
        "'2024-01-02 03:04:05'::TIMESTAMP_S",
        "'2024-01-02 03:04:05.123456789'::TIMESTAMP_NS",
        "'infinity'::TIMESTAMP",
        "TIMESTAMPTZ '2024-01-02 03:04:05+00'",
        "INTERVAL '1 year 2 months 3 days 04:05:06.7'",
        "INTERVAL '-1 day'",
        "INTERVAL '-90 minutes'",
        "INTERVAL '0 days'",
        "'\\x00\\xFFab'::BLOB",
        "uuid '11111111-2222-3333-4444-555555555555'",
        "[1, NULL, 3]",
        "[[1], []]",
        "['a', 'b c', 'd,e', '']",
        "{'a': 1, 'b': 'x'}",
        "{'a': [1, 2], 'b': {'c': NULL}}",
        "MAP {'a': 1, 'b': 2}",
        "[DATE '2024-01-01']",
        "array_value(1, 2, 3)"
      })
  void writesWhatDuckDbWrites(String expression) throws Exception {
    String ours = formatted(Format.table, "SELECT " + expression + " AS v").lines().toList().get(2);
    assertThat(ours.strip()).isEqualTo(cast(expression));
  }

  private static String cast(String expression) throws SQLException {
    try (DuckDBConnection connection = connect();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT CAST(" + expression + " AS VARCHAR)")) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static String formatted(Format format, String sql) throws SQLException, IOException {
    return formatted(format, TableLayout.WHOLE, sql);
  }

  private static String formatted(Format format, TableLayout layout, String sql)
      throws SQLException, IOException {
    try (DuckDBConnection connection = connect();
        Statement statement = connection.createStatement();
        BufferAllocator allocator = new RootAllocator(ARROW_BYTES_MAX);
        DuckDBResultSet rows = statement.executeQuery(sql).unwrap(DuckDBResultSet.class);
        ArrowReader reader = (ArrowReader) rows.arrowExportStream(allocator, 1_000)) {
      StringWriter out = new StringWriter();
      RowWriter writer = format.writer(reader.getVectorSchemaRoot().getSchema(), out, layout);
      while (reader.loadNextBatch()) {
        writer.write(reader.getVectorSchemaRoot());
      }
      writer.end();
      return out.toString();
    }
  }

  private static DuckDBConnection connect() throws SQLException {
    DuckDBConnection connection =
        DriverManager.getConnection("jdbc:duckdb:").unwrap(DuckDBConnection.class);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
    }
    return connection;
  }
}

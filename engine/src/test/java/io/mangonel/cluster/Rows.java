package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;

/** The rows of an answer as Java values, and when two answers are the same. */
public record Rows(List<String> names, List<List<@Nullable Object>> values) {
  private static final double RELATIVE_ERROR_MAX = 1e-9;
  private static final long BATCH_ROWS = 2048;

  /** Reads an Arrow IPC stream of columns of these names to its end. */
  static Rows of(List<String> names, InputStream arrow) throws IOException {
    try (BufferAllocator allocator = new RootAllocator();
        ArrowReader reader = new ArrowStreamReader(arrow, allocator)) {
      return new Rows(names, of(reader).values);
    }
  }

  /** What one plain DuckDB answers. */
  public static Rows ofPlainDuckDb(String sql) throws SQLException, IOException {
    return ofPlainDuckDb("SELECT 1", sql);
  }

  /**
   * @param setup statements run before
   */
  public static Rows ofPlainDuckDb(String setup, String sql) throws SQLException, IOException {
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(setup);
      try (BufferAllocator allocator = new RootAllocator();
          var result = statement.executeQuery(sql).unwrap(DuckDBResultSet.class);
          ArrowReader reader = (ArrowReader) result.arrowExportStream(allocator, BATCH_ROWS)) {
        return of(reader);
      }
    }
  }

  private static Rows of(ArrowReader reader) throws IOException {
    var root = reader.getVectorSchemaRoot();
    List<String> names =
        root.getSchema().getFields().stream().map(field -> field.getName()).toList();
    List<List<@Nullable Object>> values = new ArrayList<>();
    while (reader.loadNextBatch()) {
      append(root, values);
    }
    return new Rows(names, values);
  }

  /** Copies the rows of a batch behind {@code values}. */
  public static void append(VectorSchemaRoot batch, List<List<@Nullable Object>> values) {
    for (int row = 0; row < batch.getRowCount(); row++) {
      List<@Nullable Object> line = new ArrayList<>();
      for (FieldVector vector : batch.getFieldVectors()) {
        Object value = vector.getObject(row);
        line.add(value == null || value instanceof Number ? value : value.toString());
      }
      values.add(line);
    }
  }

  /** Equal as multisets of rows: exactly, but for binary floating point numbers. */
  public void assertSameAs(Rows expected) {
    assertThat(names).isEqualTo(expected.names);
    assertThat(values).hasSameSizeAs(expected.values);
    List<List<@Nullable Object>> mine = sorted();
    List<List<@Nullable Object>> theirs = expected.sorted();
    for (int row = 0; row < mine.size(); row++) {
      for (int column = 0; column < names.size(); column++) {
        assertSame(mine.get(row).get(column), theirs.get(row).get(column), row, column);
      }
    }
  }

  private void assertSame(@Nullable Object actual, @Nullable Object expected, int row, int column) {
    String where = "row " + row + ", column " + names.get(column);
    if (expected instanceof Double number && actual instanceof Double measured) {
      assertThat(measured)
          .as(where)
          .isCloseTo(number, within(Math.abs(number) * RELATIVE_ERROR_MAX));
    } else {
      assertThat(actual).as(where).isEqualTo(expected);
    }
  }

  /** By exact columns first, so that rounding does not change the order. */
  private List<List<@Nullable Object>> sorted() {
    Comparator<List<@Nullable Object>> exact = Comparator.comparing(row -> text(row, false));
    Comparator<List<@Nullable Object>> whole = Comparator.comparing(row -> text(row, true));
    return values.stream().sorted(exact.thenComparing(whole)).toList();
  }

  private static String text(List<@Nullable Object> row, boolean withDoubles) {
    StringBuilder text = new StringBuilder();
    for (Object value : row) {
      if (withDoubles || !(value instanceof Double)) {
        text.append(value).append('\u0001');
      }
    }
    return text.toString();
  }
}

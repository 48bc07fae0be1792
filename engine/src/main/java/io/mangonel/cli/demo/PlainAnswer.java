package io.mangonel.cli.demo;

import io.mangonel.cli.options.CommandFailure;
import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBResultSet;

/** What one plain DuckDB answers, in this process. */
final class PlainAnswer {
  private static final long BATCH_ROWS = 2048;
  private static final long ARROW_BYTES_MAX = 1L << 30;

  private PlainAnswer() {}

  /** A line for each row, as {@link PendingAnswer#append} writes it. */
  static List<String> of(List<String> setup, String sql) throws IOException {
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      for (String one : setup) {
        statement.execute(one);
      }
      List<String> rows = new ArrayList<>();
      try (BufferAllocator allocator = new RootAllocator(ARROW_BYTES_MAX);
          var result = statement.executeQuery(sql).unwrap(DuckDBResultSet.class);
          ArrowReader reader = (ArrowReader) result.arrowExportStream(allocator, BATCH_ROWS)) {
        while (reader.loadNextBatch()) {
          PendingAnswer.append(reader.getVectorSchemaRoot(), rows);
        }
      }
      return rows;
    } catch (SQLException e) {
      throw CommandFailure.failed("plain DuckDB: " + e.getMessage());
    }
  }
}

package io.mangonel.workbench.contest;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.planner.ir.Sql;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;

/** One DuckDB in this process, without any of ours. */
public final class PlainDuckDb implements Contestant {
  private static final long BATCH_ROWS = 2048;

  /** Batches of an answer. */
  private static final long ARROW_BYTES_MAX = 2L << 30;

  private final DuckDBConnection connection;
  private volatile @Nullable Statement running;

  private PlainDuckDb(DuckDBConnection connection) {
    this.connection = connection;
  }

  /**
   * @param memoryMb DuckDB's limit
   * @param spill where it puts what does not fit
   */
  public static PlainDuckDb open(int threads, long memoryMb, Path spill) {
    Properties properties = new Properties();
    properties.setProperty("threads", Integer.toString(threads));
    properties.setProperty("memory_limit", memoryMb + "MB");
    properties.setProperty("temp_directory", spill.toString());
    // As the executors have it.
    properties.setProperty("preserve_insertion_order", "false");
    try {
      return new PlainDuckDb(
          (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:", properties));
    } catch (SQLException e) {
      throw CommandFailure.failed("cannot open DuckDB: " + e.getMessage());
    }
  }

  /** One more connection to the same DuckDB, for another client. */
  public PlainDuckDb another() {
    try {
      return new PlainDuckDb(connection.duplicate());
    } catch (SQLException e) {
      throw CommandFailure.failed("cannot connect to DuckDB: " + e.getMessage());
    }
  }

  public void execute(String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw CommandFailure.failed(String.valueOf(e.getMessage()));
    }
  }

  /** Writes the rows of a query to a Parquet file. */
  public void write(String query, Path file) {
    execute("COPY (" + query + ") TO " + Sql.literal(file.toString()) + " (FORMAT parquet)");
  }

  @Override
  public String name() {
    return "plain DuckDB";
  }

  @Override
  public Answer answer(String sql) throws IOException, SQLException {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      running = statement;
      try (BufferAllocator allocator = new RootAllocator(ARROW_BYTES_MAX);
          var result = statement.executeQuery(sql).unwrap(DuckDBResultSet.class);
          ArrowReader reader = (ArrowReader) result.arrowExportStream(allocator, BATCH_ROWS)) {
        while (reader.loadNextBatch()) {
          Answer.append(reader.getVectorSchemaRoot(), rows);
        }
      }
    } finally {
      running = null;
    }
    return new Answer(rows);
  }

  @Override
  public void cancel() {
    Statement statement = running;
    if (statement != null) {
      try {
        statement.cancel();
      } catch (SQLException e) {
        throw CommandFailure.failed("cannot cancel: " + e.getMessage());
      }
    }
  }

  @Override
  public long cpuMs() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getProcessCpuTime() / 1_000_000
        : 0;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("cannot close DuckDB", e);
    }
  }
}

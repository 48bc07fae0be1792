package io.mangonel.planner.database;

import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.stage.EngineSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/**
 * A private in-memory DuckDB that binds and optimises statements and runs none of them. It may read
 * the data directories only.
 */
public final class PlanningDatabase implements AutoCloseable {
  /** Schema of the tables that stand for files, with its database. */
  public static final String FILES = "memory.files";

  /**
   * The optimizers whose plans can be serialised and cut. All others are off: DESIGN section 3 has
   * what breaks with each.
   */
  private static final Set<String> OPTIMIZERS =
      Set.of(
          "expression_rewriter",
          "filter_pullup",
          "filter_pushdown",
          "join_order",
          "deliminator",
          "cte_inlining",
          "top_n",
          "unnest_rewriter",
          "cte_filter_pusher",
          "outer_join_simplification");

  private final Connection root;
  private final List<PlanningConnection> all = new ArrayList<>();
  private final BlockingQueue<PlanningConnection> free =
      new ArrayBlockingQueue<>(Limits.CONNECTIONS);

  private final PlanningConnection builder;
  private final PlanningConnection viewBuilder;

  private PlanningDatabase(Connection root, List<Path> dataDirectories) throws SQLException {
    this.root = root;
    this.builder = new PlanningConnection(root);
    builder.execute("SET threads = 1");
    builder.execute("SET memory_limit = '" + Limits.MEMORY_MAX + "'");
    builder.execute("SET temp_directory = ''");
    builder.execute("SET allowed_directories = " + directories(dataDirectories));
    builder.execute("SET enable_external_access = false");
    builder.execute("CREATE SCHEMA " + FILES);
    this.viewBuilder = new PlanningConnection(((DuckDBConnection) root).duplicate());
    all.add(viewBuilder);
    builder.execute("SET disabled_optimizers = '" + String.join(",", disabled()) + "'");
    for (int i = 0; i < Limits.CONNECTIONS; i++) {
      Connection connection = ((DuckDBConnection) root).duplicate();
      free.add(new PlanningConnection(connection));
    }
    all.addAll(free);
  }

  public static PlanningDatabase open(List<Path> dataDirectories) throws SQLException {
    var properties = new Properties();
    properties.setProperty(
        "max_expression_depth", Integer.toString(EngineSettings.STATEMENT_DEPTH_MAX));
    Connection root = DriverManager.getConnection("jdbc:duckdb:", properties);
    try {
      return new PlanningDatabase(root, dataDirectories);
    } catch (SQLException e) {
      root.close();
      throw e;
    }
  }

  private static String directories(List<Path> dataDirectories) {
    return dataDirectories.stream()
        .map(directory -> Sql.literal(directory.toString()))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private List<String> disabled() throws SQLException {
    return builder.rows("SELECT name FROM duckdb_optimizers()").stream()
        .map(row -> String.valueOf(row.getFirst()))
        .filter(name -> !OPTIMIZERS.contains(name))
        .toList();
  }

  /** Makes tables; one thread at a time, under a lock of the tables' owner. */
  public PlanningConnection builder() {
    return builder;
  }

  /** Makes views; one thread at a time, under a lock of the views' owner. */
  public PlanningConnection viewBuilder() {
    return viewBuilder;
  }

  /** Waits for a free connection, for a bounded time; give it back with {@link #giveBack}. */
  public PlanningConnection take() throws RejectedException {
    try {
      PlanningConnection connection = free.poll(Limits.CONNECTION_WAIT_MS, TimeUnit.MILLISECONDS);
      if (connection != null) {
        return connection;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new RejectedException("the planner is busy with other statements: try again");
  }

  public void giveBack(PlanningConnection connection) {
    free.add(connection);
  }

  public String version() throws SQLException {
    return root.getMetaData().getDatabaseProductVersion();
  }

  @Override
  public void close() {
    try {
      for (PlanningConnection connection : all) {
        connection.close();
      }
      root.close();
    } catch (SQLException e) {
      throw new IllegalStateException("the planning database does not close", e);
    }
  }
}

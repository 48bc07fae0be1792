package io.mangonel.executor.task;

import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.stage.EngineSettings;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executor's DuckDB: one instance, a connection per task. Confined to its directories, with its
 * configuration locked. An instance that failed fatally is replaced by a new one.
 */
public final class DuckDbEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DuckDbEngine.class);

  private final Config config;
  private final String version;
  private Instance instance;

  /**
   * @param given statements that set what every connection has
   */
  private record Instance(DuckDBConnection connection, Set<String> given) {}

  /**
   * @param threads at least 1
   * @param memoryBytes DuckDB's limit
   * @param spill where it puts what does not fit
   * @param spillBytesMax and how much
   * @param allowedDirectories absolute: data, shuffle files, inputs
   */
  public record Config(
      int threads,
      long memoryBytes,
      Path spill,
      long spillBytesMax,
      List<Path> allowedDirectories) {
    public Config {
      allowedDirectories = List.copyOf(allowedDirectories);
    }
  }

  private DuckDbEngine(Config config, Instance instance, String version) {
    this.config = config;
    this.instance = instance;
    this.version = version;
  }

  public static DuckDbEngine open(Config config) throws SQLException {
    Instance instance = openInstance(config);
    try (Statement statement = instance.connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT version()")) {
      row.next();
      return new DuckDbEngine(config, instance, row.getString(1));
    }
  }

  private static Instance openInstance(Config config) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("threads", Integer.toString(config.threads()));
    properties.setProperty("memory_limit", bytes(config.memoryBytes()));
    properties.setProperty("temp_directory", config.spill().toString());
    properties.setProperty("preserve_insertion_order", "false");
    // A COPY to Parquet that is interrupted while threads of these write its file may never end:
    // the
    // two wait for one another (DuckDB 2.0.0.1). Without them the query's own threads write.
    properties.setProperty("async_threads", "0");
    properties.setProperty("max_expression_depth", Integer.toString(EngineSettings.TASK_DEPTH_MAX));
    properties.setProperty("autoinstall_known_extensions", "false");
    properties.setProperty("autoload_known_extensions", "false");
    properties.setProperty("allow_community_extensions", "false");
    properties.setProperty("allow_persistent_secrets", "false");
    properties.setProperty("secret_directory", config.spill().resolve("secrets").toString());
    DuckDBConnection instance = connect(properties);
    try (Statement statement = instance.createStatement()) {
      // Without the threads above, a pipeline that may not be suspended, as in a recursive CTE,
      // waits
      // for ever for a read ahead in Parquet that nobody does; so nothing is read ahead.
      statement.execute("SET disable_parquet_prefetching = true");
      // As a property it is shown, and not obeyed.
      statement.execute(
          "SET max_temp_directory_size = " + Sql.literal(bytes(config.spillBytesMax())));
      statement.execute("SET allowed_directories = " + paths(config.allowedDirectories()));
      statement.execute("SET enable_external_access = false");
      List<String> allowed = new ArrayList<>(EngineSettings.OF_SESSIONS);
      allowed.addAll(EngineSettings.OF_MEASURING);
      statement.execute("SET allowed_configs = " + names(allowed));
      statement.execute("SET lock_configuration = true");
      return new Instance(instance, given(statement));
    } catch (SQLException failed) {
      instance.close();
      throw failed;
    }
  }

  /**
   * A session's time zone is mostly the machine's: to set it to what it is takes a good part of the
   * time of a small task.
   */
  private static Set<String> given(Statement statement) throws SQLException {
    String values =
        EngineSettings.OF_SESSIONS.stream()
            .map(name -> "current_setting(" + Sql.literal(name) + ")::VARCHAR")
            .collect(Collectors.joining(", "));
    Set<String> given = new HashSet<>();
    try (ResultSet row = statement.executeQuery("SELECT " + values)) {
      row.next();
      int column = 1;
      for (String name : EngineSettings.OF_SESSIONS) {
        given.add(EngineSettings.setStatement(name, String.valueOf(row.getString(column++))));
      }
    }
    return given;
  }

  /** DuckDB's threads are like the one that opens it: long tasks are theirs, too. */
  private static DuckDBConnection connect(Properties properties) throws SQLException {
    var opened =
        new FutureTask<>(
            () -> (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:", properties));
    new BackgroundThreads().newThread(opened).start();
    try {
      return opened.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while DuckDB was opened", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof SQLException failure ? failure : new SQLException(e.getCause());
    }
  }

  private static String bytes(long bytes) {
    return bytes + "B";
  }

  private static String paths(List<Path> paths) {
    return names(paths.stream().map(Path::toString).toList());
  }

  private static String names(List<String> names) {
    return names.stream().map(Sql::literal).collect(Collectors.joining(", ", "[", "]"));
  }

  /** DuckDB's version, with a leading {@code v}. */
  public String version() {
    return version;
  }

  /**
   * A task's connection and the instance it is on.
   *
   * @param instance for {@link #replace}
   */
  record Session(DuckDBConnection connection, Object instance, Set<String> given)
      implements AutoCloseable {
    /** Whether the statement sets what a connection has that did nothing yet. */
    boolean isGiven(String setting) {
      return given.contains(setting);
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  synchronized Session connect() throws SQLException {
    return new Session(instance.connection.duplicate(), instance.connection, instance.given);
  }

  /** Opens a new instance, unless another task that saw the same one fail already did. */
  synchronized void replace(Object failed) throws SQLException {
    if (failed != instance.connection) {
      return;
    }
    LOG.error("DuckDB failed fatally: its instance is replaced, its running tasks fail");
    Instance fresh = openInstance(config);
    instance.connection.close();
    instance = fresh;
  }

  @Override
  public synchronized void close() throws SQLException {
    instance.connection.close();
  }
}

package io.mangonel.executor.task;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database in memory that one task has for itself, with the schemas, views and macros its
 * statement names. It goes with the task.
 */
final class TaskCatalog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TaskCatalog.class);
  private static final AtomicLong NUMBERS = new AtomicLong();

  private final Connection connection;

  /** Empty when the task needs none. */
  private final String database;

  private TaskCatalog(Connection connection, String database) {
    this.connection = connection;
    this.database = database;
  }

  /**
   * @param statements what makes it; none for a task that names nothing
   */
  static TaskCatalog make(Connection connection, List<String> statements) throws SQLException {
    if (statements.isEmpty()) {
      return new TaskCatalog(connection, "");
    }
    String database = "mangonel_task_" + NUMBERS.incrementAndGet();
    var catalog = new TaskCatalog(connection, database);
    try {
      catalog.execute("ATTACH ':memory:' AS " + database);
      catalog.execute("USE " + database);
      for (String statement : statements) {
        catalog.execute(statement);
      }
    } catch (SQLException e) {
      catalog.close();
      throw e;
    }
    return catalog;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A database that stays behind costs a little memory, and fails no task. */
  @Override
  public void close() {
    if (database.isEmpty()) {
      return;
    }
    try {
      execute("USE memory");
      execute("DETACH DATABASE IF EXISTS " + database);
    } catch (SQLException e) {
      LOG.warn("the database of a task stays attached: {}", e.getMessage());
    }
  }
}

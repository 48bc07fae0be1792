package io.mangonel.planner.database;

import io.mangonel.planner.stage.StageInput.Column;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A connection to the planning database. Used by one thread at a time. */
public final class PlanningConnection implements AutoCloseable {
  /** What DuckDB says of a parameter without a type; and of an enum it does not say which. */
  private static final Set<String> UNDECIDED_TYPES =
      Set.of("INVALID", "UNKNOWN", "NULL", "\"NULL\"", "ANY", "ENUM");

  private final Connection connection;
  private SortedMap<String, String> applied = new TreeMap<>();
  private String searchPath = "";
  private @Nullable PreparedStatement serializeSql;
  private @Nullable PreparedStatement serializePlan;

  public PlanningConnection(Connection connection) {
    this.connection = connection;
  }

  /** Brings the connection to a session's settings; does nothing when it has them. */
  public void apply(SortedMap<String, String> settings) throws SQLException {
    SortedMap<String, String> wanted = SessionSettings.ofDuckDb(settings);
    if (wanted.equals(applied)) {
      return;
    }
    for (String name : applied.keySet()) {
      if (!wanted.containsKey(name)) {
        execute(SessionSettings.resetStatement(name));
      }
    }
    applied = new TreeMap<>();
    for (var entry : wanted.entrySet()) {
      applied.put(entry.getKey(), entry.getValue());
      execute(SessionSettings.setStatement(entry.getKey(), entry.getValue()));
    }
  }

  /** The schemas in which names are looked up. */
  public void searchIn(String schemas) throws SQLException {
    if (!searchPath.equals(schemas)) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET search_path = '" + schemas + "'");
      }
      searchPath = schemas;
    }
  }

  public void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(Limits.STATEMENT_TIMEOUT_SECONDS);
      statement.execute(sql);
    }
  }

  /** Names and types of a query's columns. */
  public List<Column> columns(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(Limits.STATEMENT_TIMEOUT_SECONDS);
      try (ResultSet result = statement.executeQuery(sql)) {
        ResultSetMetaData meta = result.getMetaData();
        var columns = new ArrayList<Column>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
          columns.add(new Column(meta.getColumnName(i), meta.getColumnTypeName(i)));
        }
        return columns;
      }
    }
  }

  /**
   * The types that a statement wants its parameters to have.
   *
   * @param sql with parameters {@code $1}, {@code $2}, ...
   * @return one for each, null where DuckDB takes any
   */
  public List<@Nullable String> parameterTypes(String sql) throws SQLException {
    try (PreparedStatement prepared = connection.prepareStatement(sql)) {
      ParameterMetaData parameters = prepared.getParameterMetaData();
      var types = new ArrayList<@Nullable String>();
      for (int i = 1; i <= parameters.getParameterCount(); i++) {
        String type = parameters.getParameterTypeName(i);
        types.add(UNDECIDED_TYPES.contains(type) ? null : type);
      }
      return types;
    }
  }

  /** All rows, every value as text, null for NULL. */
  public List<List<@Nullable String>> rows(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(Limits.STATEMENT_TIMEOUT_SECONDS);
      return rows(statement, sql);
    }
  }

  /**
   * Names and types of what a statement would give. It is bound, not run, and so has no time limit:
   * that would wake DuckDB's timer, which takes a good part of the time of a small statement.
   */
  public List<Column> describe(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return rows(statement, "DESCRIBE " + sql).stream()
          .map(row -> new Column(String.valueOf(row.get(0)), String.valueOf(row.get(1))))
          .toList();
    }
  }

  private static List<List<@Nullable String>> rows(Statement statement, String sql)
      throws SQLException {
    try (ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      var rows = new ArrayList<List<@Nullable String>>();
      while (result.next()) {
        var row = new ArrayList<@Nullable String>(columns);
        for (int i = 1; i <= columns; i++) {
          row.add(result.getString(i));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  public String serializeSql(String sql) throws SQLException {
    PreparedStatement prepared = serializeSql;
    if (prepared == null) {
      prepared = connection.prepareStatement("SELECT json_serialize_sql(?)");
      serializeSql = prepared;
    }
    return answer(prepared, sql);
  }

  /** The bound and optimised plan as JSON, or the error as JSON. */
  public String serializePlan(String sql) throws SQLException {
    PreparedStatement prepared = serializePlan;
    if (prepared == null) {
      prepared = connection.prepareStatement("SELECT json_serialize_plan(?, optimize := true)");
      serializePlan = prepared;
    }
    return answer(prepared, sql);
  }

  private String answer(PreparedStatement prepared, String sql) throws SQLException {
    try {
      prepared.setString(1, sql);
      try (ResultSet result = prepared.executeQuery()) {
        result.next();
        return result.getString(1);
      }
    } catch (SQLException e) {
      // After an error DuckDB has closed the statement.
      serializeSql = null;
      serializePlan = null;
      throw e;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}

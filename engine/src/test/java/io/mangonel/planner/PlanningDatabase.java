package io.mangonel.planner;

import io.mangonel.planner.read.FunctionStability;
import io.mangonel.planner.read.PlanReader;
import io.mangonel.planner.read.ReadOutcome;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A DuckDB that both plans (with the optimizers that serialise) and runs, on two connections. */
final class PlanningDatabase implements AutoCloseable {
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

  /** Where plans are made: empty tables of the same names and types. */
  private final Connection planning;

  /** Where rows are. */
  private final Connection running;

  private final PlanReader reader;

  PlanningDatabase(List<String> tables, List<String> rows) throws SQLException {
    planning = DriverManager.getConnection("jdbc:duckdb:");
    running = DriverManager.getConnection("jdbc:duckdb:");
    for (String statement : tables) {
      execute(planning, statement);
      execute(running, statement);
    }
    for (String statement : rows) {
      execute(running, statement);
    }
    for (Connection connection : List.of(planning, running)) {
      execute(connection, "SET threads = 1");
    }
    Set<String> disabled = new TreeSet<>(query(planning, "SELECT name FROM duckdb_optimizers()"));
    disabled.removeAll(OPTIMIZERS);
    execute(planning, "SET disabled_optimizers = '" + String.join(",", disabled) + "'");
    reader =
        new PlanReader(
            new FunctionStability(new HashSet<>(query(planning, FunctionStability.QUERY))));
  }

  /** The small tables of {@code planner/tables.sql}. */
  static PlanningDatabase ofTestTables() throws SQLException, IOException {
    List<String> tables = new ArrayList<>();
    List<String> rows = new ArrayList<>();
    for (String statement : SqlFile.statements("/planner/tables.sql")) {
      (statement.startsWith("CREATE") ? tables : rows).add(statement);
    }
    return new PlanningDatabase(tables, rows);
  }

  ReadOutcome plan(String sql) throws SQLException {
    try (PreparedStatement statement =
        planning.prepareStatement("SELECT json_serialize_plan(?, optimize := true)")) {
      statement.setString(1, sql);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return reader.read(row.getString(1));
      }
    }
  }

  /** Each row as text, in order. */
  List<String> rows(String sql) throws SQLException {
    return query(running, sql);
  }

  /** The types of a query's columns. */
  List<String> types(String sql) throws SQLException {
    return query(running, "SELECT column_type FROM (DESCRIBE " + sql + ")");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> query(Connection connection, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int width = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= width; i++) {
          row.append(i == 1 ? "" : " | ").append(result.getString(i));
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  @Override
  public void close() throws SQLException {
    planning.close();
    running.close();
  }
}

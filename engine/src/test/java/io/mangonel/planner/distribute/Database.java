package io.mangonel.planner.distribute;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A plain DuckDB whose answers are rows of text. */
final class Database implements AutoCloseable {
  private final Connection connection;

  Database() throws SQLException {
    connection = DriverManager.getConnection("jdbc:duckdb:");
    execute("SET threads = 1");
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new SQLException(e.getMessage() + "\n" + sql, e);
    }
  }

  /** Each row as a list of texts; NULL is null as text. */
  List<List<String>> rows(String sql) throws SQLException {
    return rowsWithNulls(sql).stream()
        .map(row -> row.stream().map(String::valueOf).toList())
        .toList();
  }

  /** Each row as a list of texts, null for NULL. */
  List<List<@Nullable String>> rowsWithNulls(String sql) throws SQLException {
    List<List<@Nullable String>> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int width = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<@Nullable String> row = new ArrayList<>();
        for (int i = 1; i <= width; i++) {
          row.add(result.getString(i));
        }
        rows.add(row);
      }
    } catch (SQLException e) {
      throw new SQLException(e.getMessage() + "\n" + sql, e);
    }
    return rows;
  }

  /** The first column. */
  List<String> column(String sql) throws SQLException {
    return rows(sql).stream().map(List::getFirst).toList();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}

package io.mangonel.scheduler;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The DuckDB of this process: plans and executors must be of the same version. */
final class EngineVersion {
  private EngineVersion() {}

  static String read() throws IOException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT version()")) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new IOException("cannot open DuckDB: " + e.getMessage(), e);
    }
  }
}

package io.mangonel.planner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Input files of every kind, as DuckDB writes them. */
public final class PlannerFiles {
  private PlannerFiles() {}

  public static void write(Path directory) throws SQLException, IOException {
    Files.createDirectories(directory.resolve("orders"));
    Files.createDirectories(directory.resolve("deep/a/b"));
    Files.createDirectories(directory.resolve("csv"));
    Files.writeString(directory.resolve("broken.parquet"), "this is no Parquet file");
    Files.writeString(directory.resolve("one.json"), "[{\"a\": 1, \"b\": {\"c\": [1, 2]}}]");
    Files.writeString(directory.resolve("lines.jsonl"), "{\"a\": 1}\n{\"a\": 2}\n");
    Files.writeString(directory.resolve("one.csv"), "id,name\n1,x\n2,y\n");
    Files.writeString(directory.resolve("csv/1.csv"), "id|at\n1|2020-01-02\n");
    Files.writeString(directory.resolve("csv/2.csv"), "id|at\n2|2020-01-03\n");
    String orders = "SELECT i AS id, i % 7 AS customer, (i / 4)::DECIMAL(9,2) AS price FROM range(";
    copy(
        List.of(
            orders + "0, 1000) t(i)|" + directory + "/orders/1.parquet",
            orders + "1000, 3000) t(i)|" + directory + "/orders/2.parquet",
            orders + "0, 300000) t(i)|" + directory + "/big.parquet",
            "SELECT 1 AS x|" + directory + "/deep/a/1.parquet",
            "SELECT 2 AS x|" + directory + "/deep/a/b/2.parquet",
            "SELECT 42 AS answer|" + directory + "/it's \"ä\" file.parquet"));
    execute(
        "COPY (SELECT i AS v, 2020 + i % 2 AS year, '0' || i % 3 AS month FROM range(12) t(i)) TO '"
            + directory
            + "/hive' (FORMAT parquet, PARTITION_BY (year, month))");
  }

  private static void copy(List<String> queriesAndFiles) throws SQLException {
    for (String one : queriesAndFiles) {
      String[] parts = one.split("\\|", -1);
      execute("COPY (" + parts[0] + ") TO '" + parts[1].replace("'", "''") + "' (FORMAT parquet)");
    }
  }

  public static void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}

package io.mangonel.planner.distribute;

import io.mangonel.planner.ir.Sql;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Three tables in no order: facts in three files, dims in one, empties without rows. And two sorted
 * ones: heads and lines in four files each, which begin at the same keys.
 */
final class SmallTables {
  private static final int PARTS = 3;
  private static final int ROWS_PER_PART = 400;
  private static final int SORTED_PARTS = 4;
  private static final int KEYS_PER_PART = 100;

  private SmallTables() {}

  static Planning in(Path directory) throws SQLException, IOException {
    List<Path> facts = new ArrayList<>();
    Path dims = directory.resolve("dims.parquet");
    Path empties = directory.resolve("empties.parquet");
    try (Database database = new Database()) {
      for (int part = 0; part < PARTS; part++) {
        Path file = directory.resolve("facts" + part + ".parquet");
        copy(database, facts(part * ROWS_PER_PART), file);
        facts.add(file);
      }
      copy(
          database, "SELECT range::INTEGER AS id, 'name ' || range AS name FROM range(1, 9)", dims);
      copy(database, "SELECT 1 AS a, 'x' AS b WHERE false", empties);
    }
    return new Planning(
        Map.of(
            "facts",
            facts,
            "dims",
            List.of(dims),
            "empties",
            List.of(empties),
            "heads",
            sorted(directory, "heads", "range::BIGINT AS h, range % 9 AS c", 1),
            "lines",
            sorted(directory, "lines", "(range // 3)::BIGINT AS l, range % 5 AS q", 3)));
  }

  private static List<Path> sorted(Path directory, String table, String columns, int rowsPerKey)
      throws SQLException {
    List<Path> files = new ArrayList<>();
    try (Database database = new Database()) {
      for (int part = 0; part < SORTED_PARTS; part++) {
        Path file = directory.resolve(table + part + ".parquet");
        int first = part * KEYS_PER_PART * rowsPerKey;
        int end = first + KEYS_PER_PART * rowsPerKey;
        copy(database, "SELECT " + columns + " FROM range(" + first + ", " + end + ")", file);
        files.add(file);
      }
    }
    return files;
  }

  private static String facts(int first) {
    return "SELECT (range * 7 % 1200)::INTEGER AS k, (range % 6)::INTEGER AS g,"
        + " (range * 7 % 11)::INTEGER AS h,"
        + " CASE WHEN range % 13 = 0 THEN NULL ELSE 'v' || range % 37 END AS v,"
        + " (range / 3)::DECIMAL(12,2) AS n, (range * 0.37)::DOUBLE AS f,"
        + " DATE '2020-01-01' + (range % 50)::INTEGER AS d FROM range("
        + first
        + ", "
        + (first + ROWS_PER_PART)
        + ")";
  }

  private static void copy(Database database, String select, Path file) throws SQLException {
    database.execute("COPY (" + select + ") TO " + Sql.literal(file.toString()));
  }
}

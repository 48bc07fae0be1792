package io.mangonel.workbench.verify;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.planner.ir.Sql;
import io.mangonel.workbench.contest.PlainDuckDb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The statements of DuckDB's dialect that the engine's tests have, over their tables as Parquet
 * files. Columns that Parquet does not keep are in the files as text; views cast them back.
 */
final class DialectSuite {
  private static final List<String> FILES =
      List.of(
          "aggregate",
          "cte",
          "function",
          "join",
          "nested",
          "order",
          "select",
          "setop",
          "subquery",
          "table",
          "window");

  /** The facts with columns that Parquet does not keep. */
  private static final String ODD =
      "CREATE VIEW odd AS "
          + "SELECT k, g, (g * 3 - 5)::HUGEINT * 100000000000000000000 AS big, to_months(g -"
          + " 2) + to_microseconds(h) AS iv, (g::VARCHAR || '1')::VARCHAR AS text, CASE WHEN h"
          + " > 4 THEN '101' ELSE '0' END::BIT AS bits, (['sad', 'ok', 'glad'])[1 + g %"
          + " 3]::ENUM('sad', 'ok', 'glad') AS mood, {'a': g, 'b': [h::HUGEINT, NULL], 'c':"
          + " MAP {'x': to_days(h)}} AS s, ('10:00:0' || g || '+0' || h % 3)::TIMETZ AS tz,"
          + " CASE WHEN g = 1 THEN NULL ELSE union_value(num := h) END AS u FROM facts";

  private static final int PARTS = 3;
  private static final long MEMORY_MB = 500;

  private static final Set<String> LOST =
      Set.of(
          "HUGEINT",
          "UHUGEINT",
          "BIGNUM",
          "BIT",
          "INTERVAL",
          "TIME WITH TIME ZONE",
          "TIMESTAMP_S",
          "TIMESTAMP_MS");

  private DialectSuite() {}

  static Suite make(Path directory) {
    Path data = directory.resolve("data");
    List<String> views = new ArrayList<>();
    try (PlainDuckDb duckDb = PlainDuckDb.open(1, MEMORY_MB, directory.resolve("none"))) {
      Files.createDirectories(data);
      SqlFiles.statements("tables.sql").forEach(duckDb::execute);
      SqlFiles.statements("distribute/tables.sql").forEach(duckDb::execute);
      // A UNION is neither kept by Parquet nor made of text without a guess.
      duckDb.execute("ALTER TABLE nest DROP COLUMN un");
      String tables = "SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL";
      for (List<@Nullable Object> row : duckDb.answer(tables).rows()) {
        views.add(write(duckDb, String.valueOf(row.getFirst()), data));
      }
    } catch (IOException | SQLException e) {
      throw CommandFailure.failed("cannot make the tables: " + e.getMessage());
    }
    List<String> statements = new ArrayList<>();
    FILES.forEach(file -> statements.addAll(SqlFiles.statements("sql/" + file + ".sql")));
    // Each gives its rows in one order.
    SqlFiles.statements("distribute/dialect.sql")
        .forEach(sql -> statements.add(Suite.ordered(sql)));
    views.add(ODD);
    return new Suite(data, views, statements);
  }

  /** The view that gives back what is written. */
  private static String write(PlainDuckDb duckDb, String table, Path data)
      throws IOException, SQLException {
    List<String> written = new ArrayList<>();
    List<String> read = new ArrayList<>();
    for (List<@Nullable Object> column :
        duckDb.answer("DESCRIBE " + Sql.identifier(table)).rows()) {
      String name = Sql.identifier(String.valueOf(column.get(0)));
      String type = String.valueOf(column.get(1));
      boolean lost = LOST.contains(type) || type.startsWith("ENUM");
      written.add(lost ? "CAST(" + name + " AS VARCHAR) AS " + name : name);
      read.add(lost ? "CAST(" + name + " AS " + type + ") AS " + name : name);
    }
    Path directory = Files.createDirectories(data.resolve(table));
    for (int part = 0; part < PARTS; part++) {
      String rows = " FROM " + Sql.identifier(table) + " WHERE rowid % " + PARTS + " = " + part;
      duckDb.write(
          "SELECT " + String.join(", ", written) + rows, directory.resolve(part + ".parquet"));
    }
    return "CREATE VIEW "
        + Sql.identifier(table)
        + " AS SELECT "
        + String.join(", ", read)
        + " FROM "
        + Sql.literal(directory + "/*.parquet");
  }
}

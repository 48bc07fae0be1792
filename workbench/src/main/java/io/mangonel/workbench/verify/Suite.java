package io.mangonel.workbench.verify;

import java.nio.file.Path;
import java.util.List;

/**
 * Statements, and what they read.
 *
 * @param data where the files are
 * @param views {@code CREATE VIEW} statements for the tables that the statements name
 * @param statements one that begins with {@code -- ordered} gives its rows in one order
 */
record Suite(Path data, List<String> views, List<String> statements) {
  private static final String ORDERED = "-- ordered";

  Suite {
    views = List.copyOf(views);
    statements = List.copyOf(statements);
  }

  /** The statement marked as one that gives its rows in one order. */
  static String ordered(String sql) {
    return ORDERED + "\n" + sql;
  }

  static boolean isOrdered(String sql) {
    return sql.startsWith(ORDERED);
  }
}

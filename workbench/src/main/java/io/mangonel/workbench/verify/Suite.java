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
  Suite {
    views = List.copyOf(views);
    statements = List.copyOf(statements);
  }
}

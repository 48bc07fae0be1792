package io.mangonel.workbench.bench;

import java.nio.file.Path;
import java.util.List;

/** Queries that are next to no work. */
enum SmallQuery {
  CONSTANT,
  LOOKUP,
  AGGREGATE,
  /** In turn. */
  MIXED;

  static final List<SmallQuery> SINGLE = List.of(CONSTANT, LOOKUP, AGGREGATE);

  private static final int ROWS = 10_000;

  /** What they read. */
  static final String TABLE =
      "SELECT i AS id, 'name-' || i AS name, i % 97 AS bucket,"
          + " (i * 7 % 1000)::DECIMAL(10, 2) AS amount FROM range("
          + ROWS
          + ") AS t(i)";

  /** What makes it known under its name. */
  static String view(Path file) {
    return "CREATE OR REPLACE VIEW small AS FROM '" + file + "'";
  }

  String query(int number) {
    return switch (this) {
      case CONSTANT -> "SELECT " + number + " AS answer";
      case LOOKUP -> "SELECT name, amount FROM small WHERE id = " + number * 31 % ROWS;
      case AGGREGATE ->
          "SELECT count(*), sum(amount), max(name) FROM small WHERE bucket = " + number % 97;
      case MIXED -> SINGLE.get(number % SINGLE.size()).query(number);
    };
  }
}

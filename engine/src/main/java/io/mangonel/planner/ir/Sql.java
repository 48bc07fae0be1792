package io.mangonel.planner.ir;

/** Quoting, as DuckDB reads it. */
public final class Sql {
  private Sql() {}

  /** A quoted identifier. */
  public static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** A string literal. */
  public static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}

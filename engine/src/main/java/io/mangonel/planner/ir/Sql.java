package io.mangonel.planner.ir;

/** Quoting, as DuckDB reads it. */
public final class Sql {
  private Sql() {}

  /** A quoted identifier. */
  public static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** A string literal, on one line: line breaks are written as escapes. */
  public static String literal(String text) {
    if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
      String escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
      return "E'" + escaped.replace("'", "''") + "'";
    }
    return "'" + text.replace("'", "''") + "'";
  }
}

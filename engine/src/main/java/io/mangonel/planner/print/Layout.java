package io.mangonel.planner.print;

import java.util.List;

/** Line breaks and indentation. */
final class Layout {
  /** Lists longer than this go on several lines. */
  private static final int LINE_MAX = 100;

  private static final String INDENT = "  ";

  private Layout() {}

  /** Items on one line if they fit, else one per line. */
  static String list(List<String> items) {
    String line = String.join(", ", items);
    if (line.length() <= LINE_MAX && line.indexOf('\n') < 0) {
      return line;
    }
    return "\n" + INDENT + String.join(",\n" + INDENT, items.stream().map(Layout::indent).toList());
  }

  static String conjunction(List<String> conditions) {
    if (conditions.size() == 1) {
      return indent(conditions.getFirst());
    }
    return String.join("\n" + INDENT + "AND ", conditions.stream().map(Layout::indent).toList());
  }

  /** A subquery in parentheses, on lines of its own. */
  static String subquery(String sql) {
    return "(\n" + INDENT + indent(sql) + "\n)";
  }

  /**
   * The text with every line but the first indented. Only line breaks of this layout are in it:
   * those of literals are written otherwise, see {@link io.mangonel.planner.ir.Sql#literal}.
   */
  static String indent(String sql) {
    return sql.replace("\n", "\n" + INDENT);
  }

  /** The text without the one pair of parentheses that encloses all of it, if there is one. */
  static String open(String sql) {
    if (sql.length() < 2 || sql.charAt(0) != '(' || sql.charAt(sql.length() - 1) != ')') {
      return sql;
    }
    int depth = 0;
    char quote = 0;
    for (int i = 0; i < sql.length(); i++) {
      char c = sql.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
        if (depth == 0 && i < sql.length() - 1) {
          return sql;
        }
      }
    }
    return sql.startsWith("(\n") ? sql : sql.substring(1, sql.length() - 1);
  }
}

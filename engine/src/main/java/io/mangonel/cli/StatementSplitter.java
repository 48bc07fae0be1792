package io.mangonel.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a script at its semicolons, except those inside texts, quoted names, dollar quotes and
 * comments. Knows only as much of SQL as that needs.
 */
final class StatementSplitter {
  private final String script;
  private int position;

  private StatementSplitter(String script) {
    this.script = script;
  }

  /** The statements, without their semicolons; what holds nothing but comments is left out. */
  static List<String> split(String script) {
    StatementSplitter splitter = new StatementSplitter(script);
    List<String> statements = new ArrayList<>();
    int start = 0;
    boolean content = false;
    while (splitter.position < script.length()) {
      int before = splitter.position;
      if (script.charAt(before) == ';') {
        add(statements, script.substring(start, before), content);
        splitter.position++;
        start = splitter.position;
        content = false;
      } else {
        content |= splitter.skipOne();
      }
    }
    add(statements, script.substring(start), content);
    return statements;
  }

  private static void add(List<String> statements, String statement, boolean content) {
    if (content) {
      statements.add(statement.strip());
    }
  }

  /** Goes behind the next lexical part; whether it was more than space or a comment. */
  private boolean skipOne() {
    char c = script.charAt(position);
    if (Character.isWhitespace(c)) {
      position++;
      return false;
    }
    if (script.startsWith("--", position)) {
      skipTo(endOf("\n", position + 2));
      return false;
    }
    if (script.startsWith("/*", position)) {
      skipTo(endOf("*/", position + 2));
      return false;
    }
    switch (c) {
      case '\'' -> skipTo(endOfQuoted('\'', isEscaping()));
      case '"' -> skipTo(endOfQuoted('"', false));
      case '$' -> skipTo(endOfDollarQuoted());
      default -> position++;
    }
    return true;
  }

  private void skipTo(int end) {
    position = end;
  }

  private int endOf(String terminator, int from) {
    int found = script.indexOf(terminator, from);
    return found < 0 ? script.length() : found + terminator.length();
  }

  /** {@code E'...'} knows the backslash. */
  private boolean isEscaping() {
    return position > 0
        && Character.toUpperCase(script.charAt(position - 1)) == 'E'
        && (position == 1 || !Character.isJavaIdentifierPart(script.charAt(position - 2)));
  }

  private int endOfQuoted(char quote, boolean escaping) {
    int i = position + 1;
    while (i < script.length()) {
      char c = script.charAt(i);
      boolean doubled = c == quote && i + 1 < script.length() && script.charAt(i + 1) == quote;
      if (doubled || (escaping && c == '\\')) {
        i += 2;
      } else if (c == quote) {
        return i + 1;
      } else {
        i++;
      }
    }
    return script.length();
  }

  /** {@code $$...$$} or {@code $tag$...$tag$}; a parameter like {@code $1} is just its sign. */
  private int endOfDollarQuoted() {
    int i = position + 1;
    while (i < script.length() && isTagPart(script.charAt(i), i == position + 1)) {
      i++;
    }
    if (i < script.length() && script.charAt(i) == '$') {
      return endOf(script.substring(position, i + 1), i + 1);
    }
    return position + 1;
  }

  private static boolean isTagPart(char c, boolean first) {
    return c == '_' || Character.isLetter(c) || (!first && Character.isDigit(c));
  }
}

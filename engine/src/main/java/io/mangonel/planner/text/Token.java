package io.mangonel.planner.text;

import java.util.Locale;

/**
 * A token of DuckDB SQL.
 *
 * @param start index of its first character in the text
 * @param end index after its last character
 * @param value what it means: a string or a quoted identifier without its quotes, anything else as
 *     written
 */
public record Token(Kind kind, int start, int end, String value) {
  public enum Kind {
    WORD,
    QUOTED_IDENTIFIER,
    STRING,
    NUMBER,
    SYMBOL
  }

  /** Whether it is this keyword; {@code keyword} is in upper case. */
  public boolean is(String keyword) {
    return kind == Kind.WORD && value.toUpperCase(Locale.ROOT).equals(keyword);
  }

  public boolean isSymbol(char symbol) {
    return kind == Kind.SYMBOL && value.charAt(0) == symbol;
  }

  /** Whether it may name a table: an identifier, or a string that names a file. */
  public boolean isName() {
    return kind != Kind.NUMBER && kind != Kind.SYMBOL;
  }
}

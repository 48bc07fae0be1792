package io.mangonel.planner.text;

import io.mangonel.planner.text.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text into tokens as DuckDB's lexer does; comments and white space are no tokens. It never
 * fails: a quote without its end reaches to the end of the text, and DuckDB's parser will say so.
 */
public final class Tokens {
  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private Open open = Open.NOTHING;

  private Tokens(String text) {
    this.text = text;
  }

  /** What a text ends in the middle of. */
  public enum Open {
    NOTHING,
    STRING,
    QUOTED_IDENTIFIER,
    DOLLAR_QUOTE,
    COMMENT
  }

  /**
   * @param open whether the text may go on inside its last token or comment
   */
  public record Scan(List<Token> tokens, Open open) {
    public Scan {
      tokens = List.copyOf(tokens);
    }
  }

  public static List<Token> of(String text) {
    return scan(text).tokens();
  }

  /** The tokens, and whether the text ends before the last one does. */
  public static Scan scan(String text) {
    var tokens = new Tokens(text);
    while (tokens.at < text.length()) {
      tokens.next();
    }
    return new Scan(tokens.tokens, tokens.open);
  }

  private void next() {
    char c = text.charAt(at);
    if (Character.isWhitespace(c)) {
      at++;
    } else if (text.startsWith("--", at)) {
      int end = text.indexOf('\n', at);
      at = end < 0 ? text.length() : end + 1;
    } else if (text.startsWith("/*", at)) {
      int end = text.indexOf("*/", at + 2);
      open = end < 0 ? Open.COMMENT : Open.NOTHING;
      at = end < 0 ? text.length() : end + 2;
    } else if (c == '\'') {
      quoted(Kind.STRING, at, at + 1, '\'', false);
    } else if (c == '"') {
      quoted(Kind.QUOTED_IDENTIFIER, at, at + 1, '"', false);
    } else if ((c == 'e' || c == 'E') && text.startsWith("'", at + 1)) {
      quoted(Kind.STRING, at, at + 2, '\'', true);
    } else if (c == '$' && dollarQuoted()) {
      return;
    } else if (isWordStart(c)) {
      run(Kind.WORD);
    } else if (Character.isDigit(c)) {
      run(Kind.NUMBER);
    } else {
      add(Kind.SYMBOL, at, at + 1, String.valueOf(c));
    }
  }

  private void quoted(Kind kind, int start, int contentStart, char quote, boolean backslashes) {
    var value = new StringBuilder();
    int i = contentStart;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (backslashes && c == '\\' && i + 1 < text.length()) {
        value.append(c).append(text.charAt(i + 1));
        i += 2;
      } else if (c != quote) {
        value.append(c);
        i++;
      } else if (i + 1 < text.length() && text.charAt(i + 1) == quote) {
        value.append(quote);
        i += 2;
      } else {
        break;
      }
    }
    if (i >= text.length()) {
      open = kind == Kind.STRING ? Open.STRING : Open.QUOTED_IDENTIFIER;
    }
    add(kind, start, Math.min(i + 1, text.length()), value.toString());
  }

  private boolean dollarQuoted() {
    int i = at + 1;
    while (i < text.length() && isWordPart(text.charAt(i)) && text.charAt(i) != '$') {
      i++;
    }
    boolean opens = i < text.length() && text.charAt(i) == '$';
    if (!opens || (i > at + 1 && Character.isDigit(text.charAt(at + 1)))) {
      return false;
    }
    String fence = text.substring(at, i + 1);
    int end = text.indexOf(fence, i + 1);
    open = end < 0 ? Open.DOLLAR_QUOTE : Open.NOTHING;
    int contentEnd = end < 0 ? text.length() : end;
    int next = end < 0 ? text.length() : end + fence.length();
    add(Kind.STRING, at, next, text.substring(i + 1, contentEnd));
    return true;
  }

  private void run(Kind kind) {
    int i = at + 1;
    while (i < text.length() && isWordPart(text.charAt(i))) {
      i++;
    }
    add(kind, at, i, text.substring(at, i));
  }

  private void add(Kind kind, int start, int end, String value) {
    tokens.add(new Token(kind, start, end, value));
    at = end;
  }

  private static boolean isWordStart(char c) {
    return c == '_' || Character.isLetter(c) || c >= 0x80;
  }

  private static boolean isWordPart(char c) {
    return isWordStart(c) || Character.isDigit(c) || c == '$';
  }
}

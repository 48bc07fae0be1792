package io.mangonel.planner.text;

import io.mangonel.planner.text.StatementHead.CopyOption;
import io.mangonel.planner.text.TextEdits.Range;
import io.mangonel.planner.text.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads {@code COPY (query) TO 'path' (options)} and {@code COPY name (columns) TO ...}. */
final class CopyParser {
  private final String sql;
  private final List<Token> tokens;
  private int at;

  /**
   * @param tokens without the semicolon at the end
   * @param at the token after COPY
   */
  CopyParser(String sql, List<Token> tokens, int at) {
    this.sql = sql;
    this.tokens = tokens;
    this.at = at;
  }

  StatementHead parse(Token first) {
    int start = position();
    boolean named = !isSymbol('(');
    Range query;
    String columns = null;
    if (named) {
      while (at < tokens.size() && (tokens.get(at).isName() || isSymbol('.')) && !is("TO")) {
        if (is("FROM")) {
          return new StatementHead.Other("COPY ... FROM", first.start());
        }
        at++;
      }
      if (position() == start) {
        return new StatementHead.Malformed("COPY needs a query in parentheses, or a name", start);
      }
      query = new Range(start, tokens.get(at - 1).end());
      columns = isSymbol('(') ? parentheses() : null;
      if (is("FROM")) {
        return new StatementHead.Other("COPY ... FROM", first.start());
      }
    } else {
      String text = parentheses();
      query = new Range(start + 1, start + text.length() - 1);
    }
    if (!is("TO")) {
      return new StatementHead.Malformed("TO expected", position());
    }
    at++;
    if (at == tokens.size() || tokens.get(at).kind() != Kind.STRING) {
      return new StatementHead.Malformed("a path in quotes expected after TO", position());
    }
    return withOptions(query, named, columns, tokens.get(at++));
  }

  private StatementHead withOptions(
      Range query, boolean named, @Nullable String columns, Token target) {
    if (is("WITH")) {
      at++;
    }
    var options = new ArrayList<CopyOption>();
    if (isSymbol('(')) {
      at++;
      while (!isSymbol(')')) {
        CopyOption option = option();
        if (option == null) {
          return new StatementHead.Malformed("an option of COPY expected", position());
        }
        options.add(option);
        if (isSymbol(',')) {
          at++;
        } else if (!isSymbol(')')) {
          return new StatementHead.Malformed(") expected after the options of COPY", position());
        }
      }
      at++;
    }
    return at == tokens.size()
        ? new StatementHead.Copy(query, named, columns, target.value(), target.start(), options)
        : new StatementHead.Malformed("the options of COPY go in parentheses", position());
  }

  private @Nullable CopyOption option() {
    if (at == tokens.size() || !tokens.get(at).isName()) {
      return null;
    }
    Token name = tokens.get(at++);
    int start = position();
    while (at < tokens.size() && !isSymbol(',') && !isSymbol(')')) {
      if (isSymbol('(') || isSymbol('{') || isSymbol('[')) {
        skipNested();
      } else {
        at++;
      }
    }
    String value = position() == start ? "" : sql.substring(start, tokens.get(at - 1).end());
    return new CopyOption(name.value().toUpperCase(Locale.ROOT), value, name.start());
  }

  private String parentheses() {
    int start = position();
    skipNested();
    return sql.substring(start, tokens.get(at - 1).end());
  }

  private void skipNested() {
    int depth = 0;
    do {
      boolean opens = isSymbol('(') || isSymbol('{') || isSymbol('[');
      boolean closes = isSymbol(')') || isSymbol('}') || isSymbol(']');
      depth += opens ? 1 : closes ? -1 : 0;
      at++;
    } while (depth > 0 && at < tokens.size());
  }

  private boolean is(String keyword) {
    return at < tokens.size() && tokens.get(at).is(keyword);
  }

  private boolean isSymbol(char symbol) {
    return at < tokens.size() && tokens.get(at).isSymbol(symbol);
  }

  private int position() {
    return at < tokens.size() ? tokens.get(at).start() : sql.length();
  }
}

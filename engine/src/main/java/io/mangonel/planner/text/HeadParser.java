package io.mangonel.planner.text;

import io.mangonel.planner.text.Token.Kind;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the first keywords of a statement. */
final class HeadParser {
  private final String sql;
  private final List<Token> tokens;
  private int at;

  HeadParser(String sql, List<Token> tokens) {
    this.sql = sql;
    this.tokens = withoutEnd(tokens);
  }

  private static List<Token> withoutEnd(List<Token> tokens) {
    int end = tokens.size();
    while (end > 0 && tokens.get(end - 1).isSymbol(';')) {
      end--;
    }
    return tokens.subList(0, end);
  }

  StatementHead parse() {
    while (at < tokens.size() && tokens.get(at).isSymbol(';')) {
      at++;
    }
    if (at == tokens.size()) {
      return new StatementHead.Empty();
    }
    for (int i = at; i + 1 < tokens.size(); i++) {
      if (tokens.get(i).isSymbol(';') && !tokens.get(i + 1).isSymbol(';')) {
        return new StatementHead.Several(tokens.get(i + 1).start());
      }
    }
    Token first = tokens.get(at);
    String keyword = first.value().toUpperCase(Locale.ROOT);
    if (first.isSymbol('(') || (first.kind() == Kind.WORD && isQuery(keyword))) {
      return new StatementHead.Query(first.start());
    }
    at++;
    return switch (first.kind() == Kind.WORD ? keyword : "") {
      case "EXPLAIN" -> explain(first);
      case "CREATE" -> create(first);
      case "DROP" -> drop(first);
      case "SET" -> set(first);
      case "RESET" -> reset(first);
      default -> new StatementHead.Other(first.value(), first.start());
    };
  }

  private static boolean isQuery(String keyword) {
    return StatementHead.QUERY_KEYWORDS.contains(keyword);
  }

  private StatementHead explain(Token first) {
    boolean analyze = accept("ANALYZE");
    boolean options = at < tokens.size() && tokens.get(at).isSymbol('(') && isOptionList();
    if (options) {
      skipParentheses();
    }
    if (at == tokens.size()) {
      return new StatementHead.Malformed("EXPLAIN needs a statement", first.start());
    }
    return new StatementHead.Explain(analyze, options, tokens.get(at).start());
  }

  /** {@code (FORMAT json)} is a list of options, {@code (SELECT 1)} is a statement. */
  private boolean isOptionList() {
    int next = at + 1;
    return next < tokens.size()
        && !tokens.get(next).isSymbol('(')
        && !isQuery(tokens.get(next).value().toUpperCase(Locale.ROOT));
  }

  private StatementHead create(Token first) {
    boolean orReplace = accept("OR");
    if (orReplace && !accept("REPLACE")) {
      return new StatementHead.Malformed("REPLACE expected after CREATE OR", first.start());
    }
    boolean temporary = accept("TEMP") || accept("TEMPORARY");
    if (!accept("VIEW")) {
      return new StatementHead.Other(words(first), first.start());
    }
    boolean ifNotExists = accept("IF");
    if (ifNotExists && !(accept("NOT") && accept("EXISTS"))) {
      return new StatementHead.Malformed("IF NOT EXISTS expected", first.start());
    }
    String name = name();
    if (name == null) {
      return new StatementHead.Malformed("the name of a view expected", position());
    }
    int columnsStart = position();
    boolean columns = at < tokens.size() && tokens.get(at).isSymbol('(');
    if (columns) {
      skipParentheses();
    }
    String columnList = columns ? sql.substring(columnsStart, endOfPrevious()) : null;
    if (!accept("AS") || at == tokens.size()) {
      return new StatementHead.Malformed("AS and a query expected", position());
    }
    return new StatementHead.CreateView(
        name, orReplace, ifNotExists, temporary, columnList, tokens.get(at).start());
  }

  private StatementHead drop(Token first) {
    if (!accept("VIEW")) {
      return new StatementHead.Other(words(first), first.start());
    }
    boolean ifExists = accept("IF");
    if (ifExists && !accept("EXISTS")) {
      return new StatementHead.Malformed("EXISTS expected after IF", position());
    }
    String name = name();
    if (name == null) {
      return new StatementHead.Malformed("the name of a view expected", position());
    }
    if (at < tokens.size()) {
      return new StatementHead.Malformed("one view is dropped at a time", position());
    }
    return new StatementHead.DropView(name, ifExists);
  }

  private StatementHead set(Token first) {
    boolean global = accept("GLOBAL");
    boolean variable = !global && accept("VARIABLE");
    if (!variable && !accept("SESSION")) {
      accept("LOCAL");
    }
    boolean timeZone = tokens.size() > at + 1 && tokens.get(at).is("TIME");
    String name = settingName();
    if (name == null) {
      return new StatementHead.Malformed("the name of a setting expected", position());
    }
    if (!acceptSymbol('=') && !accept("TO") && !timeZone) {
      return new StatementHead.Malformed("= expected after SET " + name, position());
    }
    if (at == tokens.size()) {
      return new StatementHead.Malformed("a value expected", first.start());
    }
    String value = sql.substring(position(), tokens.getLast().end());
    boolean reset = value.toUpperCase(Locale.ROOT).equals("DEFAULT");
    return new StatementHead.Setting(name, variable, global, reset ? null : value);
  }

  private StatementHead reset(Token first) {
    boolean global = accept("GLOBAL");
    boolean variable = !global && accept("VARIABLE");
    if (!variable && !accept("SESSION")) {
      accept("LOCAL");
    }
    String name = settingName();
    if (name == null || at < tokens.size()) {
      return new StatementHead.Malformed("RESET takes the name of one setting", first.start());
    }
    return new StatementHead.Setting(name, variable, global, null);
  }

  private @Nullable String settingName() {
    return accept("TIME") && accept("ZONE") ? "TimeZone" : name();
  }

  /** A name, perhaps in the schema {@code main}, which is where everything is. */
  private @Nullable String name() {
    if (at == tokens.size() || !tokens.get(at).isName()) {
      return null;
    }
    String name = tokens.get(at++).value();
    if (name.equalsIgnoreCase("main") && acceptSymbol('.') && at < tokens.size()) {
      name = tokens.get(at++).value();
    }
    return name;
  }

  private boolean accept(String keyword) {
    boolean found = at < tokens.size() && tokens.get(at).is(keyword);
    at += found ? 1 : 0;
    return found;
  }

  private boolean acceptSymbol(char symbol) {
    boolean found = at < tokens.size() && tokens.get(at).isSymbol(symbol);
    at += found ? 1 : 0;
    return found;
  }

  private void skipParentheses() {
    int depth = 0;
    do {
      depth += tokens.get(at).isSymbol('(') ? 1 : tokens.get(at).isSymbol(')') ? -1 : 0;
      at++;
    } while (depth > 0 && at < tokens.size());
  }

  private int position() {
    return at < tokens.size() ? tokens.get(at).start() : sql.length();
  }

  private int endOfPrevious() {
    return tokens.get(at - 1).end();
  }

  private String words(Token first) {
    return at < tokens.size() ? first.value() + " " + tokens.get(at).value() : first.value();
  }
}

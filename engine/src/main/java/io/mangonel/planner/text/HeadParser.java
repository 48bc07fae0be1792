package io.mangonel.planner.text;

import io.mangonel.planner.text.TextEdits.Range;
import io.mangonel.planner.text.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the first keywords of a statement. */
final class HeadParser {
  private static final String DATABASE = "mangonel";
  private static final String MAIN = "main";
  private static final int NAME_PARTS_MAX = 3;

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
      case "USE" -> use(first);
      case "COPY" -> new CopyParser(sql, tokens, at).parse(first);
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
    boolean view = accept("VIEW");
    boolean macro = !view && (accept("MACRO") || accept("FUNCTION"));
    boolean schema = !view && !macro && !orReplace && !temporary && accept("SCHEMA");
    if (!view && !macro && !schema) {
      return new StatementHead.Other(words(first), first.start());
    }
    boolean ifNotExists = accept("IF");
    if (ifNotExists && !(accept("NOT") && accept("EXISTS"))) {
      return new StatementHead.Malformed("IF NOT EXISTS expected", first.start());
    }
    QualifiedName name = name();
    if (name == null) {
      return new StatementHead.Malformed("a name expected", position());
    }
    if (schema) {
      return at == tokens.size()
          ? new StatementHead.CreateSchema(name.name, ifNotExists)
          : new StatementHead.Malformed("CREATE SCHEMA takes a name and no more", position());
    }
    var made = new Creation(name, orReplace, ifNotExists, temporary);
    return view ? createView(made) : createMacro(made);
  }

  private record Creation(
      QualifiedName name, boolean orReplace, boolean ifNotExists, boolean temporary) {}

  private StatementHead createView(Creation made) {
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
        made.name.schema,
        made.name.name,
        made.orReplace,
        made.ifNotExists,
        made.temporary,
        columnList,
        tokens.get(at).start());
  }

  private StatementHead createMacro(Creation made) {
    int parametersStart = position();
    var bodies = new ArrayList<Range>();
    boolean table = false;
    do {
      if (at == tokens.size() || !tokens.get(at).isSymbol('(')) {
        return new StatementHead.Malformed("a list of parameters expected", position());
      }
      skipParentheses();
      if (!accept("AS") || at == tokens.size()) {
        return new StatementHead.Malformed("AS and what the macro means expected", position());
      }
      boolean rows = accept("TABLE");
      if (!bodies.isEmpty() && rows != table) {
        return new StatementHead.Malformed(
            "all forms of a macro give rows, or all give values", position());
      }
      table = rows;
      int start = position();
      skipToNextForm();
      if (position() == start) {
        return new StatementHead.Malformed("what the macro means expected", start);
      }
      bodies.add(new Range(start, endOfPrevious()));
    } while (acceptSymbol(','));
    return new StatementHead.CreateMacro(
        made.name.schema,
        made.name.name,
        made.orReplace,
        made.ifNotExists,
        made.temporary,
        table,
        parametersStart,
        bodies);
  }

  /** To a comma after which {@code (...) AS} follows, or to the end. */
  private void skipToNextForm() {
    while (at < tokens.size() && !(tokens.get(at).isSymbol(',') && isFormNext())) {
      if (tokens.get(at).isSymbol('(')) {
        skipParentheses();
      } else {
        at++;
      }
    }
  }

  private boolean isFormNext() {
    int comma = at;
    at++;
    boolean form = at < tokens.size() && tokens.get(at).isSymbol('(');
    if (form) {
      skipParentheses();
      form = at < tokens.size() && tokens.get(at).is("AS");
    }
    at = comma;
    return form;
  }

  private StatementHead drop(Token first) {
    DefinitionKind kind;
    if (accept("VIEW")) {
      kind = DefinitionKind.VIEW;
    } else if (accept("SCHEMA")) {
      kind = DefinitionKind.SCHEMA;
    } else if (accept("MACRO") || accept("FUNCTION")) {
      kind = accept("TABLE") ? DefinitionKind.TABLE_MACRO : DefinitionKind.MACRO;
    } else {
      return new StatementHead.Other(words(first), first.start());
    }
    boolean ifExists = accept("IF");
    if (ifExists && !accept("EXISTS")) {
      return new StatementHead.Malformed("EXISTS expected after IF", position());
    }
    QualifiedName name = name();
    if (name == null) {
      return new StatementHead.Malformed("the name of a " + kind.title() + " expected", position());
    }
    boolean cascade = accept("CASCADE");
    if (!cascade) {
      accept("RESTRICT");
    }
    if (at < tokens.size()) {
      return new StatementHead.Malformed(
          "one " + kind.title() + " is dropped at a time", position());
    }
    return new StatementHead.Drop(kind, name.schema, name.name, ifExists, cascade);
  }

  private StatementHead use(Token first) {
    QualifiedName name = name();
    if (name == null || at < tokens.size()) {
      return new StatementHead.Malformed("USE takes the name of one schema", first.start());
    }
    boolean database = name.schema.isEmpty() && name.name.equalsIgnoreCase(DATABASE);
    return new StatementHead.Use(database ? MAIN : name.name);
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
    if (accept("TIME") && accept("ZONE")) {
      return "TimeZone";
    }
    QualifiedName name = name();
    return name == null ? null : name.name;
  }

  /**
   * @param schema empty where none is named
   */
  private record QualifiedName(String schema, String name) {}

  /** A name, perhaps with a schema, perhaps with the database before that. */
  private @Nullable QualifiedName name() {
    var parts = new ArrayList<String>();
    do {
      if (at == tokens.size() || !tokens.get(at).isName()) {
        return null;
      }
      parts.add(tokens.get(at++).value());
    } while (parts.size() < NAME_PARTS_MAX && acceptSymbol('.'));
    if (parts.size() == NAME_PARTS_MAX && !parts.removeFirst().equalsIgnoreCase(DATABASE)) {
      return null;
    }
    if (parts.size() == 1) {
      return new QualifiedName("", parts.getFirst());
    }
    String schema = parts.getFirst();
    return new QualifiedName(schema.equalsIgnoreCase(DATABASE) ? MAIN : schema, parts.getLast());
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

package io.mangonel.cli.shell;

import io.mangonel.cli.client.StatementSession;
import io.mangonel.client.TableEntry;
import io.mangonel.planner.database.SessionSettings;
import io.mangonel.planner.text.Token;
import io.mangonel.planner.text.Tokens;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The words that a completion may offer. All of them come from the scheduler, when they are first
 * needed: so they are those of the engine that runs there. Without an answer there are fewer.
 */
final class Vocabulary {
  private static final int FILES_MAX = 50;

  /** Operators have names, too. */
  private static final String WORDS_SQL =
      """
      SELECT DISTINCT word FROM (
        SELECT upper(keyword_name) AS word FROM duckdb_keywords()
        UNION ALL
        SELECT function_name || '(' FROM duckdb_functions())
      WHERE regexp_full_match(word, '[A-Za-z][A-Za-z0-9_]*[(]?') -- words for the shell's Tab key\
      """;

  private final StatementSession session;
  private List<String> words = List.of();
  private List<TableEntry> tables = List.of();
  private boolean tablesKnown;

  /** The files whose columns were asked for last, with the columns. */
  private final Map<String, List<String>> files = new LinkedHashMap<>();

  Vocabulary(StatementSession session) {
    this.session = session;
  }

  /** A statement was run: tables and files may be others. */
  void outdate() {
    tablesKnown = false;
    files.clear();
  }

  /** Keywords in capitals, functions with an opening parenthesis. */
  List<String> words() {
    if (words.isEmpty()) {
      words = session.textsAtOnce(WORDS_SQL);
    }
    return words;
  }

  List<String> tables() {
    return entries().stream().map(TableEntry::name).toList();
  }

  private List<TableEntry> entries() {
    if (!tablesKnown) {
      tables = session.tablesAtOnce();
      tablesKnown = true;
    }
    return tables;
  }

  List<String> settings() {
    return List.of(SessionSettings.allowedNames().split(", "));
  }

  List<String> valuesOf(String setting) {
    return SessionSettings.canonicalName(setting).map(SessionSettings::valuesOf).orElse(List.of());
  }

  /**
   * The columns of the tables and files that a statement names; of all tables when it names none.
   *
   * @param qualifier a table's name or alias, which alone counts; empty for all
   */
  List<String> columns(String statement, String qualifier) {
    TreeSet<String> columns = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    List<Token> tokens = Tokens.of(statement);
    boolean named = false;
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      boolean file = token.kind() == Token.Kind.STRING && i > 0 && isBeforeFile(tokens.get(i - 1));
      List<String> found = file ? ofFile(token.value()) : ofTable(token.value());
      if (!found.isEmpty()) {
        named = true;
        if (qualifier.isEmpty() || isCalled(tokens, i, qualifier)) {
          columns.addAll(found);
        }
      }
    }
    if (!named && qualifier.isEmpty()) {
      entries().forEach(table -> columns.addAll(table.columns()));
    }
    return new ArrayList<>(columns);
  }

  private static boolean isBeforeFile(Token token) {
    return token.is("FROM") || token.is("JOIN") || token.isSymbol(',') || token.isSymbol('(');
  }

  /** By its own name, or {@code name alias}, or {@code name AS alias}. */
  private static boolean isCalled(List<Token> tokens, int at, String qualifier) {
    if (tokens.get(at).value().equalsIgnoreCase(qualifier)) {
      return true;
    }
    int alias = at + 1 < tokens.size() && tokens.get(at + 1).is("AS") ? at + 2 : at + 1;
    return alias < tokens.size() && tokens.get(alias).value().equalsIgnoreCase(qualifier);
  }

  private List<String> ofTable(String name) {
    return entries().stream()
        .filter(table -> table.name().equalsIgnoreCase(name))
        .findFirst()
        .map(TableEntry::columns)
        .orElse(List.of());
  }

  private List<String> ofFile(String file) {
    if (files.size() == FILES_MAX) {
      files.clear();
    }
    return files.computeIfAbsent(
        file, path -> session.columnsAtOnce("FROM '" + path.replace("'", "''") + "'"));
  }
}

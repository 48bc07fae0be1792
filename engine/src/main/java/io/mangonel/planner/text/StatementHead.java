package io.mangonel.planner.text;

import io.mangonel.planner.text.TextEdits.Range;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the first keywords of a statement say it is. Positions are characters of the text. */
public sealed interface StatementHead {
  /** Only white space and comments. */
  record Empty() implements StatementHead {}

  /** More than one statement; {@code position} is where the second one starts. */
  record Several(int position) implements StatementHead {}

  /** SELECT and all that gives rows. */
  record Query(int start) implements StatementHead {}

  /**
   * @param analyze EXPLAIN ANALYZE
   * @param options whether it has a list of options
   * @param start where the explained statement starts
   */
  record Explain(boolean analyze, boolean options, int start) implements StatementHead {}

  /**
   * @param schema empty where none is named
   * @param columns the list of column names as written, with its parentheses, or null
   * @param bodyStart where the query starts
   */
  record CreateView(
      String schema,
      String name,
      boolean orReplace,
      boolean ifNotExists,
      boolean temporary,
      @Nullable String columns,
      int bodyStart)
      implements StatementHead {}

  record CreateSchema(String name, boolean ifNotExists) implements StatementHead {}

  /**
   * @param schema empty where none is named
   * @param table whether it gives rows
   * @param parametersStart where its first list of parameters starts
   * @param bodies what its parameters are put into, one for each list of them
   */
  record CreateMacro(
      String schema,
      String name,
      boolean orReplace,
      boolean ifNotExists,
      boolean temporary,
      boolean table,
      int parametersStart,
      List<Range> bodies)
      implements StatementHead {
    public CreateMacro {
      bodies = List.copyOf(bodies);
    }
  }

  /**
   * @param schema empty where none is named
   */
  record Drop(DefinitionKind kind, String schema, String name, boolean ifExists, boolean cascade)
      implements StatementHead {}

  /**
   * {@code COPY ... TO}.
   *
   * @param query the query in parentheses, or the name of a table as written
   * @param columns the list of columns after that name, with its parentheses, or null
   * @param target what follows TO, without its quotes; {@code targetStart} is where it starts
   */
  record Copy(
      Range query,
      boolean named,
      @Nullable String columns,
      String target,
      int targetStart,
      List<CopyOption> options)
      implements StatementHead {
    public Copy {
      options = List.copyOf(options);
    }
  }

  /**
   * @param name in upper case
   * @param value as written; empty for none
   * @param position where it starts
   */
  record CopyOption(String name, String value, int position) {}

  /** Where names are looked up from now on. */
  record Use(String schema) implements StatementHead {}

  /**
   * SET or RESET.
   *
   * @param variable SET VARIABLE
   * @param value the expression as written; null for RESET and for {@code DEFAULT}
   */
  record Setting(String name, boolean variable, boolean global, @Nullable String value)
      implements StatementHead {}

  /** A statement of a known kind that is written in a way this parser does not take. */
  record Malformed(String message, int position) implements StatementHead {}

  /** Any other kind of statement, by its first keyword. */
  record Other(String keyword, int position) implements StatementHead {}

  static StatementHead of(String sql) {
    return new HeadParser(sql, Tokens.of(sql)).parse();
  }

  /** Keywords with which a statement that gives rows may begin. */
  List<String> QUERY_KEYWORDS =
      List.of(
          "SELECT",
          "FROM",
          "WITH",
          "VALUES",
          "TABLE",
          "PIVOT",
          "UNPIVOT",
          "SHOW",
          "DESCRIBE",
          "DESC",
          "SUMMARIZE");
}

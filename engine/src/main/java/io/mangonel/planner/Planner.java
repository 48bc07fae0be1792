package io.mangonel.planner;

import io.mangonel.planner.bind.Binding.Bound;
import io.mangonel.planner.bind.Binding.Invalid;
import io.mangonel.planner.bind.CatalogDatabase;
import io.mangonel.planner.bind.StatementBinder;
import io.mangonel.planner.bind.StatementContext;
import io.mangonel.planner.database.RejectedException;
import io.mangonel.planner.database.SessionSettings;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.names.Definitions;
import io.mangonel.planner.stage.EngineSettings;
import io.mangonel.planner.stage.PlanText;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.text.ErrorText;
import io.mangonel.planner.text.StatementHead;
import io.mangonel.planner.text.TextEdits.Range;
import io.mangonel.planner.text.Token;
import io.mangonel.planner.text.Tokens;
import io.mangonel.planner.write.CopyTarget;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From a statement to stages. Thread-safe; a call blocks, for a bounded time, and calls native code
 * that pins a virtual thread's carrier and recurses: call it on platform threads with a stack of
 * {@link EngineSettings#STACK_BYTES}.
 */
public final class Planner implements AutoCloseable {
  private static final String POSSIBLE =
      "Possible are SELECT and everything else that gives rows, COPY to files, EXPLAIN, CREATE and"
          + " DROP of views, schemas and macros, USE, SET, RESET, SHOW, DESCRIBE and SUMMARIZE.";

  private static final Set<String> CHANGES_OF_TABLES =
      Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "ALTER", "COPY ... FROM");

  private static final String INSTEAD_OF_TABLES =
      "There are no tables, only files and views: COPY (SELECT ...) TO 'name.parquet' writes a"
          + " file, and FROM 'name.parquet' reads it; CREATE VIEW gives a query, or files, a name.";

  private final StatementBinder binder;

  private final StagePlanner stages;
  private final CatalogQuestions questions;

  private Planner(StatementBinder binder, CatalogDatabase catalog) {
    this.binder = binder;
    this.stages = new StagePlanner(binder);
    this.questions = new CatalogQuestions(binder, catalog);
  }

  /**
   * @param dataDirectories the only directories whose files statements may read
   */
  public static Planner open(List<Path> dataDirectories) {
    return new Planner(StatementBinder.open(dataDirectories), new CatalogDatabase(dataDirectories));
  }

  /** The DuckDB of this process: plans and executors must be of the same version. */
  public String engineVersion() {
    return binder.ask("SELECT version()").getFirst();
  }

  /** The zone of this machine, by the name that DuckDB gives it. */
  public String timeZone() {
    return binder.ask("SELECT current_setting('TimeZone')").getFirst();
  }

  /** Never throws for a statement, whatever it is: a wrong one is {@link PlanResult.Rejected}. */
  public PlanResult plan(PlanRequest request) {
    try {
      return planned(request);
    } catch (StackOverflowError e) {
      return new PlanResult.Rejected("the statement nests too deeply to be planned");
    }
  }

  /**
   * The types that a statement's parameters have.
   *
   * @param request with parameters {@code $1}, {@code $2}, ... in its statement
   * @return one for each, null where DuckDB takes any; empty when it cannot be told, which planning
   *     the statement with values explains
   */
  public List<@Nullable String> parameterTypes(PlanRequest request) {
    return StatementHead.of(request.sql()) instanceof StatementHead.Query query
        ? binder.parameterTypes(
            statement(request.sql(), query.start()), context(request, request.definitions()))
        : List.of();
  }

  private PlanResult planned(PlanRequest request) {
    return switch (StatementHead.of(request.sql())) {
      case StatementHead.Empty _ -> new PlanResult.Rejected("the statement is empty");
      case StatementHead.Several several ->
          rejected(
              request, "one statement at a time: here a second one starts", several.position());
      case StatementHead.Malformed malformed ->
          rejected(request, "Parser Error: " + malformed.message(), malformed.position());
      case StatementHead.Query query -> query(request, query.start());
      case StatementHead.Explain explain -> explain(request, explain);
      case StatementHead.Copy copy -> copy(request, copy);
      case StatementHead.CreateView view ->
          definitions(request).createView(view, statement(request.sql(), view.bodyStart()));
      case StatementHead.CreateMacro macro -> definitions(request).createMacro(macro);
      case StatementHead.CreateSchema schema -> definitions(request).createSchema(schema);
      case StatementHead.Drop drop ->
          new PlanResult.Drop(
              drop.kind(), drop.schema(), drop.name(), drop.ifExists(), drop.cascade());
      case StatementHead.Use use -> definitions(request).use(use.schema());
      case StatementHead.Setting setting ->
          Settings.isSchema(setting)
              ? useSetting(request, setting)
              : Settings.plan(binder, setting, request.settings());
      case StatementHead.Other other -> other(request, other);
    };
  }

  private PlanResult query(PlanRequest request, int start) {
    String statement = statement(request.sql(), start);
    StatementContext context = context(request, request.definitions());
    Optional<StatementBinder.Rows> known = questions.answer(statement, context);
    if (known.isPresent()) {
      Invalid invalid = known.get().invalid();
      return invalid == null
          ? new PlanResult.Query(KnownRows.plan(known.get()))
          : rejected(request, invalid, start);
    }
    return switch (binder.bind(statement, context)) {
      case Bound bound ->
          new PlanResult.Query(stages.plan(request, bound, new StageOutput.Result()));
      case Invalid invalid -> rejected(request, invalid, start);
    };
  }

  private PlanResult copy(PlanRequest request, StatementHead.Copy copy) {
    CopyTarget target;
    try {
      target = CopyTarget.of(copy, binder.directories(), request.workingDirectory());
    } catch (RejectedException e) {
      return rejected(request, new Invalid(e.text(), e.range()), 0);
    }
    String written = request.sql().substring(copy.query().start(), copy.query().end());
    String columns = copy.columns();
    String query =
        !copy.named()
            ? written
            : columns == null
                ? "FROM " + written
                : "SELECT " + columns.substring(1, columns.length() - 1) + " FROM " + written;
    return switch (binder.bind(query, context(request, request.definitions()))) {
      case Bound bound -> copy(request, copy, target, bound);
      case Invalid(String message, Range _) when copy.named() ->
          rejected(request, new Invalid(message, copy.query()), 0);
      case Invalid invalid -> rejected(request, invalid, copy.query().start());
    };
  }

  private PlanResult copy(
      PlanRequest request, StatementHead.Copy copy, CopyTarget target, Bound bound) {
    Optional<String> wrong =
        binder.complaint(
            target.checkSql(
                bound.columns().stream()
                    .map(column -> new CopyTarget.Column(column.name(), column.type()))
                    .toList()));
    if (wrong.isPresent()) {
      return new PlanResult.Rejected(wrong.get());
    }
    Optional<String> obstacle = target.obstacle();
    if (obstacle.isPresent()) {
      return rejected(request, obstacle.get(), copy.targetStart());
    }
    List<String> names = bound.columns().stream().map(column -> column.name()).toList();
    return new PlanResult.Query(stages.plan(request, bound, target.output(names)));
  }

  private PlanResult explain(PlanRequest request, StatementHead.Explain explain) {
    if (explain.options()) {
      return new PlanResult.Rejected("EXPLAIN takes no options but ANALYZE");
    }
    String explained = request.sql().substring(explain.start());
    PlanResult planned =
        switch (StatementHead.of(explained)) {
          case StatementHead.Query _ -> query(request, explain.start());
          case StatementHead.Copy _ -> planned(request.withSql(explained));
          case StatementHead.Empty _,
              StatementHead.Several _,
              StatementHead.Explain _,
              StatementHead.CreateView _,
              StatementHead.CreateSchema _,
              StatementHead.CreateMacro _,
              StatementHead.Drop _,
              StatementHead.Use _,
              StatementHead.Setting _,
              StatementHead.Malformed _,
              StatementHead.Other _ ->
              new PlanResult.Rejected("only statements that give or write rows can be explained");
        };
    return switch (planned) {
      case PlanResult.Query(var plan) ->
          explain.analyze()
              ? new PlanResult.Query(plan.analyzed())
              : new PlanResult.Explain(PlanText.of(plan));
      case PlanResult other -> other;
    };
  }

  private DefinitionStatements definitions(PlanRequest request) {
    return new DefinitionStatements(binder, request);
  }

  /** {@code SET schema = 'name'} is another way to say USE. */
  private PlanResult useSetting(PlanRequest request, StatementHead.Setting setting) {
    String expression = setting.value();
    if (expression == null) {
      return new PlanResult.Set(SessionSettings.SCHEMA, null);
    }
    List<Token> tokens = Tokens.of(expression);
    return tokens.size() == 1 && tokens.getFirst().isName()
        ? definitions(request).use(tokens.getFirst().value())
        : new PlanResult.Rejected("SET schema takes the name of one schema");
  }

  private PlanResult other(PlanRequest request, StatementHead.Other other) {
    Optional<Invalid> wrong = binder.syntaxError(request.sql());
    return wrong.isPresent()
        ? rejected(request, wrong.get(), 0)
        : new PlanResult.Rejected(
            other.keyword() + " is not possible here. " + possible(other.keyword()));
  }

  private static String possible(String keyword) {
    return keyword.endsWith(" TABLE") || CHANGES_OF_TABLES.contains(keyword)
        ? INSTEAD_OF_TABLES
        : POSSIBLE;
  }

  static StatementContext context(PlanRequest request, List<Definition> definitions) {
    return new StatementContext(
        request.settings(), Definitions.of(definitions), request.workingDirectory());
  }

  /** From {@code start} to the last token, without the semicolon. */
  private static String statement(String sql, int start) {
    List<Token> tokens = Tokens.of(sql);
    int last = tokens.size() - 1;
    while (tokens.get(last).isSymbol(';')) {
      last--;
    }
    return sql.substring(start, tokens.get(last).end());
  }

  private static PlanResult rejected(PlanRequest request, String message, int position) {
    var range = new Range(position, position + 1);
    return new PlanResult.Rejected(ErrorText.of(message, request.sql(), range));
  }

  private static PlanResult rejected(PlanRequest request, Invalid invalid, int start) {
    @Nullable Range range = invalid.range();
    Range shifted = range == null ? null : range.shifted(start);
    return new PlanResult.Rejected(ErrorText.of(invalid.message(), request.sql(), shifted));
  }

  @Override
  public void close() {
    questions.close();
    binder.close();
  }
}

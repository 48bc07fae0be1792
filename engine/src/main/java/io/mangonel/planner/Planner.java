package io.mangonel.planner;

import io.mangonel.planner.bind.Binding;
import io.mangonel.planner.bind.Binding.Bound;
import io.mangonel.planner.bind.Binding.Invalid;
import io.mangonel.planner.bind.StatementBinder;
import io.mangonel.planner.bind.StatementContext;
import io.mangonel.planner.bind.StatementContext.ViewText;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.stage.EngineSettings;
import io.mangonel.planner.stage.PlanText;
import io.mangonel.planner.text.ErrorText;
import io.mangonel.planner.text.StatementHead;
import io.mangonel.planner.text.TextEdits.Range;
import io.mangonel.planner.text.Token;
import io.mangonel.planner.text.Tokens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From a statement to stages. Thread-safe; a call blocks, for a bounded time, and calls native code
 * that pins a virtual thread's carrier and recurses: call it on platform threads with a stack of
 * {@link EngineSettings#STACK_BYTES}.
 */
public final class Planner implements AutoCloseable {
  private static final String POSSIBLE =
      "Possible are SELECT and everything else that gives rows, EXPLAIN, CREATE VIEW, DROP VIEW,"
          + " SET, RESET, SHOW TABLES, DESCRIBE and SUMMARIZE.";

  private final StatementBinder binder;

  private final StagePlanner stages;

  private Planner(StatementBinder binder) {
    this.binder = binder;
    this.stages = new StagePlanner(binder);
  }

  /**
   * @param dataDirectories the only directories whose files statements may read
   */
  public static Planner open(List<Path> dataDirectories) {
    return new Planner(StatementBinder.open(dataDirectories));
  }

  /** Never throws for a statement, whatever it is: a wrong one is {@link PlanResult.Rejected}. */
  public PlanResult plan(PlanRequest request) {
    try {
      return planned(request);
    } catch (StackOverflowError e) {
      return new PlanResult.Rejected("the statement nests too deeply to be planned");
    }
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
      case StatementHead.CreateView view -> createView(request, view);
      case StatementHead.DropView drop -> new PlanResult.DropView(drop.name(), drop.ifExists());
      case StatementHead.Setting setting -> Settings.plan(binder, setting, request.settings());
      case StatementHead.Other other -> other(request, other);
    };
  }

  private PlanResult query(PlanRequest request, int start) {
    String statement = statement(request.sql(), start);
    StatementContext context = context(request, request.views());
    var catalog = new CatalogStatements(binder, request, context).answer(statement);
    if (catalog.isPresent()) {
      return switch (catalog.get()) {
        case CatalogStatements.Answer.Rows rows -> rows.result();
        case CatalogStatements.Answer.Wrong wrong -> rejected(request, wrong.invalid(), start);
      };
    }
    return switch (binder.bind(statement, context)) {
      case Bound bound -> new PlanResult.Query(stages.plan(request, bound));
      case Invalid invalid -> rejected(request, invalid, start);
    };
  }

  private PlanResult explain(PlanRequest request, StatementHead.Explain explain) {
    if (explain.analyze() || explain.options()) {
      return new PlanResult.Rejected(
          "EXPLAIN takes no options and no ANALYZE: run the statement, and the job shows the time"
              + " and rows of each of its stages");
    }
    String explained = request.sql().substring(explain.start());
    if (!(StatementHead.of(explained) instanceof StatementHead.Query)) {
      return new PlanResult.Rejected("only statements that give rows can be explained");
    }
    return switch (query(request, explain.start())) {
      case PlanResult.Query query -> new PlanResult.Explain(PlanText.of(query.plan()));
      case PlanResult other -> other;
    };
  }

  private PlanResult createView(PlanRequest request, StatementHead.CreateView view) {
    if (view.orReplace() && view.ifNotExists()) {
      return new PlanResult.Rejected("OR REPLACE and IF NOT EXISTS exclude each other");
    }
    String body = statement(request.sql(), view.bodyStart());
    return switch (binder.bind(body, context(request, request.views()))) {
      case Invalid invalid -> rejected(request, invalid, view.bodyStart());
      case Bound bound -> {
        String columns = view.columns() == null ? "" : view.columns();
        String createSql =
            "CREATE VIEW " + Sql.identifier(view.name()) + columns + " AS " + bound.executable();
        yield checkedView(request, view, createSql);
      }
    };
  }

  /** A view is right when it can be read; that also shows when it would read itself. */
  private PlanResult checkedView(
      PlanRequest request, StatementHead.CreateView view, String createSql) {
    var views = new ArrayList<PlanRequest.ViewDefinition>();
    for (PlanRequest.ViewDefinition existing : request.views()) {
      if (!existing.name().equalsIgnoreCase(view.name())) {
        views.add(existing);
      }
    }
    views.add(new PlanRequest.ViewDefinition(view.name(), createSql));
    Binding read = binder.bind("FROM " + Sql.identifier(view.name()), context(request, views));
    return switch (read) {
      case Invalid invalid -> new PlanResult.Rejected(invalid.message());
      case Bound _ ->
          new PlanResult.CreateView(
              view.name(), createSql, view.orReplace(), view.ifNotExists(), view.temporary());
    };
  }

  private PlanResult other(PlanRequest request, StatementHead.Other other) {
    Optional<Invalid> wrong = binder.syntaxError(request.sql());
    return wrong.isPresent()
        ? rejected(request, wrong.get(), 0)
        : new PlanResult.Rejected(other.keyword() + " is not possible here. " + POSSIBLE);
  }

  private static StatementContext context(
      PlanRequest request, List<PlanRequest.ViewDefinition> views) {
    List<ViewText> texts =
        views.stream().map(view -> new ViewText(view.name(), view.createSql())).toList();
    return new StatementContext(request.settings(), texts, request.workingDirectory());
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
    binder.close();
  }
}

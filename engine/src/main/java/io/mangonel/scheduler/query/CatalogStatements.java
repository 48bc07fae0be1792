package io.mangonel.scheduler.query;

import io.mangonel.catalog.Catalog;
import io.mangonel.catalog.Catalog.View;
import io.mangonel.catalog.CatalogOutcome;
import io.mangonel.catalog.Sessions;
import io.mangonel.catalog.Sessions.Session;
import io.mangonel.core.record.JobRequest;
import io.mangonel.planner.PlanRequest.ViewDefinition;
import io.mangonel.planner.PlanResult;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.scheduler.loop.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Statements that need no job: they read or change the catalogue or a session. */
public final class CatalogStatements {
  static final List<ResultColumn> EXPLAIN_COLUMNS =
      List.of(new ResultColumn("explain", "VARCHAR", "VARCHAR"));

  private final Catalog catalog;
  private final Sessions sessions;
  private final Clock clock;

  public CatalogStatements(Catalog catalog, Sessions sessions, Clock clock) {
    this.catalog = catalog;
    this.sessions = sessions;
    this.clock = clock;
  }

  /** One row per line. */
  static Submission explain(String text) {
    return new Submission.Immediate(EXPLAIN_COLUMNS, text.lines().map(List::of).toList());
  }

  /** The session's settings, and over them the statement's own. */
  SortedMap<String, String> settings(StatementRequest statement) {
    SortedMap<String, String> settings = new TreeMap<>();
    session(statement.sessionId(), statement.principal())
        .ifPresent(session -> settings.putAll(session.settings()));
    settings.putAll(statement.settings());
    return settings;
  }

  private Optional<Session> session(@Nullable String id, String principal) {
    return id == null || id.isEmpty() ? Optional.empty() : sessions.find(id, principal);
  }

  /** What a request's names mean: the catalogue's views, and before them the session's own. */
  public List<ViewDefinition> views(JobRequest request) {
    List<View> temporary =
        session(request.session(), request.principal())
            .map(Session::temporaryViews)
            .orElse(List.of());
    List<View> views = new ArrayList<>(catalog.views());
    views.removeIf(
        view -> temporary.stream().anyMatch(own -> own.name().equalsIgnoreCase(view.name())));
    views.addAll(temporary);
    return definitions(views);
  }

  /** The catalogue's views, in order of creation. */
  List<ViewDefinition> views() {
    return definitions(catalog.views());
  }

  private static List<ViewDefinition> definitions(List<View> views) {
    return views.stream().map(view -> new ViewDefinition(view.name(), view.createSql())).toList();
  }

  Answer<Submission> createView(StatementRequest statement, PlanResult.CreateView create) {
    var view = new View(create.name(), create.createSql());
    if (!create.temporary()) {
      return answer(
          catalog.createView(
              view,
              statement.principal(),
              Objects.requireNonNullElse(statement.idempotencyKey(), ""),
              create.orReplace(),
              create.ifNotExists()));
    }
    String session = statement.sessionId();
    return session == null
        ? needsSession("a temporary view")
        : answer(sessions.createView(session, statement.principal(), view, clock.nowMs()));
  }

  Answer<Submission> dropView(StatementRequest statement, PlanResult.DropView drop) {
    String session = statement.sessionId();
    boolean temporary =
        session(session, statement.principal())
            .map(Session::temporaryViews)
            .orElse(List.of())
            .stream()
            .anyMatch(view -> view.name().equalsIgnoreCase(drop.name()));
    return temporary && session != null
        ? answer(sessions.dropView(session, statement.principal(), drop.name(), clock.nowMs()))
        : answer(catalog.dropView(drop.name(), drop.ifExists()));
  }

  Answer<Submission> set(StatementRequest statement, PlanResult.Set set) {
    String session = statement.sessionId();
    return session == null
        ? needsSession("a setting")
        : answer(
            sessions.set(session, statement.principal(), set.name(), set.value(), clock.nowMs()));
  }

  private static Answer<Submission> needsSession(String what) {
    return new Answer.UserFault<>(what + " belongs to a session, and this statement has none");
  }

  private static Answer<Submission> answer(CatalogOutcome outcome) {
    return switch (outcome) {
      case CatalogOutcome.Done() -> new Answer.Ok<>(new Submission.Immediate(List.of(), List.of()));
      case CatalogOutcome.Wrong(String message) -> new Answer.UserFault<>(message);
      case CatalogOutcome.Retryable(String message) -> new Answer.Retryable<>(message);
    };
  }
}

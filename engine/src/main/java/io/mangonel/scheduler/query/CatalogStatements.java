package io.mangonel.scheduler.query;

import io.mangonel.catalog.Catalog;
import io.mangonel.catalog.CatalogOutcome;
import io.mangonel.catalog.Sessions;
import io.mangonel.catalog.Sessions.Session;
import io.mangonel.core.record.JobRequest;
import io.mangonel.planner.PlanResult;
import io.mangonel.planner.database.SessionSettings;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.scheduler.loop.Clock;
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
  private final String timeZone;

  /**
   * @param timeZone of a session that has set none, for planning and for every executor, whatever
   *     the machine it is on
   */
  public CatalogStatements(Catalog catalog, Sessions sessions, Clock clock, String timeZone) {
    this.catalog = catalog;
    this.sessions = sessions;
    this.clock = clock;
    this.timeZone = timeZone;
  }

  /** One row per line. */
  static Submission explain(String text) {
    return new Submission.Immediate(EXPLAIN_COLUMNS, text.lines().map(List::of).toList());
  }

  /** The session's settings, and over them the statement's own. */
  SortedMap<String, String> settings(StatementRequest statement) {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put(SessionSettings.TIME_ZONE, timeZone);
    session(statement.sessionId(), statement.principal())
        .ifPresent(session -> settings.putAll(session.settings()));
    settings.putAll(statement.settings());
    return settings;
  }

  boolean knowsSession(StatementRequest statement) {
    return session(statement.sessionId(), statement.principal()).isPresent();
  }

  private Optional<Session> session(@Nullable String id, String principal) {
    return id == null || id.isEmpty()
        ? Optional.empty()
        : sessions.use(id, principal, clock.nowMs());
  }

  /** What a request's names mean: the catalogue's definitions, and the session's own. */
  public List<Definition> definitions(JobRequest request) {
    return catalog
        .definitions()
        .and(
            session(request.session(), request.principal())
                .map(Session::temporary)
                .orElse(List.of()));
  }

  /** As {@link #definitions(JobRequest)}. */
  List<Definition> definitions(StatementRequest statement) {
    return catalog
        .definitions()
        .and(
            session(statement.sessionId(), statement.principal())
                .map(Session::temporary)
                .orElse(List.of()));
  }

  Answer<Submission> create(StatementRequest statement, PlanResult.Create create) {
    Definition definition = create.definition();
    if (!definition.temporary()) {
      return answer(
          catalog.create(
              definition,
              statement.principal(),
              Objects.requireNonNullElse(statement.idempotencyKey(), ""),
              create.orReplace(),
              create.ifNotExists()));
    }
    String session = statement.sessionId();
    return session == null
        ? needsSession("a temporary " + definition.kind().title())
        : answer(
            sessions.create(
                session,
                statement.principal(),
                definition,
                create.orReplace(),
                create.ifNotExists(),
                clock.nowMs()));
  }

  Answer<Submission> drop(StatementRequest statement, PlanResult.Drop drop) {
    String session = statement.sessionId();
    boolean temporary =
        (drop.schema().isEmpty() || drop.schema().equalsIgnoreCase("temp"))
            && session(session, statement.principal())
                .map(Session::temporary)
                .orElse(List.of())
                .stream()
                .anyMatch(each -> each.isNamed(drop.kind(), Definition.MAIN, drop.name()));
    var by =
        new Catalog.Dropper(
            statement.principal(), Objects.requireNonNullElse(statement.idempotencyKey(), ""));
    if (catalog.wasDropped(drop.kind(), drop.name(), by)) {
      return answer(new CatalogOutcome.Done()); // Not the next one of the name.
    }
    if (temporary && session != null) {
      CatalogOutcome outcome =
          sessions.drop(session, statement.principal(), drop.kind(), drop.name(), clock.nowMs());
      return answer(
          outcome instanceof CatalogOutcome.Done
              ? catalog.dropped(drop.kind(), drop.name(), by)
              : outcome);
    }
    String current = settings(statement).getOrDefault(SessionSettings.SCHEMA, Definition.MAIN);
    String schema = drop.schema().isEmpty() ? schemaOf(drop, current) : drop.schema();
    return answer(
        catalog.drop(drop.kind(), schema, drop.name(), by, drop.ifExists(), drop.cascade()));
  }

  /** The first of the session's schema and {@code main} that has it. */
  private String schemaOf(PlanResult.Drop drop, String current) {
    return catalog.definitions().stream()
            .anyMatch(each -> each.isNamed(drop.kind(), current, drop.name()))
        ? current
        : Definition.MAIN;
  }

  Answer<Submission> set(StatementRequest statement, PlanResult.Set set) {
    String session = statement.sessionId();
    return session == null
        ? needsSession("a setting")
        : answer(
            sessions.set(session, statement.principal(), set.name(), set.value(), clock.nowMs()));
  }

  Answer<Submission> closeSession(StatementRequest statement) {
    String session = statement.sessionId();
    return session == null
        ? needsSession("the end of a session")
        : answer(sessions.close(session, statement.principal()));
  }

  private static Answer<Submission> needsSession(String what) {
    return new Answer.UserFault<>(
        what
            + " belongs to a session, and this client has none: let it keep cookies (ADBC:"
            + " adbc.flight.sql.rpc.with_cookie_middleware=true) or send a mangonel-session header");
  }

  private static Answer<Submission> answer(CatalogOutcome outcome) {
    return switch (outcome) {
      case CatalogOutcome.Done() -> new Answer.Ok<>(new Submission.Immediate(List.of(), List.of()));
      case CatalogOutcome.Wrong(String message) -> new Answer.UserFault<>(message);
      case CatalogOutcome.Retryable(String message) -> new Answer.Retryable<>(message);
    };
  }
}

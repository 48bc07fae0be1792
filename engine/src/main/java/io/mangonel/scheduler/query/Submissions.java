package io.mangonel.scheduler.query;

import io.mangonel.core.owner.Event;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.JobId;
import io.mangonel.planner.PlanResult;
import io.mangonel.planner.database.SessionSettings;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.planner.text.Parameters;
import io.mangonel.scheduler.job.JobIds;
import io.mangonel.scheduler.job.PlannedQuery;
import io.mangonel.scheduler.job.Planning;
import io.mangonel.scheduler.job.Planning.ClusterSize;
import io.mangonel.scheduler.job.TrackedJob;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.run.SchedulerRun;
import io.mangonel.scheduler.store.SubmitRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Statements on their way to a job, or to an answer without one. */
final class Submissions {
  /** Stands for a value of which nothing is known. */
  private static final String TEXT_NULL = "CAST(NULL AS VARCHAR)";

  private final SchedulerRun run;
  private final CatalogStatements catalog;
  private final long executorWaitMs;
  private final JobIds ids = new JobIds();

  Submissions(SchedulerRun run, CatalogStatements catalog, long executorWaitMs) {
    this.run = run;
    this.catalog = catalog;
    this.executorWaitMs = executorWaitMs;
  }

  Answer<List<ResultColumn>> describe(StatementRequest statement) {
    ClusterSize size = run.planning().clusterSize().orElse(new ClusterSize(1, 1));
    return request(statement)
        .then(request -> planned(run.planning().plan(request, size)))
        .then(
            result ->
                new Answer.Ok<>(
                    switch (result) {
                      // A client that asks first then runs it for what it changes.
                      case PlanResult.Query(QueryPlan plan) ->
                          plan.writes() ? List.<ResultColumn>of() : plan.columns();
                      case PlanResult.Explain _ -> CatalogStatements.EXPLAIN_COLUMNS;
                      case PlanResult.Create _,
                          PlanResult.Drop _,
                          PlanResult.Done _,
                          PlanResult.Set _ ->
                          List.<ResultColumn>of();
                      case PlanResult.Rejected _ -> throw new IllegalStateException("was answered");
                    }));
  }

  Answer<Preparation> prepare(StatementRequest statement) {
    Parameters parameters = Parameters.of(statement.sql());
    if (parameters.count() == 0) {
      return describe(statement)
          .then(columns -> new Answer.Ok<>(new Preparation(columns, List.of())));
    }
    Optional<String> wrong = wrong(parameters);
    if (wrong.isPresent()) {
      return new Answer.UserFault<>(wrong.get());
    }
    return request(statement, parameters.numbered())
        .then(request -> parameterTypes(parameters, request))
        .then(types -> prepared(statement, parameters, types));
  }

  private Answer<List<@Nullable String>> parameterTypes(Parameters parameters, JobRequest request) {
    return switch (run.planning().parameterTypes(request)) {
      case Planning.Outcome.ParameterTypes(List<@Nullable String> types) ->
          new Answer.Ok<>(
              types.size() == parameters.count()
                  ? types
                  : Collections.nCopies(parameters.count(), null));
      case Planning.Outcome.Planned _ -> throw new IllegalStateException("asked for types");
      case Planning.Outcome.Overloaded(String message) -> new Answer.Retryable<>(message);
    };
  }

  /** A value that nothing decides the type of is a text; where none will do, it is just NULL. */
  private Answer<Preparation> prepared(
      StatementRequest statement, Parameters parameters, List<@Nullable String> types) {
    var described = new ArrayList<Preparation.Parameter>();
    for (int i = 0; i < types.size(); i++) {
      described.add(new Preparation.Parameter(parameters.name(i + 1), types.get(i)));
    }
    Answer<List<ResultColumn>> columns = describe(statement.withValues(nulls(types, TEXT_NULL)));
    if (!(columns instanceof Answer.Ok) && types.contains(null)) {
      columns = describe(statement.withValues(nulls(types, "NULL")));
    }
    return columns.then(known -> new Answer.Ok<>(new Preparation(known, described)));
  }

  private static List<String> nulls(List<@Nullable String> types, String undecided) {
    return types.stream()
        .map(type -> type == null ? undecided : "CAST(NULL AS " + type + ")")
        .toList();
  }

  private static Optional<String> wrong(Parameters parameters) {
    if (parameters.isMixed()) {
      return Optional.of("parameters have names ($name) or numbers ($1, ?), not both");
    }
    return parameters.count() <= ShellLimits.PARAMETERS_MAX
        ? Optional.empty()
        : Optional.of(
            "a statement has at most "
                + ShellLimits.PARAMETERS_MAX
                + " parameters, this one has "
                + parameters.count());
  }

  Answer<Submission> submit(StatementRequest statement) {
    return request(statement).then(request -> submit(statement, request));
  }

  private Answer<Submission> submit(StatementRequest statement, JobRequest request) {
    if (request.idempotencyKey().isEmpty()) {
      return run.clientJobs()
          .reattachment()
          .find(request)
          .map(this::attach)
          .orElseGet(() -> submitNew(statement, request));
    }
    // Only spares a plan: who is first, the commit decides.
    return before(request)
        .map(before -> attach(before, request))
        .orElseGet(() -> submitNew(statement, request));
  }

  /** What was submitted under its key before, if it has one. */
  private Optional<SubmitRecord> before(JobRequest request) {
    return request.idempotencyKey().isEmpty()
        ? Optional.empty()
        : run.stored().submit(request.principal(), request.idempotencyKey());
  }

  /** With the values in place of the parameters: the job is the statement as it runs. */
  private Answer<JobRequest> request(StatementRequest statement) {
    if (statement.values().isEmpty()) {
      return request(statement, statement.sql());
    }
    Parameters parameters = Parameters.of(statement.sql());
    Optional<String> wrong = wrong(parameters);
    if (wrong.isPresent()) {
      return new Answer.UserFault<>(wrong.get());
    }
    return parameters.count() == statement.values().size()
        ? request(statement, parameters.bound(statement.values()))
        : new Answer.UserFault<>(
            "the statement has "
                + parameters.count()
                + " parameters, and there are values for "
                + statement.values().size());
  }

  private Answer<JobRequest> request(StatementRequest statement, String sql) {
    SortedMap<String, String> settings = catalog.settings(statement);
    String timeout = settings.getOrDefault(SessionSettings.STATEMENT_TIMEOUT, "0");
    Optional<Long> timeoutMs = SessionSettings.timeoutMs(timeout);
    if (timeoutMs.isEmpty()) {
      return new Answer.UserFault<>(SessionSettings.timeoutError(timeout));
    }
    return new Answer.Ok<>(
        new JobRequest(
            sql,
            settings,
            statement.workingDirectory(),
            Objects.requireNonNullElse(statement.sessionId(), ""),
            statement.principal(),
            run.engineVersion(),
            run.clock().nowMs(),
            Objects.requireNonNullElse(statement.idempotencyKey(), ""),
            timeoutMs.get()));
  }

  /** The job that the statement started when it was sent before. */
  private Answer<Submission> attach(SubmitRecord before, JobRequest request) {
    return before.isOf(request)
        ? attach(before.job())
        : new Answer.UserFault<>(
            "the idempotency key was used for another statement, which is job " + before.job());
  }

  private Answer<Submission> attach(JobId existing) {
    Optional<TrackedJob> found = run.jobs().find(existing);
    if (found.isEmpty()) {
      return run.stored().open(existing)
          ? new Answer.Retryable<>("job " + existing + " is another scheduler's; ask again")
          : gone(existing);
    }
    TrackedJob job = found.get();
    Optional<PlannedQuery> plan = run.jobs().plan(job);
    if (plan.isEmpty() && !job.awaitPlan(ShellLimits.PLANNING_DEADLINE_MS)) {
      return new Answer.Retryable<>("job " + existing + " is still being planned");
    }
    return run.jobs()
        .plan(job)
        .<Answer<Submission>>map(
            known -> new Answer.Ok<>(new Submission.Job(job.id(), known.plan().columns(), false)))
        .orElseGet(() -> withoutPlan(job));
  }

  /** It ended before it was planned, or long ago. */
  private static Answer<Submission> withoutPlan(TrackedJob job) {
    return switch (job.end().join()) {
      case TerminalRecord.Finished _ -> gone(job.id());
      case TerminalRecord.Failed(String message, boolean retryable, long _) ->
          retryable ? new Answer.Retryable<>(message) : new Answer.UserFault<>(message);
      case TerminalRecord.Cancelled(String reason, long _) ->
          new Answer.UserFault<>("job " + job.id() + " was cancelled: " + reason);
    };
  }

  private static Answer<Submission> gone(JobId job) {
    return new Answer.NotFound<>(
        "the statement ran as job " + job + ", whose result is no longer kept");
  }

  private Answer<Submission> submitNew(StatementRequest statement, JobRequest request) {
    long deadlineMs = run.clock().nowMs() + executorWaitMs;
    while (true) {
      Optional<ClusterSize> size = run.planning().clusterSize();
      if (size.isEmpty()) {
        return new Answer.Retryable<>("the scheduler is overloaded; try again later");
      }
      Answer<PlanResult> result =
          planned(
              statement.suspect()
                  ? run.planning().planSuspect(request, size.get())
                  : run.planning().plan(request, size.get()));
      if (result instanceof Answer.UserFault<PlanResult>(String message)) {
        // What it wrote under the same key may be what is in its way.
        Optional<SubmitRecord> before = before(request);
        if (before.isPresent()) {
          return attach(before.get(), request);
        }
        recordRejected(request, message);
      }
      boolean query = result instanceof Answer.Ok<PlanResult>(PlanResult.Query _);
      if (!query || size.get().executors() > 0) {
        return result.then(plan -> start(statement, request, plan));
      }
      if (!awaitExecutor(deadlineMs)) {
        return new Answer.Retryable<>(
            "no executor is registered with this scheduler: start one and try again");
      }
    }
  }

  /** A statement that cannot be planned is a failed job: people look for it in the list. */
  private void recordRejected(JobRequest request, String message) {
    JobId id = ids.next(request.submittedAtMs());
    run.jobs().track(id, request, null).rejected(message);
    if (!run.events().offer(new Event.JobQueued(id, request))) {
      run.jobs().forget(id);
    }
  }

  /** A plan depends on the cluster: a query is planned once there is one to run it. */
  private boolean awaitExecutor(long deadlineMs) {
    while (true) {
      long seen = run.executors().registrationsSeen();
      if (run.planning().clusterSize().filter(size -> size.executors() > 0).isPresent()) {
        return true;
      }
      long leftMs = deadlineMs - run.clock().nowMs();
      // One that was silent comes back without a registration.
      long waitMs = Math.min(leftMs, ShellLimits.EXECUTOR_RECHECK_MS);
      if (leftMs <= 0 || !run.executors().awaitNextRegistration(seen, waitMs)) {
        return false;
      }
    }
  }

  private static Answer<PlanResult> planned(Planning.Outcome outcome) {
    return switch (outcome) {
      case Planning.Outcome.Planned(PlanResult.Rejected(String message)) ->
          new Answer.UserFault<>(message);
      case Planning.Outcome.Planned(PlanResult result) -> new Answer.Ok<>(result);
      case Planning.Outcome.ParameterTypes _ -> throw new IllegalStateException("asked for a plan");
      case Planning.Outcome.Overloaded(String message) -> new Answer.Retryable<>(message);
    };
  }

  private Answer<Submission> start(
      StatementRequest statement, JobRequest request, PlanResult result) {
    if (changes(result)) {
      run.clientJobs().reattachment().moveOn(request);
    }
    return switch (result) {
      case PlanResult.Query(QueryPlan plan) ->
          start(request, PlannedQuery.of(plan), statement.firstSend());
      case PlanResult.Explain(String text) -> new Answer.Ok<>(CatalogStatements.explain(text));
      case PlanResult.Create create -> catalog.create(statement, create);
      case PlanResult.Drop drop -> catalog.drop(statement, drop);
      case PlanResult.Done _ -> new Answer.Ok<>(new Submission.Immediate(List.of(), List.of()));
      case PlanResult.Set set -> catalog.set(statement, set);
      case PlanResult.Rejected(String message) -> new Answer.UserFault<>(message);
    };
  }

  /** Whether statements after it may mean something else. Settings are compared themselves. */
  private static boolean changes(PlanResult result) {
    return switch (result) {
      case PlanResult.Create _, PlanResult.Drop _ -> true;
      case PlanResult.Query(QueryPlan plan) -> !PlannedQuery.readsOnly(plan);
      case PlanResult.Explain _, PlanResult.Done _, PlanResult.Set _, PlanResult.Rejected _ ->
          false;
    };
  }

  private Answer<Submission> start(JobRequest request, PlannedQuery plan, boolean firstSend) {
    JobId id = ids.next(request.submittedAtMs());
    TrackedJob job = run.jobs().track(id, request, plan);
    var queued = new Event.JobQueued(id, request, plan.jobPlan(), firstSend);
    if (!run.events().offer(queued)) {
      run.jobs().forget(id);
      return new Answer.Retryable<>("the scheduler is overloaded; try again later");
    }
    TrackedJob.Acceptance acceptance;
    try {
      acceptance = job.acceptance().get(ShellLimits.ACCEPT_DEADLINE_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return late(id, request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Retryable<>("the scheduler stops");
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody fails an acceptance", e);
    }
    return switch (acceptance) {
      case TrackedJob.Acceptance.Accepted() ->
          new Answer.Ok<>(new Submission.Job(id, plan.plan().columns(), queued.answersAhead()));
      case TrackedJob.Acceptance.Refused(String message, boolean retryable) ->
          retryable ? new Answer.Retryable<>(message) : new Answer.UserFault<>(message);
      case TrackedJob.Acceptance.Exists(JobId existing) -> attach(existing);
      case TrackedJob.Acceptance.Left() -> new Answer.Retryable<>("the scheduler stops");
    };
  }

  /**
   * Its creation is on the way to the store. Under a key it goes on, and the statement sent again
   * finds it; without one nobody could, so it ends when it is there.
   */
  private Answer<Submission> late(JobId id, JobRequest request) {
    if (request.idempotencyKey().isEmpty()) {
      run.events().put(new Event.CancelRequested(id, "it was not durable in time"));
    }
    return new Answer.Retryable<>("the state store does not answer; try again later");
  }
}

package io.mangonel.scheduler.query;

import io.mangonel.core.owner.Event;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.JobId;
import io.mangonel.planner.PlanResult;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.scheduler.job.JobIds;
import io.mangonel.scheduler.job.PlannedQuery;
import io.mangonel.scheduler.job.Planning;
import io.mangonel.scheduler.job.Planning.ClusterSize;
import io.mangonel.scheduler.job.TrackedJob;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.run.SchedulerRun;
import io.mangonel.scheduler.store.SubmitRecord;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** Statements on their way to a job, or to an answer without one. */
final class Submissions {
  /** Submits under idempotency keys take turns, per stripe. */
  private static final int STRIPES = 64;

  private final SchedulerRun run;
  private final CatalogStatements catalog;
  private final long executorWaitMs;
  private final JobIds ids = new JobIds();
  private final List<ReentrantLock> stripes =
      Stream.generate(ReentrantLock::new).limit(STRIPES).toList();

  Submissions(SchedulerRun run, CatalogStatements catalog, long executorWaitMs) {
    this.run = run;
    this.catalog = catalog;
    this.executorWaitMs = executorWaitMs;
  }

  Answer<List<ResultColumn>> describe(StatementRequest statement) {
    ClusterSize size = run.planning().clusterSize().orElse(new ClusterSize(1, 1));
    return planned(request(statement), size)
        .then(
            result ->
                new Answer.Ok<>(
                    switch (result) {
                      case PlanResult.Query(QueryPlan plan) -> plan.columns();
                      case PlanResult.Explain _ -> CatalogStatements.EXPLAIN_COLUMNS;
                      case PlanResult.CreateView _, PlanResult.DropView _, PlanResult.Set _ ->
                          List.<ResultColumn>of();
                      case PlanResult.Rejected _ -> throw new IllegalStateException("was answered");
                    }));
  }

  Answer<Submission> submit(StatementRequest statement) {
    JobRequest request = request(statement);
    if (request.idempotencyKey().isEmpty()) {
      return submitNew(statement, request);
    }
    int stripe =
        Math.floorMod(Objects.hash(request.principal(), request.idempotencyKey()), STRIPES);
    ReentrantLock lock = stripes.get(stripe);
    SubmitRecord before;
    lock.lock();
    try {
      Optional<SubmitRecord> known =
          run.stored().submit(request.principal(), request.idempotencyKey());
      if (known.isEmpty()) {
        return submitNew(statement, request);
      }
      before = known.get();
    } finally {
      lock.unlock();
    }
    return attach(before, request);
  }

  private JobRequest request(StatementRequest statement) {
    return new JobRequest(
        statement.sql(),
        catalog.settings(statement),
        statement.workingDirectory(),
        Objects.requireNonNullElse(statement.sessionId(), ""),
        statement.principal(),
        run.engineVersion(),
        run.clock().nowMs(),
        Objects.requireNonNullElse(statement.idempotencyKey(), ""));
  }

  private Answer<Submission> attach(SubmitRecord before, JobRequest request) {
    if (!before.isOf(request)) {
      return new Answer.UserFault<>(
          "the idempotency key was used for another statement, which is job " + before.job());
    }
    Optional<TrackedJob> job = run.jobs().find(before.job());
    if (job.isEmpty()) {
      return gone(before.job());
    }
    long deadlineMs = run.clock().nowMs() + ShellLimits.ACCEPT_DEADLINE_MS;
    do {
      // Asked before the plan: a job that ends meanwhile has left what there is.
      boolean ended = job.get().end().isDone();
      Optional<PlannedQuery> plan = run.jobs().plan(job.get());
      if (plan.isPresent()) {
        return new Answer.Ok<>(new Submission.Job(before.job(), plan.get().plan().columns()));
      }
      if (ended) {
        return withoutPlan(job.get());
      }
      // Claimed before it was planned, it is planned anew.
    } while (pause() && run.clock().nowMs() < deadlineMs);
    return new Answer.Retryable<>("job " + before.job() + " is still being planned");
  }

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

  private static boolean pause() {
    try {
      Thread.sleep(ShellLimits.EXECUTOR_CHECK_MS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Answer<Submission> submitNew(StatementRequest statement, JobRequest request) {
    long deadlineMs = run.clock().nowMs() + executorWaitMs;
    while (true) {
      Optional<ClusterSize> size = run.planning().clusterSize();
      if (size.isEmpty()) {
        return new Answer.Retryable<>("the scheduler is overloaded; try again later");
      }
      Answer<PlanResult> result = planned(request, size.get());
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

  /** A plan depends on the cluster: a query is planned once there is one to run it. */
  private boolean awaitExecutor(long deadlineMs) {
    while (run.clock().nowMs() < deadlineMs) {
      if (run.planning().clusterSize().filter(size -> size.executors() > 0).isPresent()) {
        return true;
      }
      if (!pause()) {
        return false;
      }
    }
    return false;
  }

  private Answer<PlanResult> planned(JobRequest request, ClusterSize size) {
    return switch (run.planning().plan(request, size)) {
      case Planning.Outcome.Planned(PlanResult.Rejected(String message)) ->
          new Answer.UserFault<>(message);
      case Planning.Outcome.Planned(PlanResult result) -> new Answer.Ok<>(result);
      case Planning.Outcome.Overloaded(String message) -> new Answer.Retryable<>(message);
    };
  }

  private Answer<Submission> start(
      StatementRequest statement, JobRequest request, PlanResult result) {
    return switch (result) {
      case PlanResult.Query(QueryPlan plan) -> start(request, PlannedQuery.of(plan));
      case PlanResult.Explain(String text) -> new Answer.Ok<>(CatalogStatements.explain(text));
      case PlanResult.CreateView create -> catalog.createView(statement, create);
      case PlanResult.DropView drop -> catalog.dropView(statement, drop);
      case PlanResult.Set set -> catalog.set(statement, set);
      case PlanResult.Rejected(String message) -> new Answer.UserFault<>(message);
    };
  }

  private Answer<Submission> start(JobRequest request, PlannedQuery plan) {
    JobId id = ids.next(request.submittedAtMs());
    TrackedJob job = run.jobs().track(id, request, plan);
    if (!run.events().offer(new Event.JobQueued(id, request))) {
      run.jobs().forget(id);
      return new Answer.Retryable<>("the scheduler is overloaded; try again later");
    }
    TrackedJob.Acceptance acceptance;
    try {
      acceptance = job.acceptance().get(ShellLimits.ACCEPT_DEADLINE_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      run.cancel(id, "it was not durable in time");
      return new Answer.Retryable<>("the state store does not answer; try again later");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Retryable<>("the scheduler stops");
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody fails an acceptance", e);
    }
    return switch (acceptance) {
      case TrackedJob.Acceptance.Accepted() ->
          new Answer.Ok<>(new Submission.Job(id, plan.plan().columns()));
      case TrackedJob.Acceptance.Refused(String message, boolean retryable) ->
          retryable ? new Answer.Retryable<>(message) : new Answer.UserFault<>(message);
    };
  }
}

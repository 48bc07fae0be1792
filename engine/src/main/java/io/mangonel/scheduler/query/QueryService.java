package io.mangonel.scheduler.query;

import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.scheduler.job.TrackedJob;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.peer.ExecutorDirectory;
import io.mangonel.scheduler.run.SchedulerRun;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.scheduler.store.TakeoverRecord;
import io.mangonel.state.StateException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * All that a client can ask of a scheduler, without a protocol. Thread-safe; calls block, each for
 * a bounded time, so they belong on virtual threads. A user's error is an {@link Answer}, never an
 * exception.
 */
public final class QueryService {
  private static final String OVERLOADED = "the scheduler is overloaded; try again later";

  private final CatalogStatements catalog;
  private final long executorWaitMs;
  private volatile Serving serving;

  /** The incarnation that answers, and what answers of it. A question is answered by one. */
  private record Serving(
      SchedulerRun run, Submissions submissions, Results results, JobReports reports) {
    static Serving of(SchedulerRun run, CatalogStatements catalog, long executorWaitMs) {
      var reports = new JobReports(run);
      return new Serving(
          run, new Submissions(run, catalog, executorWaitMs), new Results(run, reports), reports);
    }
  }

  /**
   * @param executorWaitMs how long a statement waits for the first executor
   */
  public QueryService(SchedulerRun run, CatalogStatements catalog, long executorWaitMs) {
    this.catalog = catalog;
    this.executorWaitMs = executorWaitMs;
    this.serving = Serving.of(run, catalog, executorWaitMs);
  }

  /** From now on another incarnation answers (rule T2). */
  public void serve(SchedulerRun run) {
    serving = Serving.of(run, catalog, executorWaitMs);
  }

  /**
   * The columns of the statement's answer, without running it: for prepared statements. Empty for a
   * statement that only changes something.
   */
  public Answer<List<ResultColumn>> describe(StatementRequest request) {
    return whenStarted(now -> now.submissions.describe(request));
  }

  /**
   * What a client has to know of a statement before it runs it. What the answer's columns are may
   * depend on values that are not known yet: then their types are what they are for NULL.
   */
  public Answer<Preparation> prepare(StatementRequest request) {
    return whenStarted(now -> now.submissions.prepare(request));
  }

  /**
   * Plans a statement and starts it. The answer comes when the plan is made, not when the job ends.
   * Without an executor it waits for one for a bounded time, then it is {@link Answer.Retryable}.
   */
  public Answer<Submission> submit(StatementRequest request) {
    return whenStarted(now -> now.submissions.submit(request));
  }

  /**
   * Waits for the end of the job and opens its rows. A failed or cancelled job is a {@link
   * Answer.UserFault} or {@link Answer.Retryable} with the job's message.
   *
   * @param timeoutMs how long to wait for the end; after that {@link Answer.Retryable}, and the job
   *     goes on
   */
  public Answer<ResultStream> openResult(JobId job, long timeoutMs) {
    return awaitResult(job, timeoutMs)
        .then(
            rows ->
                rows.<Answer<ResultStream>>map(Answer.Ok::new)
                    .orElseGet(() -> new Answer.Retryable<>("job " + job + " has not ended yet")));
  }

  /**
   * As {@link #openResult}, for who waits on: without rows when this scheduler has not heard of the
   * end by then, though it may have come.
   */
  public Answer<Optional<ResultStream>> awaitResult(JobId job, long timeoutMs) {
    return whenStarted(
        now ->
            find(now, job)
                .map(tracked -> now.results.open(tracked, timeoutMs))
                .orElseGet(() -> unknown(job)));
  }

  /**
   * Asks for the end of a job, whatever state it is in (rule D7). Waits for that end for a short
   * time; the state tells what came of it.
   */
  public Answer<JobSummary> cancel(JobId job) {
    return whenStarted(
        now -> {
          Optional<TrackedJob> tracked = find(now, job);
          if (tracked.isPresent() && !tracked.get().end().isDone()) {
            boolean marked = now.run.cancel(job, "cancelled on request");
            boolean ended = tracked.get().awaitEnd(ShellLimits.CANCEL_DEADLINE_MS);
            if (!marked && !ended) {
              return new Answer.Retryable<>(
                  "the state store does not take the request; try again later");
            }
          }
          return job(job).then(detail -> new Answer.Ok<>(detail.summary()));
        });
  }

  /** Before its store is read a scheduler knows of no job. */
  private <T> Answer<T> whenStarted(Function<Serving, Answer<T>> question) {
    Serving now = serving;
    if (!now.run.awaitStart()) {
      return new Answer.Retryable<>("the scheduler is still starting; try again later");
    }
    Answer<T> answer;
    try {
      answer = question.apply(now);
    } catch (StateException e) {
      answer = new Answer.Retryable<>("the state store does not answer; try again later");
    }
    // Whatever it lacked, its jobs are another's by now.
    return answer instanceof Answer.Retryable<T>(String message) && now.run.events().isClosed()
        ? new Answer.Leaving<>(message)
        : answer;
  }

  /** The newest jobs first, running and ended. */
  public Answer<List<JobSummary>> jobs(int limit) {
    return whenStarted(
        now ->
            now.reports
                .newest(limit)
                .<Answer<List<JobSummary>>>map(Answer.Ok::new)
                .orElseGet(() -> new Answer.Retryable<>(OVERLOADED)));
  }

  /**
   * A job as it is when it has ended, or after a wait.
   *
   * @param timeoutMs how long to wait for the end
   */
  public Answer<JobDetail> awaitEnd(JobId job, long timeoutMs) {
    return whenStarted(
        now -> {
          find(now, job)
              .ifPresent(
                  tracked -> {
                    now.run.clientJobs().lost().found(job);
                    now.run.clientJobs().foreign().follow(tracked);
                    tracked.awaitEnd(timeoutMs);
                  });
          return job(job);
        });
  }

  public Answer<JobDetail> job(JobId job) {
    return whenStarted(
        now ->
            now.reports
                .job(job)
                .or(() -> find(now, job).flatMap(_ -> now.reports.job(job)))
                .<Answer<JobDetail>>map(Answer.Ok::new)
                .orElseGet(() -> unknown(job)));
  }

  /** Looks for a while, where another scheduler may be about to store it. */
  private static Optional<TrackedJob> find(Serving now, JobId job) {
    SchedulerRun run = now.run;
    long startNs = System.nanoTime();
    Optional<TrackedJob> found = run.jobs().find(job);
    while (found.isEmpty()
        && run.shared()
        && System.nanoTime() - startNs < ShellLimits.UNSEEN_JOB_MS * 1_000_000
        && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(ShellLimits.UNSEEN_JOB_EVERY_MS * 1_000_000);
      found = run.jobs().find(job);
    }
    return found;
  }

  /** By id. */
  public Answer<List<ExecutorSummary>> executors() {
    SchedulerRun run = serving.run;
    return run.events()
        .ask(core -> core.executors())
        .<Answer<List<ExecutorSummary>>>map(
            views -> new Answer.Ok<>(views.stream().map(view -> summary(run, view)).toList()))
        .orElseGet(() -> new Answer.Retryable<>(OVERLOADED));
  }

  private static ExecutorSummary summary(SchedulerRun run, ExecutorInfo.View view) {
    var info = view.info();
    Optional<ExecutorDirectory.Capacity> capacity = run.executors().capacity(info.id());
    return new ExecutorSummary(
        info.id(),
        info.incarnation(),
        info.host() + ":" + info.port(),
        info.slots(),
        capacity.map(ExecutorDirectory.Capacity::threads).orElse(null),
        capacity.map(ExecutorDirectory.Capacity::memoryBytes).orElse(null),
        view.runningTasks(),
        view.alive() ? "alive" : "silent",
        view.silentMs(),
        info.fingerprint());
  }

  /** The schedulers that are registered with the store, this one too; by id. */
  public Answer<List<SchedulerSummary>> schedulers() {
    return whenStarted(
        now -> {
          SchedulerRun run = now.run;
          Map<Incarnation, Integer> jobs = new HashMap<>();
          run.stored().headers().forEach(header -> jobs.merge(header.owner(), 1, Integer::sum));
          Map<Incarnation, TakeoverRecord> takeovers = run.stored().takeovers();
          return new Answer.Ok<>(
              run.stored().schedulers().stream()
                  .map(found -> summary(run, found, jobs, takeovers))
                  .toList());
        });
  }

  private static SchedulerSummary summary(
      SchedulerRun run,
      StoredState.Scheduler found,
      Map<Incarnation, Integer> jobs,
      Map<Incarnation, TakeoverRecord> takeovers) {
    return new SchedulerSummary(
        found.incarnation(),
        found.record().address(),
        found.record().startedMs(),
        found.record().count(),
        found.record().leaseTtlMs(),
        jobs.getOrDefault(found.incarnation(), 0),
        Optional.ofNullable(takeovers.get(found.incarnation()))
            .map(TakeoverRecord::atMs)
            .orElse(null),
        found.incarnation().equals(run.self()));
  }

  /** The figures for monitoring, in Prometheus' text format. */
  public String metrics() {
    return serving.run.metrics().text();
  }

  /** The version of DuckDB that plans and runs. */
  public String engineVersion() {
    return serving.run.engineVersion();
  }

  /** What the request's session has set; nothing without a session. */
  public Answer<SortedMap<String, String>> sessionSettings(StatementRequest request) {
    return new Answer.Ok<>(catalog.settings(request));
  }

  /** Forgets the request's session: a statement in it begins a new one. */
  public Answer<Submission> closeSession(StatementRequest request) {
    return catalog.closeSession(request);
  }

  /** Schemas, views and macros: the catalogue's and those of the request's session. */
  public Answer<List<Definition>> definitions(StatementRequest request) {
    return new Answer.Ok<>(catalog.definitions(request));
  }

  /** Whether the request's session has ever set anything that is still kept. */
  public Answer<Boolean> knowsSession(StatementRequest request) {
    return whenStarted(_ -> new Answer.Ok<>(catalog.knowsSession(request)));
  }

  private static <T> Answer<T> unknown(JobId job) {
    return new Answer.NotFound<>("there is no job " + job);
  }
}

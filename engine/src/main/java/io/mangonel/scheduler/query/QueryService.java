package io.mangonel.scheduler.query;

import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.task.JobId;
import io.mangonel.planner.PlanRequest.ViewDefinition;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.scheduler.job.TrackedJob;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.peer.ExecutorDirectory;
import io.mangonel.scheduler.run.SchedulerRun;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All that a client can ask of a scheduler, without a protocol. Thread-safe; calls block, each for
 * a bounded time, so they belong on virtual threads. A user's error is an {@link Answer}, never an
 * exception.
 */
public final class QueryService {
  private static final String OVERLOADED = "the scheduler is overloaded; try again later";

  private final SchedulerRun run;
  private final CatalogStatements catalog;
  private final Submissions submissions;
  private final Results results;
  private final JobReports reports;

  /**
   * @param executorWaitMs how long a statement waits for the first executor
   */
  public QueryService(SchedulerRun run, CatalogStatements catalog, long executorWaitMs) {
    this.run = run;
    this.catalog = catalog;
    this.submissions = new Submissions(run, catalog, executorWaitMs);
    this.results = new Results(run);
    this.reports = new JobReports(run);
  }

  /**
   * The columns of the statement's answer, without running it: for prepared statements. Empty for a
   * statement that only changes something.
   */
  public Answer<List<ResultColumn>> describe(StatementRequest request) {
    return whenStarted(() -> submissions.describe(request));
  }

  /**
   * Plans a statement and starts it. The answer comes when the plan is made, not when the job ends.
   * Without an executor it waits for one for a bounded time, then it is {@link Answer.Retryable}.
   */
  public Answer<Submission> submit(StatementRequest request) {
    return whenStarted(() -> submissions.submit(request));
  }

  /**
   * Waits for the end of the job and opens its rows. A failed or cancelled job is a {@link
   * Answer.UserFault} or {@link Answer.Retryable} with the job's message.
   *
   * @param timeoutMs how long to wait for the end; after that {@link Answer.Retryable}, and the job
   *     goes on
   */
  public Answer<ResultStream> openResult(JobId job, long timeoutMs) {
    return whenStarted(
        () ->
            run.jobs()
                .find(job)
                .map(tracked -> results.open(tracked, timeoutMs))
                .orElseGet(() -> unknown(job)));
  }

  /**
   * Asks for the end of a job, whatever state it is in (rule D7). Waits for that end for a short
   * time; the state tells what came of it.
   */
  public Answer<JobSummary> cancel(JobId job) {
    return whenStarted(
        () -> {
          Optional<TrackedJob> tracked = run.jobs().find(job);
          if (tracked.isPresent() && !tracked.get().end().isDone()) {
            run.cancel(job, "cancelled on request");
            var _ = tracked.get().awaitEnd(ShellLimits.CANCEL_DEADLINE_MS);
          }
          return job(job).then(detail -> new Answer.Ok<>(detail.summary()));
        });
  }

  /** Before its store is read a scheduler knows of no job. */
  private <T> Answer<T> whenStarted(Supplier<Answer<T>> question) {
    return run.awaitStart(ShellLimits.START_DEADLINE_MS)
        ? question.get()
        : new Answer.Retryable<>("the scheduler is still starting; try again later");
  }

  /** The newest jobs first, running and ended. */
  public Answer<List<JobSummary>> jobs(int limit) {
    return whenStarted(
        () ->
            reports
                .newest(limit)
                .<Answer<List<JobSummary>>>map(Answer.Ok::new)
                .orElseGet(() -> new Answer.Retryable<>(OVERLOADED)));
  }

  public Answer<JobDetail> job(JobId job) {
    return whenStarted(
        () ->
            reports.job(job).<Answer<JobDetail>>map(Answer.Ok::new).orElseGet(() -> unknown(job)));
  }

  /** By id. */
  public Answer<List<ExecutorSummary>> executors() {
    return run.events()
        .ask(core -> core.executors())
        .<Answer<List<ExecutorSummary>>>map(
            views -> new Answer.Ok<>(views.stream().map(this::summary).toList()))
        .orElseGet(() -> new Answer.Retryable<>(OVERLOADED));
  }

  private ExecutorSummary summary(ExecutorInfo.View view) {
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
    return new Answer.Ok<>(
        run.stored().schedulers().stream()
            .map(
                found ->
                    new SchedulerSummary(
                        found.incarnation(),
                        found.record().address(),
                        found.record().startedMs(),
                        found.record().count(),
                        found.incarnation().equals(run.self())))
            .toList());
  }

  /** The figures for monitoring, in Prometheus' text format. */
  public String metrics() {
    return run.metrics().text();
  }

  /** The version of DuckDB that plans and runs. */
  public String engineVersion() {
    return run.engineVersion();
  }

  /** The catalogue's views, in order of creation. */
  public Answer<List<ViewDefinition>> views() {
    return new Answer.Ok<>(catalog.views());
  }

  private static <T> Answer<T> unknown(JobId job) {
    return new Answer.NotFound<>("there is no job " + job);
  }
}

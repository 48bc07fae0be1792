package io.mangonel.scheduler.job;

import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.record.JobRequest;
import io.mangonel.planner.PlanRequest;
import io.mangonel.planner.PlanResult;
import io.mangonel.planner.Planner;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.stage.EngineSettings;
import io.mangonel.scheduler.insight.SchedulerMetrics;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.loop.EventQueue;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Plans statements on a bounded pool of platform threads: the planner is native code. Thread-safe;
 * callers wait.
 */
public final class Planning implements AutoCloseable {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Planner planner;
  private final PlanRehearsal rehearsal;
  private final Function<JobRequest, List<Definition>> definitions;
  private final JobDirectory jobs;
  private final EventQueue events;
  private final SchedulerMetrics metrics;
  private final ThreadPoolExecutor threads;
  private volatile @Nullable Seen seen;

  /** How planning ended. */
  public sealed interface Outcome {
    record Planned(PlanResult result) implements Outcome {}

    /**
     * @param types one for each parameter, null where any will do; empty when it cannot be told
     */
    record ParameterTypes(List<@Nullable String> types) implements Outcome {}

    /** Too many statements wait, or it took too long. */
    record Overloaded(String message) implements Outcome {}
  }

  /** Executors that take work, and their slots together. */
  public record ClusterSize(int executors, int slots) {}

  /**
   * @param planner closed after this
   * @param rehearsal of statements that may have ended schedulers
   * @param definitions what a request's names mean, in order of creation
   */
  public Planning(
      Planner planner,
      PlanRehearsal rehearsal,
      Function<JobRequest, List<Definition>> definitions,
      JobDirectory jobs,
      EventQueue events,
      SchedulerMetrics metrics) {
    this.metrics = metrics;
    this.planner = planner;
    this.rehearsal = rehearsal;
    this.definitions = definitions;
    this.jobs = jobs;
    this.events = events;
    this.threads =
        new ThreadPoolExecutor(
            ShellLimits.PLANNERS,
            ShellLimits.PLANNERS,
            0,
            TimeUnit.MILLISECONDS,
            new ArrayBlockingQueue<>(ShellLimits.PLANNING_QUEUE_MAX),
            Thread.ofPlatform()
                .name("planner-", 0)
                .daemon()
                .stackSize(EngineSettings.STACK_BYTES)
                .factory());
  }

  private record Seen(ClusterSize size, long atNs) {}

  /** Empty when the loop does not answer; perhaps a moment old, unless there was no executor. */
  public Optional<ClusterSize> clusterSize() {
    Seen before = seen;
    long nowNs = System.nanoTime();
    if (before != null
        && nowNs - before.atNs < TimeUnit.MILLISECONDS.toNanos(ShellLimits.CLUSTER_SIZE_MS)) {
      return Optional.of(before.size);
    }
    Optional<ClusterSize> size = askedSize();
    seen = size.filter(one -> one.executors() > 0).map(one -> new Seen(one, nowNs)).orElse(null);
    return size;
  }

  private Optional<ClusterSize> askedSize() {
    return events.ask(
        core -> {
          List<ExecutorInfo.View> alive =
              core.executors().stream().filter(ExecutorInfo.View::alive).toList();
          return new ClusterSize(
              alive.size(), alive.stream().mapToInt(view -> view.info().slots()).sum());
        });
  }

  /** Plans a request for a cluster of {@code size}; one of no executors counts as one. */
  public Outcome plan(JobRequest request, ClusterSize size) {
    long startNs = System.nanoTime();
    Outcome outcome = measured(request, size);
    boolean whole =
        outcome instanceof Outcome.Planned(PlanResult.Query(var plan)) && plan.fallback() != null;
    metrics.planned((System.nanoTime() - startNs) / NANOS_PER_SECOND, whole);
    return outcome;
  }

  /**
   * As {@link #plan}, of a statement during whose planning schedulers have ended: if that is what
   * ends the process, it is another one's (rule T14).
   */
  public Outcome planSuspect(JobRequest request, ClusterSize size) {
    return switch (rehearsal.of(planRequest(request, size))) {
      case PlanRehearsal.Verdict.Harmless() -> plan(request, size);
      case PlanRehearsal.Verdict.Deadly(String end) ->
          new Outcome.Planned(
              new PlanResult.Rejected(
                  "planning this statement ends the process that does it ("
                      + end
                      + "), so it is not tried again: it has to be written in another way"));
      case PlanRehearsal.Verdict.Unknown(String message) -> new Outcome.Overloaded(message);
    };
  }

  /** Statements that wait for a planner. */
  public int waiting() {
    return threads.getQueue().size();
  }

  private Outcome measured(JobRequest request, ClusterSize size) {
    PlanRequest planRequest = planRequest(request, size);
    return onPlannerThread(request, () -> new Outcome.Planned(planner.plan(planRequest)));
  }

  /**
   * The types that a statement's parameters have.
   *
   * @param request with parameters {@code $1}, {@code $2}, ... in its statement
   */
  public Outcome parameterTypes(JobRequest request) {
    PlanRequest planRequest = planRequest(request, new ClusterSize(1, 1));
    return onPlannerThread(
        request, () -> new Outcome.ParameterTypes(planner.parameterTypes(planRequest)));
  }

  private PlanRequest planRequest(JobRequest request, ClusterSize size) {
    int executors = Math.max(1, size.executors());
    return new PlanRequest(
        request.sql(),
        request.settings(),
        definitions.apply(request),
        request.workingDirectory(),
        executors,
        Math.max(executors, size.slots()));
  }

  private Outcome onPlannerThread(JobRequest request, Callable<Outcome> step) {
    Future<Outcome> result;
    try {
      result = threads.submit(step);
    } catch (RejectedExecutionException e) {
      return new Outcome.Overloaded("too many statements wait to be planned; try again later");
    }
    try {
      return result.get(ShellLimits.PLANNING_DEADLINE_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      result.cancel(false);
      return new Outcome.Overloaded("planning took too long; try again later");
    } catch (InterruptedException e) {
      result.cancel(false);
      Thread.currentThread().interrupt();
      return new Outcome.Overloaded("the scheduler stops");
    } catch (ExecutionException e) {
      throw new IllegalStateException("planning failed: " + request.sql(), e.getCause());
    }
  }

  /** Answers the effect with an event. A job that was just submitted has its plan already. */
  public void planJob(Effect.PlanJob effect) {
    Optional<String> rejected = jobs.inMemory(effect.job()).flatMap(TrackedJob::rejection);
    if (rejected.isPresent()) {
      events.put(new Event.PlanningFailed(effect.job(), rejected.get(), false));
      return;
    }
    Optional<PlannedQuery> ready = jobs.inMemory(effect.job()).flatMap(TrackedJob::plan);
    if (ready.isPresent()) {
      events.put(new Event.JobSubmitted(effect.job(), ready.get().jobPlan()));
      return;
    }
    ClusterSize size = clusterSize().orElse(new ClusterSize(1, 1));
    events.put(
        switch (effect.suspect()
            ? planSuspect(effect.request(), size)
            : plan(effect.request(), size)) {
          case Outcome.Planned(PlanResult.Query(var plan)) -> {
            PlannedQuery planned = PlannedQuery.of(plan);
            jobs.inMemory(effect.job()).ifPresent(job -> job.plan(planned));
            yield new Event.JobSubmitted(effect.job(), planned.jobPlan());
          }
          case Outcome.Planned(PlanResult.Rejected(String message)) ->
              new Event.PlanningFailed(effect.job(), message, false);
          case Outcome.Planned(PlanResult other) ->
              new Event.PlanningFailed(
                  effect.job(), "not a query any more: " + other.getClass().getSimpleName(), false);
          case Outcome.ParameterTypes _ -> throw new IllegalStateException("asked for a plan");
          case Outcome.Overloaded(String message) ->
              new Event.PlanningFailed(effect.job(), message, true);
        });
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      // Native code does not hear the interrupt: the planner must not be closed under it.
      var _ = threads.awaitTermination(ShellLimits.CLOSE_GRACE_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

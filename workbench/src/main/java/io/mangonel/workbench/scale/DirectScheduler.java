package io.mangonel.workbench.scale;

import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.SchedulerCore;
import io.mangonel.core.record.JobPlan;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.cluster.Claims;
import io.mangonel.scheduler.cluster.Members;
import io.mangonel.scheduler.cluster.Takeovers;
import io.mangonel.scheduler.insight.JobHistories;
import io.mangonel.scheduler.insight.SchedulerMetrics;
import io.mangonel.scheduler.job.JobIds;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.loop.Clock;
import io.mangonel.scheduler.loop.Committer;
import io.mangonel.scheduler.loop.EventLoop;
import io.mangonel.scheduler.loop.EventQueue;
import io.mangonel.scheduler.loop.FencedException;
import io.mangonel.scheduler.store.FencedStore;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.state.StateBackend;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The part of a scheduler that decides and stores, as the product puts it together, without
 * planner, network and doors: loop, core, committer, claims.
 */
final class DirectScheduler implements AutoCloseable {
  private static final io.mangonel.core.owner.Limits LIMITS =
      io.mangonel.core.owner.Limits.DEFAULTS.withJobs(Limits.RUNNING_JOBS, Limits.RUNNING_JOBS);

  private final EventQueue events = new EventQueue();
  private final Clock clock = new Clock();
  private final JobIds ids = new JobIds();
  private final DirectExecutors executors;
  private final Consumer<Throwable> onFatal;
  private final FencedStore store;
  private final Committer committer;
  private final Claims claims;
  private final @Nullable Members members;
  private final EventLoop loop;
  private final ScheduledExecutorService keepAlives =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("keep-alive").daemon().factory());
  private final Map<JobId, CompletableFuture<Effect>> ends = new ConcurrentHashMap<>();
  private final ThreadCpu loopCpu;
  private final ThreadCpu committerCpu;
  private volatile Consumer<JobId> ended;
  private final AtomicInteger accepted = new AtomicInteger();
  private boolean stopped;

  private DirectScheduler(
      StateBackend backend,
      boolean shared,
      DirectExecutors executors,
      Consumer<JobId> ended,
      Consumer<Throwable> onFatal) {
    this.ended = ended;
    this.executors = executors;
    this.onFatal = onFatal;
    Set<Thread> before = ThreadCpu.all().collect(Collectors.toSet());
    var self = new Incarnation("s-" + UUID.randomUUID());
    var stored = new StoredState(backend);
    long nowMs = clock.nowMs();
    store =
        shared
            ? FencedStore.registerAmong(
                backend, self, self.value(), nowMs, ShellLimits.SHARED_LEASE_TTL_MS)
            : FencedStore.registerAlone(
                backend, self, self.value(), nowMs, ShellLimits.LONE_LEASE_TTL_MS);
    var core = new SchedulerCore(self, store.createRevision(), LIMITS);
    stored.executors().forEach(info -> core.step(new Event.ExecutorLoaded(info), nowMs));
    if (!shared) {
      for (StoredState.Claimable found : stored.jobs().claimable()) {
        if (found.planned()) {
          store.loadPlanned(found.job().job());
        }
        core.step(new Event.JobLoaded(found.job(), false), nowMs);
      }
    }
    var metrics = new SchedulerMetrics();
    committer =
        new Committer(
            store,
            events,
            clock,
            new Committer.Insight(new JobHistories(self.value()), metrics),
            onFatal);
    claims =
        new Claims(
            new Takeovers(store, stored), List::of, events, clock, _ -> {}, metrics, onFatal);
    members = shared ? new Members(backend, stored, events, _ -> {}, onFatal) : null;
    loop =
        new EventLoop(
            core,
            events,
            committer::commit,
            this::perform,
            new EventLoop.Pace(clock, LIMITS.tickMs()),
            _ -> {},
            onFatal);
    executors.join(events);
    committer.start();
    loop.start();
    loopCpu = ThreadCpu.of("scheduler-loop", before);
    committerCpu = ThreadCpu.of("scheduler-committer", before);
  }

  /**
   * Registers, claims what there is when it is alone, and runs.
   *
   * @param shared whether it is one of several: then it claims what others leave
   * @param ended told on the loop's thread of the job of each task whose end is durable
   */
  static DirectScheduler start(
      StateBackend backend,
      boolean shared,
      DirectExecutors executors,
      Consumer<JobId> ended,
      Consumer<Throwable> onFatal) {
    var scheduler = new DirectScheduler(backend, shared, executors, ended, onFatal);
    scheduler.begin();
    return scheduler;
  }

  private void begin() {
    if (members != null) {
      members.start();
    }
    var _ =
        keepAlives.scheduleWithFixedDelay(
            store::keepAlive,
            ShellLimits.KEEP_ALIVE_MS,
            ShellLimits.KEEP_ALIVE_MS,
            TimeUnit.MILLISECONDS);
  }

  /** Makes the executors known to it, durably. */
  void registerExecutors() {
    executors.infos().forEach(info -> events.put(new Event.ExecutorRegistered(info, List.of())));
  }

  /** Completes when the job's end is durable. */
  CompletableFuture<Effect> submit(String user, JobPlan plan) {
    JobId job = ids.next(clock.nowMs());
    var end = new CompletableFuture<Effect>();
    ends.put(job, end);
    events.put(new Event.JobQueued(job, Shapes.request(user, clock.nowMs()), plan, true));
    return end;
  }

  /** As at the start, from now on. */
  void onTaskEnd(Consumer<JobId> listener) {
    ended = listener;
  }

  /** Jobs whose creation is durable. */
  int accepted() {
    return accepted.get();
  }

  long loopNanos() {
    return loopCpu.nanos();
  }

  long committerNanos() {
    return committerCpu.nanos();
  }

  private void perform(Effect effect) {
    switch (effect) {
      case Effect.AcknowledgeStatuses durable -> {
        durable.attempts().forEach(attempt -> ended.accept(attempt.job()));
        executors.take(effect, events);
      }
      case Effect.JobAccepted _ -> accepted.incrementAndGet();
      case Effect.JobFinished(var job, _) -> end(job, effect);
      case Effect.JobFailed(var job, _) -> end(job, effect);
      case Effect.JobCancelled(var job, _) -> end(job, effect);
      case Effect.JobRefused(var job, _, _) -> end(job, effect);
      case Effect.TrimStore _ -> {} // Nobody measures the store here.
      case Effect.ListOrphans _ -> claims.listOrphans();
      case Effect.ClaimJobs claim -> claims.claim(claim);
      case Effect.ReadFence _ -> committer.readFence();
      case Effect.Fenced(String message) -> onFatal.accept(new FencedException(message));
      case Effect.ReserveSlots _,
          Effect.CancelReservations _,
          Effect.LaunchTasks _,
          Effect.AdoptJobs _ ->
          executors.take(effect, events);
      case Effect.OfJob _,
          Effect.ExecutorAccepted _,
          Effect.OfPeer _,
          Effect.AskToRegister _,
          Effect.Announce _,
          Effect.PlanJob _,
          Effect.StopPlanning _,
          Effect.JobExists _ -> {} // Nobody here waits for it.
    }
  }

  private void end(JobId job, Effect effect) {
    CompletableFuture<Effect> end = ends.remove(job);
    if (end != null) {
      end.complete(effect);
    }
  }

  /** As {@code kill -9}: what it was about to do is not done; its key stays. */
  void kill() {
    if (stopped) {
      return;
    }
    stopped = true;
    keepAlives.shutdownNow();
    executors.leave(events);
    if (members != null) {
      members.close();
    }
    claims.close();
    loop.close();
    committer.close();
  }

  /** What others do who know that it is gone (rule T1). */
  void removeKey() {
    store.release();
  }

  @Override
  public void close() {
    boolean orderly = !stopped;
    kill();
    if (orderly) {
      removeKey();
    }
  }
}

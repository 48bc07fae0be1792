package io.mangonel.workbench.ownership;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.JobView;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.owner.SchedulerCore;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.JobPlan;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.cluster.Takeovers;
import io.mangonel.scheduler.store.FencedStore;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.state.StateException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * One of several schedulers: core, store and takeovers as the product has them, and no executor.
 */
final class OwnershipScheduler {
  private static final long TICK_MS = 50;
  private static final long LIST_MS = 1_000;
  private static final long KEEP_ALIVE_MS = 1_000;
  private static final int STORE_MAX_MS = 30;
  private static final List<StageSpec> STAGES = List.of(new StageSpec(0, 1, List.of(), true));

  final FlakyStore store;
  private final OwnershipWorld world;
  private final FencedStore fenced;
  private final StoredState stored;
  private final Takeovers takeovers;
  private final SchedulerCore core;
  private final Deque<Runnable> missed = new ArrayDeque<>();
  private boolean stopped;
  private boolean dead;

  /**
   * @throws StateException when the store is out of reach
   */
  OwnershipScheduler(
      OwnershipWorld world, FlakyStore store, String name, String address, long ttlMs) {
    this.world = world;
    this.store = store;
    this.stored = new StoredState(store);
    this.fenced =
        FencedStore.registerAmong(store, new Incarnation(name), address, world.nowMs(), ttlMs);
    this.takeovers = new Takeovers(fenced, stored);
    this.core = new SchedulerCore(fenced.self(), fenced.createRevision(), Limits.DEFAULTS);
    every(TICK_MS, () -> step(new Event.Tick()));
    every(LIST_MS, this::list);
    every(KEEP_ALIVE_MS, this::keepAlive);
    list();
  }

  Incarnation self() {
    return core.self();
  }

  boolean alive() {
    return !dead;
  }

  boolean stopped() {
    return stopped;
  }

  /** Whether it has this job, and the job has not ended. */
  boolean has(JobId job) {
    return core.job(job)
        .filter(
            view ->
                view.line().phase() == JobView.Phase.PLANNING
                    || view.line().phase() == JobView.Phase.RUNNING)
        .isPresent();
  }

  void die() {
    dead = true;
  }

  /** In good order. */
  void end() {
    dead = true;
    if (!store.cutOff()) {
      fenced.release();
      world.committed();
    }
  }

  /** What happens meanwhile it finds when it goes on. */
  void stop(long forMs) {
    stopped = true;
    world.after(
        forMs,
        () -> {
          stopped = false;
          while (!missed.isEmpty() && !dead && !stopped) {
            missed.remove().run();
          }
        });
  }

  void submit(JobId job, JobRequest request) {
    later(1, () -> step(new Event.JobQueued(job, request)));
  }

  void cancel(JobId job) {
    later(
        1,
        () -> {
          fenced.markCancelled(job);
          step(new Event.CancelRequested(job, "no longer wanted"));
        });
  }

  /** A watch told that schedulers came or went, or it is time. */
  void list() {
    try {
      step(
          new Event.SchedulersListed(
              stored.schedulers().stream().map(StoredState.Scheduler::incarnation).toList()));
      stored.cancelMarks().forEach(job -> step(new Event.CancelRequested(job, "marked")));
    } catch (StateException e) {
      return; // The next list tells.
    }
  }

  private void keepAlive() {
    if (!store.cutOff() && !fenced.keepAlive()) {
      die();
    }
  }

  private void every(long periodMs, Runnable action) {
    world.after(
        periodMs,
        () -> {
          if (!dead) {
            if (!stopped) {
              action.run();
            }
            every(periodMs, action);
          }
        });
  }

  /** An outcome; of a stopped process it waits. */
  private void later(long delayMs, Runnable action) {
    world.after(delayMs, () -> arrive(action));
  }

  private void arrive(Runnable action) {
    if (stopped) {
      missed.add(action);
    } else if (!dead) {
      action.run();
    }
  }

  private void step(Event event) {
    core.step(event, world.nowMs());
    var ready = core.ready();
    Commit commit = ready.commit();
    if (commit != null) {
      later(world.upTo(STORE_MAX_MS), () -> commit(commit));
    }
    ready.effects().forEach(this::perform);
  }

  private void commit(Commit commit) {
    Commit.Outcome outcome = fenced.commit(commit);
    later(1, () -> step(new Event.CommitAnswered(commit.count(), outcome)));
  }

  private void perform(Effect effect) {
    switch (effect) {
      case Effect.PlanJob(JobId job, JobRequest _) ->
          later(
              world.upTo(STORE_MAX_MS),
              () -> step(new Event.JobSubmitted(job, new JobPlan(STAGES, Bytes.EMPTY))));
      case Effect.ReadFence() -> later(world.upTo(STORE_MAX_MS), () -> step(fence()));
      case Effect.ListOrphans() -> later(world.upTo(STORE_MAX_MS), () -> step(orphans()));
      case Effect.ClaimJobs claim -> later(world.upTo(STORE_MAX_MS), () -> claim(claim));
      case Effect.Fenced _ -> die();
      case Effect.StopPlanning _,
          Effect.ReserveSlots _,
          Effect.CancelReservations _,
          Effect.LaunchTasks _,
          Effect.CancelTasks _,
          Effect.AdoptJobs _,
          Effect.RemoveJobData _,
          Effect.AcknowledgeStatuses _,
          Effect.ExecutorAccepted _,
          Effect.AskToRegister _,
          Effect.JobAccepted _,
          Effect.JobRefused _,
          Effect.JobExists _,
          Effect.JobFinished _,
          Effect.JobFailed _,
          Effect.JobCancelled _,
          Effect.OfPeer _ -> {} // There is no executor, and clients look into the store.
    }
  }

  private Event fence() {
    try {
      return fenced.readFence();
    } catch (StateException e) {
      return new Event.FenceUnreadable();
    }
  }

  private Event orphans() {
    try {
      return new Event.OrphansListed(takeovers.orphans());
    } catch (StateException e) {
      return new Event.OrphansUnreadable();
    }
  }

  private void claim(Effect.ClaimJobs claim) {
    try {
      takeovers.claim(claim, world.nowMs()).forEach(job -> step(new Event.JobLoaded(job.job())));
    } catch (StateException e) {
      // Whatever became of it, the next search shows.
      step(new Event.ClaimAnswered(claim.jobs()));
      return;
    }
    step(new Event.ClaimAnswered(claim.jobs()));
  }
}

package io.mangonel.workbench.explore;

import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.JobView;
import io.mangonel.core.owner.SchedulerCore;
import io.mangonel.core.record.Commit;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.cluster.Takeovers;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.store.FencedStore;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.workbench.simulation.oracle.SchedulerWatch;

/** A scheduler of the explored cluster: the product's core, fence and takeovers. */
final class SchedulerNode {
  private final Cluster cluster;
  private final FencedStore fenced;
  private final StoredState reader;
  private final Takeovers takeovers;
  private final SchedulerCore core;
  private final SchedulerWatch watch;
  private final String name;
  private boolean dead;

  SchedulerNode(Cluster cluster, Incarnation self) {
    this.cluster = cluster;
    this.name = self.toString();
    var view = cluster.store.view(name);
    this.reader = new StoredState(view);
    this.fenced =
        FencedStore.registerAmong(
            view, self, name, cluster.world.nowMs(), ShellLimits.LONE_LEASE_TTL_MS);
    cluster.store.registered(fenced);
    this.takeovers = new Takeovers(fenced, reader);
    this.core = new SchedulerCore(self, fenced.createRevision(), cluster.limits);
    this.watch = cluster.oracle.started(self);
    reader.executors().forEach(info -> step(new Event.ExecutorLoaded(info)));
  }

  Incarnation self() {
    return core.self();
  }

  boolean dead() {
    return dead;
  }

  /** As by kill -9: what it sent is under way. */
  void die() {
    dead = true;
    watch.died();
  }

  /** Its key goes, and whoever lives will notice. */
  void endLease() {
    fenced.release();
    for (SchedulerNode other : cluster.schedulers()) {
      cluster.later(other.name + " lists", other::list);
    }
  }

  boolean schedules(JobId job) {
    return !dead
        && core.job(job)
            .filter(view -> view.end() == null && isOpen(view.line().phase()))
            .isPresent();
  }

  private static boolean isOpen(JobView.Phase phase) {
    return switch (phase) {
      case PLANNING, QUEUED, RUNNING, PUBLISHING -> true;
      case FINISHED, FAILED, CANCELLED -> false;
    };
  }

  void tick() {
    step(new Event.Tick());
  }

  void list() {
    if (dead) {
      return;
    }
    step(
        new Event.SchedulersListed(
            reader.schedulers().stream().map(StoredState.Scheduler::incarnation).toList()));
    for (JobId marked : reader.cancelMarks()) {
      step(new Event.CancelRequested(marked, "marked"));
    }
  }

  void cancel(JobId job) {
    fenced.markCancelled(job);
    step(new Event.CancelRequested(job, "no longer wanted"));
    for (SchedulerNode other : cluster.schedulers()) {
      cluster.later(other.name + " lists", other::list);
    }
  }

  void step(Event event) {
    if (dead) {
      return;
    }
    core.step(event, cluster.world.nowMs());
    drain();
  }

  private void drain() {
    var ready = core.ready();
    Commit commit = ready.commit();
    if (commit != null) {
      watch.sent(commit, cluster.world.nowMs());
      cluster.commit(
          name + " commits " + commit,
          () -> answer(commit, cluster.store.commit(fenced, commit)),
          () -> {
            var _ = cluster.store.commit(fenced, commit);
            answer(commit, Commit.Outcome.UNKNOWN);
          });
    }
    for (Effect effect : ready.effects()) {
      watch.effect(effect, cluster.world.nowMs());
      perform(effect);
    }
  }

  private void answer(Commit commit, Commit.Outcome outcome) {
    cluster.later(
        name + " hears " + outcome + " of " + commit.count(),
        () -> step(new Event.CommitAnswered(commit.count(), outcome)));
  }

  private void perform(Effect effect) {
    switch (effect) {
      case Effect.ReserveSlots(var id, var run, long request, int wanted, long ttlMs) ->
          send(id, effect, new AgentEvent.SlotsRequested(0, run, self(), request, wanted, ttlMs));
      case Effect.CancelReservations(var id, _, var slots) ->
          send(
              id,
              effect,
              new AgentEvent.ReservationsCancelled(
                  self(), slots.stream().map(ExecutorReservation::id).toList()));
      case Effect.LaunchTasks(var id, var run, var launches) ->
          send(id, effect, new AgentEvent.LaunchRequested(0, run, self(), launches, false));
      case Effect.CancelTasks(var id, var run, var job, long epoch, var attempts) ->
          send(id, effect, new AgentEvent.CancelRequested(run, job, epoch, attempts));
      case Effect.AdoptJobs(var id, var run, var jobs, var gone) ->
          send(
              id,
              effect,
              new AgentEvent.AdoptRequested(
                  0,
                  run,
                  self(),
                  jobs.stream().map(j -> new AgentEvent.JobEpoch(j.job(), j.epoch())).toList(),
                  gone));
      case Effect.RemoveJobData(var id, var run, var job, long epoch) ->
          send(id, effect, new AgentEvent.RemoveRequested(run, job, epoch));
      case Effect.AcknowledgeStatuses(var id, _, var attempts) ->
          send(id, effect, new AgentEvent.StatusesAcknowledged(attempts));
      case Effect.AskToRegister(var id, _) ->
          send(id, effect, new AgentEvent.RegistrationAsked(self()));
      case Effect.ReadFence _ ->
          cluster.later(name + " reads its key", () -> step(fenced.readFence()));
      case Effect.ListOrphans _ ->
          cluster.later(
              name + " looks for orphans",
              () -> step(new Event.OrphansListed(takeovers.orphans())));
      case Effect.ClaimJobs claim -> cluster.later(name + " claims " + claim, () -> claim(claim));
      case Effect.Fenced _ -> dead = true;
      case Effect.JobFinished _, Effect.JobFailed _, Effect.JobCancelled _, Effect.JobAccepted _ ->
          cluster.fact(name + " tells " + effect);
      case Effect.PlanJob _,
          Effect.StopPlanning _,
          Effect.Announce _, // Executors know all schedulers here.
          Effect.OfPeer _,
          Effect.TrimStore _,
          Effect.ExecutorAccepted _,
          Effect.JobRefused _,
          Effect.JobExists _ -> {}
    }
  }

  /** To the run that is there when it arrives. */
  private void send(ExecutorId to, Effect effect, AgentEvent event) {
    cluster.send(name + " to " + effect, () -> cluster.executor(to).receive(self(), event));
  }

  private void claim(Effect.ClaimJobs claim) {
    if (dead) {
      return;
    }
    for (var ours : takeovers.claim(claim, cluster.world.nowMs())) {
      JobId job = ours.job().job();
      cluster.store.checkOpen(ours.job());
      watch.loads(job, cluster.store.cancelStored(job), cluster.world.nowMs());
      step(new Event.JobLoaded(ours.job(), true));
    }
    step(new Event.ClaimAnswered(claim.jobs()));
  }

  String state() {
    return name + ' ' + dead + ' ' + (dead ? "" : core.encode());
  }
}

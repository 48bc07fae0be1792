package io.mangonel.workbench.simulation;

import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.JobView;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.owner.SchedulerCore;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.suspicion.Lineage;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.scheduler.store.FencedStore;
import io.mangonel.scheduler.store.StoreSweep;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.state.StateException;
import io.mangonel.workbench.simulation.oracle.LaunchWatch;
import io.mangonel.workbench.simulation.oracle.Oracle;
import io.mangonel.workbench.simulation.oracle.SchedulerWatch;
import io.mangonel.workbench.simulation.store.FaultyStateBackend;
import io.mangonel.workbench.simulation.store.SimulatedStore;
import io.mangonel.workbench.simulation.world.Fault;
import io.mangonel.workbench.simulation.world.Network;
import io.mangonel.workbench.simulation.world.World;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A scheduler process: its core and what the shell does around it. A restart is another one. */
final class SimulatedScheduler {
  private static final long TICK_MS = 50;
  private static final int COMMIT_MAX_MS = 30;
  private static final int SLOW_COMMIT_MAX_MS = 4_000;
  private static final long SWEEP_MS = 2_000;

  private final Simulation simulation;
  private final World world;
  private final Oracle oracle;
  private final SchedulerWatch watch;
  private final SimulatedStore store;
  private final FaultyStateBackend view;
  private final StoredState reader;
  private final FencedStore fenced;
  private final SchedulerCore core;
  private final SimulatedProcess process;
  private final SimulatedMember member;
  private final SimulatedPeers peers;
  private final SimulatedPlanning planning;
  private final SimulatedCalls calls;
  private final LaunchWatch launches;
  private final String address;
  private @Nullable Commit open; // Sent, and the core does not know yet what became of it.
  private long steps;
  private long roundAtMs;
  private final long startedAtMs;
  private boolean stood;
  private boolean listening = true;

  /**
   * Who an incarnation is.
   *
   * @param before what its process was when it lost its key
   * @param process that it has in common with that one
   */
  record Identity(
      Incarnation self, Optional<SimulatedScheduler> before, String process, String address) {}

  /**
   * Registers, loads what is stored, and runs.
   *
   * @throws StateException when the store does not answer
   * @throws IllegalStateException when it refuses
   */
  SimulatedScheduler(Simulation simulation, Identity identity, Limits limits) {
    Incarnation self = identity.self;
    this.simulation = simulation;
    this.world = simulation.world;
    this.process = new SimulatedProcess(world);
    this.oracle = simulation.oracle;
    this.store = simulation.store;
    this.address = identity.address;
    this.roundAtMs = world.nowMs();
    this.startedAtMs = world.nowMs();
    this.oracle.evidence().started(self, identity.process);
    this.view = store.view(address);
    this.reader = new StoredState(view);
    this.fenced = SimulatedMember.register(simulation, view, identity);
    this.core = new SchedulerCore(fenced.self(), fenced.createRevision(), limits);
    Lineage lineage = fenced.lineage();
    identity.before.ifPresent(was -> core.inherit(was.core.suspicionOffUntilMs(), lineage.names()));
    lineage.off().forEach(other -> core.cameBack(other, world.nowMs()));
    this.launches = new LaunchWatch(limits, TICK_MS);
    this.watch = oracle.started(self);
    this.calls = new SimulatedCalls(this, launches);
    this.peers = new SimulatedPeers(this);
    this.planning = new SimulatedPlanning(this);
    this.member = new SimulatedMember(this, view, fenced, reader);
    world.say("scheduler starts as " + self + " at " + address);
    reader.executors().forEach(info -> step(new Event.ExecutorLoaded(info)));
    if (simulation.scenario.several()) {
      member.joins();
    } else {
      loadAll();
    }
    tick();
  }

  private void loadAll() {
    store.checkAll();
    var jobs = reader.jobs().claimable();
    jobs.stream()
        .filter(StoredState.Claimable::planned)
        .forEach(job -> fenced.loadPlanned(job.job().job()));
    jobs.forEach(job -> load(job.job(), false));
    for (var end : reader.endedWithDetails()) {
      watch.inherits(end.job(), world.nowMs());
      step(new Event.EndedJobLoaded(end.job(), end.epoch()));
    }
    process.every(SWEEP_MS, new StoreSweep(reader, fenced, core::kept)::run);
  }

  /** A job is its own from now on. */
  void load(StoredJob job, boolean claimed) {
    store.checkOpen(job);
    watch.loads(job.job(), store.cancelStored(job.job()), world.nowMs());
    core.step(new Event.JobLoaded(job, claimed), process.nowMs());
    drain();
  }

  /** An executor asks which jobs are still known (rule T13). */
  void jobsAsked(ExecutorId from, List<JobId> asked) {
    process.arrive(
        () -> {
          try {
            calls.send(from, new AgentEvent.JobsKnown(asked, reader.known(asked)));
          } catch (StateException noAnswer) {
            world.say("no answer about " + asked);
          }
        });
  }

  Incarnation self() {
    return core.self();
  }

  /** What the next of its process was. */
  Lineage lineage() {
    return fenced.lineage().then(self(), core.suspicionOffUntilMs().keySet());
  }

  String address() {
    return address;
  }

  Simulation simulation() {
    return simulation;
  }

  SimulatedProcess process() {
    return process;
  }

  SimulatedMember member() {
    return member;
  }

  SimulatedPlanning planning() {
    return planning;
  }

  SimulatedPeers peers() {
    return peers;
  }

  SchedulerWatch watch() {
    return watch;
  }

  boolean hasKey() {
    return store.present(self());
  }

  int executorsInReach() {
    return core.executorsInReach();
  }

  /** Of these ended jobs, those that the core keeps. */
  Set<JobId> kept(Set<JobId> ended) {
    return core.kept(ended);
  }

  /** A hash of all it knows. */
  long state() {
    return 31 * steps + core.encode().hashCode();
  }

  Optional<JobView> job(JobId id) {
    return core.job(id);
  }

  /** Whether it has this job, and the job has not ended there. */
  boolean schedules(JobId id) {
    return core.job(id)
        .filter(
            job ->
                job.line().phase() == JobView.Phase.PLANNING
                    || job.line().phase() == JobView.Phase.QUEUED
                    || job.line().phase() == JobView.Phase.RUNNING)
        .isPresent();
  }

  // The process.

  /** As by kill -9: what it sent may still arrive. */
  void die() {
    over();
    listening = false;
  }

  /** This incarnation is. */
  private void over() {
    if (!process.dead()) {
      stood = true;
      process.die();
      view.closeWatches();
      watch.died();
      peers.over();
    }
  }

  /** In good order: its key goes, and its jobs are another's at once. */
  void end() {
    die();
    fenced.letGo();
    fenced.release();
  }

  /** It drops its jobs; the process may come back as another incarnation (rule T2). */
  void fencedOut() {
    if (!process.dead()) {
      over();
      fenced.release();
      simulation.lost(this);
    }
  }

  /** Whether somebody listens at its address. */
  boolean listens() {
    return listening;
  }

  boolean answers() {
    return process.answers();
  }

  /** How long ago its loop ended a round. */
  long sinceRoundMs() {
    return world.nowMs() - roundAtMs;
  }

  /** Its loop makes no round for a while. */
  void hang(long forMs) {
    stood = true;
    watch.paused(world.nowMs(), world.nowMs() + forMs);
    process.hang(self(), forMs);
  }

  long startedAtMs() {
    return startedAtMs;
  }

  /** Whether it ever did nothing for a while. */
  boolean everStood() {
    return stood;
  }

  boolean up() {
    return process.up();
  }

  boolean dead() {
    return process.dead();
  }

  /** Stands still; what arrives meanwhile it finds when it goes on. */
  void stop(long forMs) {
    stood = true;
    watch.paused(world.nowMs(), world.nowMs() + forMs);
    process.stop(self(), forMs);
  }

  void jump(long byMs) {
    process.jump(self(), byMs);
    watch.clockAhead(process.jumpsMs());
  }

  void endLease() {
    view.endLease();
  }

  private void tick() {
    step(new Event.Tick());
    process.later(TICK_MS, this::tick);
  }

  void receive(Event event) {
    process.arrive(() -> step(event));
  }

  /** With the time that they have left (clocks differ). */
  void receiveSlots(Function<UnaryOperator<ExecutorReservation>, Event> event) {
    process.arrive(
        () -> step(event.apply(slot -> slot.endingAt(process.nowMs() + slot.expiresAtMs()))));
  }

  void step(Event event) {
    if (process.dead()) {
      return;
    }
    steps++;
    roundAtMs = world.nowMs();
    if (event instanceof Event.OfPeer(var told)) {
      oracle.evidence().told(self(), told, world.nowMs());
    } else if (event instanceof Event.SchedulersListed list) {
      oracle.evidence().listed(self(), list.present());
    }
    if (world.verbose && !(event instanceof Event.Tick || event instanceof Event.Heartbeat)) {
      world.say(event);
    }
    core.step(event, process.nowMs());
    reading(event);
    if (event instanceof Event.JobQueued queued && waits(queued.job())) {
      world.count(Fault.WAITED_IN_LINE);
    }
    launches.heard(event);
    settled(event);
    if (!(event instanceof Event.Tick) && world.random.nextInt(4) == 0) {
      world.after(0, () -> process.arrive(this::drain)); // Perhaps more events before it is asked.
      return;
    }
    drain();
    if (event instanceof Event.Tick && open == null) {
      launches.ticked(this::runs, process.nowMs());
    }
  }

  /** Whether the core knows now what became of its commit. */
  private void settled(Event event) {
    Commit sent = open;
    boolean done =
        sent != null
            && ((event instanceof Event.CommitAnswered(long count, var outcome)
                    && outcome == Commit.Outcome.DONE
                    && count == sent.count())
                || (event instanceof Event.FenceRead read && read.count() == sent.next()));
    open = done ? null : sent;
  }

  private boolean waits(JobId id) {
    return core.job(id).filter(job -> job.line().phase() == JobView.Phase.QUEUED).isPresent();
  }

  private boolean runs(TaskAttemptId id) {
    return core.job(id.job())
        .filter(job -> job.end() == null && id.stage() < job.stages().size())
        .map(job -> job.stages().get(id.stage()).tasks())
        .filter(tasks -> id.partition() < tasks.size())
        .map(tasks -> tasks.get(id.partition()))
        .filter(task -> task.state().equals("RUNNING") && id.equals(task.attempt()))
        .isPresent();
  }

  private void reading(Event event) {
    if (event instanceof Event.ReadingBegins(var job)) {
      watch.reading(event, core.kept(Set.of(job)), world.nowMs());
    } else if (event instanceof Event.ReadingEnds _) {
      watch.reading(event, Set.of(), world.nowMs());
    }
  }

  private void drain() {
    var ready = core.ready();
    watch.reaches(core.executorsInReach());
    Commit commit = ready.commit();
    if (commit != null) {
      watch.sent(commit, world.nowMs());
      commit(commit);
    }
    for (Effect effect : ready.effects()) {
      if (world.verbose) {
        world.say("  " + effect);
      }
      watch.effect(effect, world.nowMs());
      calls.perform(effect);
      perform(effect);
    }
  }

  // The store.

  private void commit(Commit commit) {
    open = commit;
    if (world.verbose) {
      world.say("  commit " + commit);
    }
    int longest = world.happens(Fault.COMMIT_SLOW) ? SLOW_COMMIT_MAX_MS : COMMIT_MAX_MS;
    world.after(
        1 + world.random.nextInt(longest),
        () -> {
          Commit.Outcome outcome = store.commit(fenced, commit);
          int unansweredMs = 50 + world.random.nextInt(150);
          world.after(
              outcome == Commit.Outcome.UNKNOWN ? unansweredMs : 1,
              () -> receive(new Event.CommitAnswered(commit.count(), outcome)));
        });
    simulation.clients.sent(commit);
  }

  private void readFence() {
    world.after(5, () -> process.arrive(() -> step(fence())));
  }

  private Event fence() {
    try {
      return fenced.readFence();
    } catch (StateException noAnswer) {
      return new Event.FenceUnreadable();
    }
  }

  /** The wish to end a job: first into the store, then to the core (rule D7). */
  void cancel(JobId id) {
    fenced.markCancelled(id);
    world.after(
        world.random.nextInt(50), () -> receive(new Event.CancelRequested(id, "no longer wanted")));
  }

  /** From what it knows, or else from the store. */
  SimulatedStatus status(JobId id) {
    try {
      var known = core.job(id).map(JobView::end).map(SimulatedStatus.Ended::new);
      if (known.isPresent()) {
        return known.get();
      }
      if (schedules(id)) {
        return new SimulatedStatus.Open();
      }
      return reader
          .ended(id)
          .<SimulatedStatus>map(end -> new SimulatedStatus.Ended(end.record()))
          .orElseGet(
              () -> reader.open(id) ? new SimulatedStatus.Open() : new SimulatedStatus.Unknown());
    } catch (StateException noAnswer) {
      return new SimulatedStatus.NoAnswer();
    }
  }

  // Effects.

  private void perform(Effect effect) {
    switch (effect) {
      case Effect.PlanJob(var id, _, _) -> planning.plan(id);
      case Effect.ReserveSlots _,
          Effect.CancelReservations _,
          Effect.LaunchTasks _,
          Effect.CancelTasks _,
          Effect.AdoptJobs _,
          Effect.RemoveJobData _,
          Effect.AcknowledgeStatuses _,
          Effect.AskToRegister _,
          Effect.Announce _ -> {} // Performed already.
      case Effect.ReadFence() -> readFence();
      case Effect.ListOrphans _ -> member.listOrphans();
      case Effect.ClaimJobs claim -> member.claim(claim);
      case Effect.Fenced _ -> fencedOut();
      case Effect.JobAccepted(var id) -> tellClients(id, id);
      case Effect.JobExists(var id, var existing) -> tellClients(id, existing);
      case Effect.JobRefused _,
          Effect.JobFinished _,
          Effect.JobFailed _,
          Effect.JobCancelled _,
          Effect.StopPlanning _,
          Effect.TrimStore _, // Nobody measures the store here.
          Effect.ExecutorAccepted _ -> {} // Clients ask.
      case Effect.OfPeer(var wanted) -> peers.perform(wanted);
    }
  }

  private void tellClients(JobId asked, JobId job) {
    simulation.network.send(address, Network.CLIENTS, () -> simulation.clients.heard(asked, job));
  }
}

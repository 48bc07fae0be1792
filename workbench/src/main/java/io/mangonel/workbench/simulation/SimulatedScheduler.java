package io.mangonel.workbench.simulation;

import io.mangonel.core.Bytes;
import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.JobView;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.owner.SchedulerCore;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.JobPlan;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.scheduler.store.FencedStore;
import io.mangonel.scheduler.store.StoreSweep;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.state.StateException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A scheduler process: its core and what the shell does around it. A restart is another one. */
final class SimulatedScheduler {
  private static final long TICK_MS = 50;
  private static final int COMMIT_MAX_MS = 30;
  private static final int SLOW_COMMIT_MAX_MS = 4_000;
  private static final int PLAN_MAX_MS = 300;
  private static final int SLOW_PLAN_MAX_MS = 6_000;
  private static final int LARGE_PLAN_BYTES = 700_000;
  private static final int LARGE_PLAN_EVERY = 8;
  private static final long UNANSWERED_CALL_MS = 300;
  private static final int TICKS_SLACK = 2;
  private static final long SWEEP_MS = 2_000;

  private final Simulation simulation;
  private final World world;
  private final Oracle oracle;
  private final SimulatedStore store;
  private final FencedStore fenced;
  private final SchedulerCore core;
  private final SimulatedProcess process;
  private final LaunchWatch launches;
  private @Nullable Commit open; // Sent, and the core does not know yet what became of it.
  private long steps;

  /** Registers, loads what is stored, and runs. */
  SimulatedScheduler(Simulation simulation, int run, Limits limits) {
    this.simulation = simulation;
    this.world = simulation.world;
    this.process = new SimulatedProcess(world);
    this.oracle = simulation.oracle;
    this.store = simulation.store;
    this.fenced = store.register(new Incarnation("s#" + run));
    this.core = new SchedulerCore(fenced.self(), fenced.createRevision(), limits);
    this.launches = new LaunchWatch((int) (limits.launchRetryMs() / TICK_MS) + TICKS_SLACK);
    oracle.schedulerRestarted(world.nowMs());
    world.say("scheduler starts as " + self());
    store.executors.values().forEach(info -> step(new Event.ExecutorLoaded(info)));
    var jobs = store.load();
    jobs.stream()
        .filter(StoredState.Claimable::planned)
        .forEach(job -> fenced.loadPlanned(job.job().job()));
    jobs.forEach(this::load);
    store.ended().forEach(end -> step(new Event.EndedJobLoaded(end.job(), end.epoch())));
    tick();
    sweep(new StoreSweep(store.reader(), fenced, core::kept));
  }

  /** Deletes what is behind ended jobs, now and then. */
  private void sweep(StoreSweep sweep) {
    if (process.dead()) {
      return;
    }
    if (!process.stopped()) {
      sweep.run();
    }
    world.after(SWEEP_MS, () -> sweep(sweep));
  }

  /** An executor asks which jobs are still known (rule T13). */
  void jobsAsked(ExecutorId from, List<JobId> asked) {
    process.arrive(() -> send(from, new AgentEvent.JobsKnown(asked, store.reader().known(asked))));
  }

  private void load(StoredState.Claimable job) {
    JobId id = job.job().job();
    if (store.cancelStored(id)) {
      oracle.cancelKnown(id);
    }
    core.step(new Event.JobLoaded(job.job()), world.nowMs());
    drain();
  }

  Incarnation self() {
    return core.self();
  }

  /** A hash of all it knows. */
  long state() {
    return 31 * steps + core.encode().hashCode();
  }

  Optional<JobView> job(JobId id) {
    return core.job(id);
  }

  // The process.

  void die() {
    process.die();
  }

  boolean up() {
    return process.up();
  }

  /** Stands still; what arrives meanwhile it finds when it goes on. */
  void stop(long forMs) {
    oracle.pauses.add(world.nowMs(), world.nowMs() + forMs);
    process.stop(self(), forMs);
  }

  private void tick() {
    if (process.stopped()) {
      world.after(1, this::tick);
    } else if (!process.dead()) {
      step(new Event.Tick());
      world.after(TICK_MS, this::tick);
    }
  }

  /** A message or an outcome. */
  void receive(Event event) {
    process.arrive(() -> step(event));
  }

  private void step(Event event) {
    steps++;
    if (world.verbose && !(event instanceof Event.Tick || event instanceof Event.Heartbeat)) {
      world.say(event);
    }
    core.step(event, world.nowMs());
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
      launches.ticked(this::runs);
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

  /** Who begins to read what is no longer kept reads nothing. */
  private void reading(Event event) {
    if (event instanceof Event.ReadingBegins(var job) && core.kept(Set.of(job)).contains(job)) {
      oracle.readers.begins(job, world.nowMs());
    } else if (event instanceof Event.ReadingEnds(var job)) {
      oracle.readers.ends(job, world.nowMs());
    }
  }

  private void drain() {
    var ready = core.ready();
    Commit commit = ready.commit();
    if (commit != null) {
      oracle.sent(commit, world.nowMs());
      commit(commit);
    }
    for (Effect effect : ready.effects()) {
      if (world.verbose) {
        world.say("  " + effect);
      }
      oracle.effect(effect, world.nowMs());
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
    world.after(5, () -> receive(fence()));
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

  // Planning.

  private void plan(JobId id) {
    int longest = world.happens(Fault.PLANNING_SLOW) ? SLOW_PLAN_MAX_MS : PLAN_MAX_MS;
    world.after(1 + world.random.nextInt(longest), () -> process.arrive(() -> planned(id)));
  }

  private void planned(JobId id) {
    if (world.happens(Fault.PLANNING_FAILED)) {
      step(new Event.PlanningFailed(id, "no such table", false));
      return;
    }
    var stages = RandomPlan.stages(world.random); // Planned again, it may come out otherwise.
    core.job(id).ifPresent(job -> oracle.planned(id, job.epoch(), stages));
    step(new Event.JobSubmitted(id, new JobPlan(stages, body())));
  }

  private Bytes body() {
    boolean large = world.random.nextInt(LARGE_PLAN_EVERY) == 0;
    return Bytes.of(new byte[large ? LARGE_PLAN_BYTES : 100]);
  }

  // Effects.

  private void perform(Effect effect) {
    Incarnation self = self();
    switch (effect) {
      case Effect.PlanJob(var id, _) -> plan(id);
      case Effect.ReserveSlots(var id, var run, long request, int wanted, long ttl) ->
          call(
              id,
              executor -> executor.slotsRequested(run, self, request, wanted, ttl),
              new Event.SlotsUnanswered(id, run, request));
      case Effect.CancelReservations(var id, _, var reservations) ->
          send(
              id,
              new AgentEvent.ReservationsCancelled(
                  self, reservations.stream().map(ExecutorReservation::id).toList()));
      case Effect.LaunchTasks launch -> launch(launch);
      case Effect.CancelTasks(var id, var run, var job, long epoch, var attempts) ->
          send(id, new AgentEvent.CancelRequested(run, job, epoch, attempts));
      case Effect.AdoptJobs(var id, var run, var jobs) -> {
        var asked = jobs.stream().map(j -> new AgentEvent.JobEpoch(j.job(), j.epoch())).toList();
        world.send(() -> simulation.executor(id).adoptRequested(run, self, asked));
      }
      case Effect.RemoveJobData(var id, var run, var job, long epoch) ->
          send(id, new AgentEvent.RemoveRequested(run, job, epoch));
      case Effect.AcknowledgeStatuses(var id, _, var attempts) ->
          send(id, new AgentEvent.StatusesAcknowledged(attempts));
      case Effect.AskToRegister(var id, _) -> send(id, new AgentEvent.RegistrationAsked(self));
      case Effect.ReadFence() -> readFence();
      case Effect.ListOrphans _,
          Effect.ClaimJobs _,
          Effect.OfPeer _ -> {} // One scheduler at a time: none is listed.
      case Effect.JobRefused _,
          Effect.JobExists _,
          Effect.JobFinished _,
          Effect.JobFailed _,
          Effect.JobCancelled _,
          Effect.StopPlanning _,
          Effect.JobAccepted _,
          Effect.ExecutorAccepted _,
          Effect.Fenced _ -> {} // Clients ask.
    }
  }

  private void launch(Effect.LaunchTasks launch) {
    launches.sent(launch.executor(), launch.launches());
    var ids = launch.launches().stream().map(TaskLaunch::id).toList();
    Incarnation run = launch.incarnation();
    boolean polled =
        simulation.executor(launch.executor()).setup.pull() && world.random.nextBoolean();
    Consumer<SimulatedExecutor> request =
        executor -> executor.launchRequested(run, self(), launch.launches(), polled);
    if (polled) {
      // The answer to a poll: whether it arrived, heartbeats show.
      world.send(() -> request.accept(simulation.executor(launch.executor())));
      var accepted = ids.stream().<TaskLaunch.Answer>map(TaskLaunch.Answer.Accepted::new).toList();
      world.after(0, () -> receive(new Event.LaunchAnswered(launch.executor(), run, accepted)));
    } else {
      call(launch.executor(), request, new Event.LaunchUnanswered(launch.executor(), run, ids));
    }
  }

  private void send(ExecutorId to, AgentEvent event) {
    world.send(() -> simulation.executor(to).receive(event));
  }

  /** A call that is not delivered is reported as unanswered. */
  private void call(ExecutorId to, Consumer<SimulatedExecutor> request, Event unanswered) {
    boolean sent = world.send(() -> request.accept(simulation.executor(to)));
    if (!sent || simulation.executor(to).dead()) {
      world.after(UNANSWERED_CALL_MS, () -> receive(unanswered));
    }
  }

  /** A client's statement, of which the store knew nothing a moment ago; perhaps with its plan. */
  void submit(JobId id, JobRequest request) {
    if (world.random.nextBoolean()) {
      receive(new Event.JobQueued(id, request));
      return;
    }
    JobPlan plan = RandomPlan.submitted(world.random, body());
    if (core.job(id).isPresent()) {
      receive(new Event.JobQueued(id, request, plan)); // The same event once more: ignored.
      return;
    }
    oracle.planned(id, 1, plan.stages());
    oracle.submittedWith(id, plan);
    receive(new Event.JobQueued(id, request, plan));
  }
}

package io.mangonel.workbench.simulation;

import io.mangonel.core.Bytes;
import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.graph.EdgeKind;
import io.mangonel.core.graph.StageEdge;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
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
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.state.StateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One run: a scheduler, executors and jobs in a world where everything goes wrong for a while, and
 * then nothing. Every job must end, every slot come back, every answer be right.
 */
public final class Simulation {
  private static final long FAULTY_MS = 10_000;
  private static final long END_MS = 240_000;
  private static final long QUIET_MS = 5_000;

  /** A place in line of a scheduler that is gone, and the reservation that comes of it. */
  private static final long STALE_SLOT_MS = 2 * Limits.DEFAULTS.reservationTtlMs() + 1_000;

  private static final long TICK_MS = 50;
  private static final int CALM_EVERY = 8;

  final World world;
  final Oracle oracle;
  private final boolean calm;
  private final Limits limits = Limits.DEFAULTS.withRetentionMs(2_000);
  private final io.mangonel.core.agent.Limits agentLimits;
  private final SimulatedStore store;
  private final Map<String, SimulatedExecutor> executors = new TreeMap<>();
  private final Map<String, Integer> runs = new TreeMap<>();
  private final Map<JobId, JobRequest> submitted = new TreeMap<>();
  private final Set<JobId> ended = new TreeSet<>();
  private SchedulerCore core;
  private FencedStore fenced;
  private int schedulers = 1;
  private long steps;

  /**
   * @param seed decides everything
   * @param verbose whether every step is printed
   */
  public Simulation(long seed, boolean verbose) {
    this.calm = Math.floorMod(seed, CALM_EVERY) == 0;
    this.world = new World(seed, verbose, FAULTY_MS);
    this.store = new SimulatedStore(world);
    this.oracle = new Oracle(store, limits);
    this.agentLimits =
        io.mangonel.core.agent.Limits.DEFAULTS.withOutbox(
            1 + world.random.nextInt(20), 1 + world.random.nextInt(5));
    if (!calm) {
      chooseFaults();
    }
    this.fenced = store.register(new Incarnation("s#1"));
    this.core = new SchedulerCore(fenced.self(), fenced.createRevision(), limits);
  }

  private void chooseFaults() {
    for (Fault fault : Fault.values()) {
      int most =
          switch (fault) {
            case MESSAGE_DROPPED, MESSAGE_DUPLICATED, MESSAGE_LATE -> 150;
            case COMMIT_LOST, COMMIT_APPLIED_UNANSWERED, COMMIT_APPLIED_AFTER_A_READ -> 150;
            case COMMIT_NO_SPACE, FENCE_UNREADABLE -> 100;
            case EXECUTOR_DIED, EXECUTOR_RESTARTED, SCHEDULER_STOOD_STILL -> 6;
            case SCHEDULER_RESTARTED -> 5;
            case EXECUTOR_SLOW, TASK_FAILED -> 150;
            case USER_ERROR, JOB_CANCELLED, PLANNING_FAILED -> 40;
            case FETCH_FAILED, LAUNCH_REJECTED -> 0; // They follow from the others.
          };
      world.rate(fault, world.random.nextInt(3) == 0 ? 0 : world.random.nextInt(most + 1));
    }
  }

  /**
   * Runs to the end.
   *
   * @return a hash of everything that was decided
   * @throws AssertionError when an invariant broke
   */
  public long run() {
    int count = 1 + world.random.nextInt(4);
    for (int i = 0; i < count; i++) {
      boot("e" + i);
    }
    int jobs = 1 + world.random.nextInt(5);
    for (int i = 0; i < jobs; i++) {
      var id = new JobId("j" + i);
      world.after(world.random.nextInt(4_000), () -> submit(id));
    }
    world.after(0, this::tick);
    world.after(100, this::misfortune);
    while (ended.size() < jobs) {
      Oracle.check(world.elapsedMs() < END_MS, "stuck: ended " + ended + " of " + submitted);
      world.advance();
    }
    long quietUntilMs = world.elapsedMs() + Math.max(0, FAULTY_MS - world.elapsedMs()) + QUIET_MS;
    while (world.elapsedMs() < quietUntilMs
        || (world.elapsedMs() < quietUntilMs + STALE_SLOT_MS && !slotsAreBack())) {
      world.advance();
    }
    checkQuiet();
    return 31 * steps + core.encode().hashCode();
  }

  /** Which faults happened, and how often. */
  public Map<Fault, Integer> fired() {
    return world.fired;
  }

  private void checkQuiet() {
    for (var executor : executors.values()) {
      String name = executor.agent.incarnation().toString();
      Oracle.check(executor.runningTasks() == 0, "still runs a task: " + name);
      Oracle.check(
          unused(executor) == executor.slots,
          "slot leaked: " + name + " has " + executor.agent.freeSlots() + " free");
      Oracle.check(executor.agent.outboxSize() == 0, "status never acknowledged: " + name);
      Oracle.check(
          !calm || executor.pull || executor.agent.expiredReservations() == 0,
          "a reservation was neither used nor returned: " + name);
    }
    var _ = store.load();
    store.jobs.forEach((id, job) -> Oracle.check(job.end != null, "not ended in the store: " + id));
  }

  private boolean slotsAreBack() {
    return executors.values().stream().allMatch(executor -> unused(executor) == executor.slots);
  }

  /** Polls hold slots also when there is nothing to do. */
  private static int unused(SimulatedExecutor executor) {
    int polls = executor.pull ? executor.agent.reservedSlots() : 0;
    return executor.agent.freeSlots() + polls;
  }

  // Chance.

  private void misfortune() {
    var names = List.copyOf(executors.keySet());
    if (world.happens(Fault.EXECUTOR_RESTARTED)) {
      boot(world.pick(names));
    }
    if (world.happens(Fault.EXECUTOR_DIED)) {
      executor(world.pick(names)).die();
    }
    if (world.happens(Fault.SCHEDULER_RESTARTED)) {
      restartScheduler();
    }
    if (!world.faulty()) {
      names.stream().filter(name -> executor(name).dead()).forEach(this::boot);
    } else {
      world.after(20, this::misfortune);
    }
  }

  private void boot(String name) {
    SimulatedExecutor before = executors.get(name);
    if (before != null) {
      before.die();
    }
    int run = runs.merge(name, 1, Integer::sum);
    int slots = before != null ? before.slots : 1 + world.random.nextInt(3);
    boolean pull = world.random.nextInt(4) == 0;
    var executor = new SimulatedExecutor(this, name, run, slots, pull, agentLimits);
    executors.put(name, executor);
    world.after(
        world.random.nextInt(200), () -> executor.step(new AgentEvent.SchedulerFound(core.self())));
  }

  boolean holds(ExecutorId id, TaskAttemptId attempt) {
    return executor(id.value()).holds(attempt);
  }

  // Clients and planning.

  private void submit(JobId id) {
    var request =
        new JobRequest("SELECT 1", new TreeMap<>(), "/", "s", "p", "duckdb", world.nowMs(), "");
    submitted.put(id, request);
    stepScheduler(new Event.JobQueued(id, request));
    world.after(world.random.nextInt(3_000), () -> maybeCancel(id));
  }

  private void maybeCancel(JobId id) {
    if (world.happens(Fault.JOB_CANCELLED)) {
      stepScheduler(new Event.CancelRequested(id, "no longer wanted"));
    }
  }

  private void plan(SchedulerCore planner, JobId id) {
    world.after(
        1 + world.random.nextInt(300),
        () -> {
          if (planner != core) {
            return;
          }
          if (world.happens(Fault.PLANNING_FAILED)) {
            stepScheduler(new Event.PlanningFailed(id, "no such table", false));
          } else {
            var stages = stages(); // Planned again, it may come out otherwise.
            oracle.planned(id, stages);
            var body = Bytes.of(new byte[world.random.nextInt(20) == 0 ? 700_000 : 100]);
            stepScheduler(new Event.JobSubmitted(id, new JobPlan(stages, body)));
          }
        });
  }

  private List<StageSpec> stages() {
    var stages = new ArrayList<StageSpec>();
    var read = new TreeSet<Integer>();
    int count = 1 + world.random.nextInt(5);
    for (int id = 0; id < count; id++) {
      boolean root = id == count - 1;
      int tasks = root ? 1 : 1 + world.random.nextInt(4);
      var inputs = new ArrayList<StageEdge>();
      for (int producer = 0; producer < id; producer++) {
        if ((root && !read.contains(producer)) || world.random.nextInt(3) == 0) {
          read.add(producer);
          boolean same = stages.get(producer).tasks() == tasks && world.random.nextBoolean();
          EdgeKind kind = world.random.nextBoolean() ? EdgeKind.ALL : EdgeKind.HASH;
          inputs.add(new StageEdge(producer, same ? EdgeKind.SAME : kind));
        }
      }
      stages.add(new StageSpec(id, tasks, inputs, world.random.nextInt(4) > 0));
    }
    return stages;
  }

  // The scheduler's shell.

  private void restartScheduler() {
    Incarnation before = core.self();
    fenced = store.register(new Incarnation("s#" + ++schedulers));
    oracle.schedulerRestarted();
    core = new SchedulerCore(fenced.self(), fenced.createRevision(), limits);
    world.say("scheduler restarts as " + core.self());
    store.executors.values().forEach(info -> stepScheduler(new Event.ExecutorLoaded(info)));
    load(store.load());
    submitted.forEach(
        (id, request) -> {
          if (!store.jobs.containsKey(id)) {
            stepScheduler(new Event.JobQueued(id, request)); // Its client asks again.
          }
        });
    store.jobs.forEach((id, job) -> noteEnd(id, job.end != null));
    for (var executor : executors.values()) {
      world.after(
          world.random.nextInt(1_000),
          () -> {
            executor.step(new AgentEvent.SchedulerGone(before));
            executor.step(new AgentEvent.SchedulerFound(core.self()));
          });
    }
  }

  private void load(List<StoredState.Claimable> jobs) {
    jobs.stream().filter(StoredState.Claimable::planned).forEach(this::loadPlanned);
    jobs.forEach(job -> stepScheduler(new Event.JobLoaded(job.job())));
  }

  private void loadPlanned(StoredState.Claimable job) {
    fenced.loadPlanned(job.job().job());
  }

  private void noteEnd(JobId id, boolean hasEnded) {
    if (hasEnded) {
      ended.add(id);
    }
  }

  private void tick() {
    stepScheduler(new Event.Tick());
    boolean still = world.happens(Fault.SCHEDULER_STOOD_STILL);
    world.after(still ? 3_000 + world.random.nextInt(20_000) : TICK_MS, this::tick);
  }

  void stepScheduler(Event event) {
    steps++;
    if (world.verbose && !(event instanceof Event.Tick || event instanceof Event.Heartbeat)) {
      world.say(event);
    }
    core.step(event, world.nowMs());
    if (!(event instanceof Event.Tick) && world.random.nextInt(4) == 0) {
      world.after(2, this::drain); // Perhaps more events before it is asked.
      return;
    }
    drain();
  }

  private void drain() {
    var ready = core.ready();
    if (ready.commit() != null) {
      oracle.sent(ready.commit(), world.nowMs());
      commit(ready.commit());
    }
    for (Effect effect : ready.effects()) {
      if (world.verbose) {
        world.say("  " + effect);
      }
      oracle.effect(effect, world.nowMs());
      perform(effect);
    }
  }

  private void commit(Commit commit) {
    FencedStore sender = fenced;
    SchedulerCore from = core;
    if (world.verbose) {
      world.say("  commit " + commit);
    }
    world.after(
        1 + world.random.nextInt(30),
        () -> {
          Commit.Outcome outcome = store.commit(sender, commit);
          int unansweredMs = 50 + world.random.nextInt(150);
          answer(from, outcome == Commit.Outcome.UNKNOWN ? unansweredMs : 1, commit, outcome);
        });
  }

  private void answer(SchedulerCore to, int delayMs, Commit commit, Commit.Outcome outcome) {
    world.after(delayMs, () -> toCore(to, new Event.CommitAnswered(commit.count(), outcome)));
  }

  private void toCore(SchedulerCore to, Event event) {
    if (to == core) {
      stepScheduler(event);
    }
  }

  private void perform(Effect effect) {
    SchedulerCore from = core;
    Incarnation self = core.self();
    switch (effect) {
      case Effect.PlanJob(var id, _) -> plan(from, id);
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
      case Effect.LaunchTasks(var id, var run, var launches) ->
          call(
              id,
              executor -> executor.launchRequested(run, self, launches),
              new Event.LaunchUnanswered(id, run, launches.stream().map(TaskLaunch::id).toList()));
      case Effect.CancelTasks(var id, var run, var job, long epoch, var attempts) ->
          send(id, new AgentEvent.CancelRequested(run, job, epoch, attempts));
      case Effect.AdoptJobs(var id, var run, var jobs) -> {
        var asked = jobs.stream().map(j -> new AgentEvent.JobEpoch(j.job(), j.epoch())).toList();
        world.send(() -> executor(id.value()).adoptRequested(run, self, asked));
      }
      case Effect.RemoveJobData(var id, var run, var job, long epoch) ->
          send(id, new AgentEvent.RemoveRequested(run, job, epoch));
      case Effect.AcknowledgeStatuses(var id, _, var attempts) ->
          send(id, new AgentEvent.StatusesAcknowledged(attempts));
      case Effect.AskToRegister(var id, _) -> send(id, new AgentEvent.RegistrationAsked(self));
      case Effect.JobFinished(var id, _) -> ended.add(id);
      case Effect.JobFailed(var id, _) -> ended.add(id);
      case Effect.JobCancelled(var id, _) -> ended.add(id);
      case Effect.JobRefused(var id, _, _) ->
          world.after(
              500,
              () ->
                  toCore(
                      from,
                      new Event.JobQueued(
                          id, Objects.requireNonNull(submitted.get(id))))); // Again.
      case Effect.ReadFence() -> readFence(from);
      case Effect.StopPlanning _,
          Effect.JobAccepted _,
          Effect.ExecutorAccepted _,
          Effect.Fenced _ -> {}
    }
  }

  private void readFence(SchedulerCore from) {
    FencedStore reader = fenced;
    world.after(5, () -> toCore(from, fence(reader)));
  }

  private static Event fence(FencedStore reader) {
    try {
      return reader.readFence();
    } catch (StateException noAnswer) {
      return new Event.FenceUnreadable();
    }
  }

  private void send(ExecutorId to, AgentEvent event) {
    world.send(() -> executor(to.value()).step(event));
  }

  /** A call that is not delivered, or by chance one that is, is reported as unanswered. */
  private void call(
      ExecutorId to, java.util.function.Consumer<SimulatedExecutor> request, Event unanswered) {
    SchedulerCore from = core;
    boolean sent = world.send(() -> request.accept(executors.get(to.value())));
    if (!sent || executor(to.value()).dead()) {
      world.after(300, () -> toCore(from, unanswered));
    }
  }

  private SimulatedExecutor executor(String name) {
    return Objects.requireNonNull(executors.get(name), name);
  }
}

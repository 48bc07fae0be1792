package io.mangonel.workbench.simulation;

import io.mangonel.core.Bytes;
import io.mangonel.core.agent.AgentCore;
import io.mangonel.core.agent.AgentEffect;
import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.agent.Limits;
import io.mangonel.core.agent.Recovered;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.workbench.simulation.oracle.Oracle;
import io.mangonel.workbench.simulation.world.Fault;
import io.mangonel.workbench.simulation.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** An executor process: the agent's core and pretended tasks. A restart is another instance. */
final class SimulatedExecutor {
  private static final long TICK_MS = 50;
  private static final int TASK_MAX_MS = 400;
  private static final int SLOW_TASK_MAX_MS = 6_000;

  /** What an executor is made of; a restart changes none of it. */
  record Setup(ExecutorId id, int slots, boolean pull, Limits limits) {}

  final AgentCore agent;
  final Setup setup;
  private final World world;
  private final Simulation simulation;
  private final Map<TaskAttemptId, Recovered> files = new TreeMap<>();
  private final Map<TaskAttemptId, TaskLaunch> running = new TreeMap<>();
  private final SimulatedProcess process;
  private final SimulatedDirectory directory;
  private final int outboxMax; // With what runs when it becomes full, and what was there before.
  private final Map<JobId, Long> epochs = new TreeMap<>(); // The highest it was told of a job.
  private final Map<Long, String> callers = new TreeMap<>(); // Who waits for an answer.
  private long calls;

  /**
   * @param kept what an earlier run left in the work directory (rule T12)
   */
  SimulatedExecutor(Simulation simulation, Setup setup, int run, List<Recovered> kept) {
    this.simulation = simulation;
    this.world = simulation.world;
    this.process = new SimulatedProcess(world);
    this.setup = setup;
    var incarnation = new Incarnation(setup.id + "#" + run);
    this.agent = new AgentCore(setup.id, incarnation, setup.slots, setup.pull, setup.limits, kept);
    this.outboxMax = setup.limits.outboxMax() + setup.slots + kept.size();
    kept.forEach(file -> files.put(file.id(), file));
    this.directory = new SimulatedDirectory(simulation, this, process);
    world.after(world.random.nextInt((int) TICK_MS), this::tick);
  }

  // The process.

  void die() {
    simulation.oracle.down(files.keySet());
    process.die();
  }

  boolean dead() {
    return process.dead();
  }

  boolean stopped() {
    return process.stopped();
  }

  void jump(long byMs) {
    process.jump(agent.incarnation(), byMs);
  }

  /** Stands still; what arrives meanwhile it finds when it goes on. */
  void stop(long forMs) {
    process.stop(agent.incarnation(), forMs);
  }

  private void tick() {
    if (!process.dead()) {
      process.arrive(() -> step(new AgentEvent.Tick()));
      world.after(TICK_MS, this::tick);
    }
  }

  // What the oracle asks.

  int runningTasks() {
    return running.size();
  }

  boolean holds(TaskAttemptId id) {
    return process.up() && files.containsKey(id);
  }

  /** Jobs of which there are files. */
  Set<JobId> jobsWithFiles() {
    var jobs = new TreeSet<JobId>();
    files.keySet().forEach(id -> jobs.add(id.job()));
    return jobs;
  }

  /** What the next run on this work directory finds. */
  List<Recovered> kept() {
    return List.copyOf(files.values());
  }

  /** Some output is gone, as by a bad disk; nobody is told. */
  void loseSomeOutput() {
    if (!files.isEmpty() && world.happens(Fault.OUTPUT_LOST)) {
      var lost = world.pick(List.copyOf(files.keySet()));
      world.say("lost at " + agent.incarnation() + ": " + lost);
      files.remove(lost);
    }
  }

  // Requests of a scheduler. They return at once; answers travel back on their own.

  void slotsRequested(
      String caller, Incarnation target, Incarnation from, long request, int wanted, long ttl) {
    long call = called(caller);
    receive(new AgentEvent.SlotsRequested(call, target, from, request, wanted, ttl));
  }

  void launchRequested(
      String caller,
      Incarnation target,
      Incarnation from,
      List<TaskLaunch> launches,
      boolean polled) {
    receive(new AgentEvent.LaunchRequested(called(caller), target, from, launches, polled));
  }

  void adoptRequested(
      String caller,
      Incarnation target,
      Incarnation from,
      List<AgentEvent.JobEpoch> jobs,
      List<Incarnation> gone) {
    receive(new AgentEvent.AdoptRequested(called(caller), target, from, jobs, gone));
  }

  /** Whether it can say what it sees at that address. */
  boolean knows(String address) {
    return directory.knows(address);
  }

  /** It is asked what it sees of a scheduler: of an address that it knows it says so. */
  void testify(Incarnation scheduler, String address, Consumer<Sighting> answer) {
    process.arrive(
        () -> {
          if (knows(address)) {
            var probe = new SimulatedProbe(simulation, process, setup.id.value(), setup.id::value);
            probe.testify(scheduler, address, answer);
          } else {
            answer.accept(Sighting.SILENT);
          }
        });
  }

  private long called(String caller) {
    callers.put(++calls, caller);
    return calls;
  }

  void schedulersAnnounced(List<String> addresses) {
    process.arrive(() -> directory.announced(addresses));
  }

  void receive(AgentEvent event) {
    process.arrive(() -> step(event));
  }

  private void step(AgentEvent event) {
    if (event instanceof AgentEvent.AdoptRequested(_, var target, _, var jobs, _)
        && target.equals(agent.incarnation())) {
      jobs.forEach(job -> epochs.merge(job.job(), job.epoch(), Math::max));
    }
    agent.step(event, process.nowMs());
    for (AgentEffect effect : agent.ready()) {
      if (world.verbose && !(effect instanceof AgentEffect.SendHeartbeat)) {
        world.say(agent.incarnation() + " -> " + effect);
      }
      perform(effect);
    }
    Oracle.check(agent.freeSlots() >= 0, "more slots in use than there are");
    var inLane = running.values().stream().filter(SimulatedExecutor::inLane).toList();
    Oracle.check(inLane.size() <= 1, "more tasks than one in the lane");
    Oracle.check(running.size() - inLane.size() <= setup.slots, "more tasks than slots");
    inLane.forEach(launch -> simulation.oracle.runsInLane(launch.id()));
    if (agent.outboxSize() > outboxMax) {
      throw new AssertionError("T10: outbox of " + agent.outboxSize());
    }
  }

  private static boolean inLane(TaskLaunch launch) {
    return launch.reservation().contains("/lane/");
  }

  private void perform(AgentEffect effect) {
    ExecutorId id = agent.executor();
    Incarnation run = agent.incarnation();
    switch (effect) {
      case AgentEffect.RunTask(var launch, boolean _) -> run(launch);
      case AgentEffect.InterruptTask(var attempt) ->
          end(attempt, new TaskOutcome.Failed(new Failure.Killed("interrupted")));
      case AgentEffect.RemoveJobData(var job) ->
          files.keySet().removeIf(file -> file.job().equals(job));
      case AgentEffect.RemoveAttemptData(var attempt) -> files.remove(attempt);
      case AgentEffect.AnswerSlots(long call, long request, var granted, int waiting) -> {
        var left = left(granted);
        answer(
            call,
            scheduler ->
                scheduler.receiveSlots(
                    arrived ->
                        new Event.SlotsReserved(
                            id, run, request, left.stream().map(arrived).toList(), waiting)));
      }
      case AgentEffect.AnswerLaunch(long call, var answers) -> {
        if (answers.stream().anyMatch(a -> !(a instanceof TaskLaunch.Answer.Accepted))) {
          world.count(Fault.LAUNCH_REJECTED);
        }
        answer(call, scheduler -> scheduler.receive(new Event.LaunchAnswered(id, run, answers)));
      }
      case AgentEffect.AnswerInventory(long call, var jobs, var refused, var tasks, var ended) -> {
        var higher = refused.stream().map(j -> new Effect.JobEpoch(j.job(), j.epoch())).toList();
        var inventory = new Event.JobsAdopted(id, run, jobs, higher, tasks, ended);
        answer(call, scheduler -> scheduler.receive(inventory));
      }
      case AgentEffect.AnswerOtherIncarnation(long call) -> callers.remove(call);
      case AgentEffect.Register(var to, var outputs) ->
          send(
              to,
              new Event.ExecutorRegistered(
                  new ExecutorInfo(id, run, "h", 1, setup.slots, "duckdb", setup.pull), outputs));
      case AgentEffect.SendHeartbeat(var to, var attempts, _) ->
          send(to, new Event.Heartbeat(id, run, attempts));
      case AgentEffect.SendOffer(var to, var reservations) -> {
        var left = left(reservations);
        sendTo(
            to,
            scheduler ->
                scheduler.receiveSlots(
                    arrived -> new Event.Offer(id, run, left.stream().map(arrived).toList())));
      }
      case AgentEffect.AskJobs(var to, var jobs) ->
          sendTo(to, scheduler -> scheduler.jobsAsked(id, jobs));
      case AgentEffect.LookForSchedulers _ -> directory.lookSoon();
      case AgentEffect.Drained _ -> simulation.drained(this);
      case AgentEffect.SayLeaving(var to, boolean gone) ->
          send(to, new Event.ExecutorLeaving(id, run, gone));
      case AgentEffect.SendStatuses(var to, var reports) -> {
        var left = reports.stream().map(this::left).toList();
        sendTo(to, scheduler -> scheduler.receiveSlots(arrived -> updates(left, arrived)));
      }
    }
  }

  /** Slots travel with the time that they have left (clocks differ). */
  private List<ExecutorReservation> left(List<ExecutorReservation> slots) {
    return slots.stream().map(this::left).toList();
  }

  private ExecutorReservation left(ExecutorReservation slot) {
    return slot.endingAt(slot.expiresAtMs() - process.nowMs());
  }

  private AgentEffect.Report left(AgentEffect.Report report) {
    var followUp = report.followUp();
    return followUp == null ? report : new AgentEffect.Report(report.status(), left(followUp));
  }

  private Event updates(
      List<AgentEffect.Report> reports, UnaryOperator<ExecutorReservation> arrived) {
    return new Event.TaskUpdates(
        agent.executor(),
        agent.incarnation(),
        reports.stream()
            .map(
                report -> {
                  var followUp = report.followUp();
                  return new Event.TaskUpdate(
                      report.status(), followUp == null ? null : arrived.apply(followUp));
                })
            .toList());
  }

  private void send(Incarnation to, Event event) {
    sendTo(to, scheduler -> scheduler.receive(event));
  }

  /** To whoever is then where that scheduler was found. */
  private void sendTo(Incarnation to, Consumer<SimulatedScheduler> message) {
    directory.addressOf(to).ifPresent(address -> sendTo(address, message));
  }

  private void sendTo(String address, Consumer<SimulatedScheduler> message) {
    simulation.network.send(
        setup.id.value(), address, () -> simulation.at(address).ifPresent(message));
  }

  /** Back on the line of the call. */
  private void answer(long call, Consumer<SimulatedScheduler> answer) {
    String address = callers.remove(call);
    if (address != null) {
      sendTo(address, answer);
    }
  }

  // Tasks.

  private void run(TaskLaunch launch) {
    simulation.oracle.started(launch.id());
    long heard = epochs.getOrDefault(launch.id().job(), 0L);
    Oracle.check(launch.epoch() >= heard, "T8: older than epoch " + heard + ": " + launch.id());
    running.put(launch.id(), launch);
    // What publishes has no statement that could hang, and by rule T16 nobody can cancel it.
    if (!simulation.oracle.publishes(launch.id()) && world.happens(Fault.TASK_HANGS)) {
      return;
    }
    int longest = world.happens(Fault.TASK_SLOW) ? SLOW_TASK_MAX_MS : TASK_MAX_MS;
    world.after(
        1 + world.random.nextInt(longest),
        () -> process.arrive(() -> end(launch.id(), outcome(launch))));
  }

  /** Reads what it was told to read, if that is still where it was. */
  private TaskOutcome outcome(TaskLaunch launch) {
    if (!running.containsKey(launch.id())) {
      return new TaskOutcome.Failed(new Failure.Killed("gone"));
    }
    boolean publishes = simulation.oracle.publishes(launch.id()); // Files that anybody sees.
    for (InputLocation input : launch.inputs()) {
      if (!publishes && !input.files().isEmpty() && !reaches(input)) {
        if (isSilent(input.executor())) {
          world.count(Fault.HOLDER_UNREACHABLE);
          if (simulation.executor(input.executor()).process.up()) {
            simulation.oracle.cutOff(input.producer());
          }
          return new TaskOutcome.Failed(
              new Failure.HolderUnreachable(input.producer(), "no answer"));
        }
        world.count(Fault.FETCH_FAILED);
        return new TaskOutcome.Failed(new Failure.FetchFailed(input.producer(), "not there"));
      }
    }
    if (world.happens(Fault.TASK_FAILED)) {
      return new TaskOutcome.Failed(
          world.random.nextBoolean()
              ? new Failure.Io("disk")
              : new Failure.ResourceExhausted("memory"));
    }
    if (world.happens(Fault.USER_ERROR)) {
      return new TaskOutcome.Failed(new Failure.UserError("division by zero"));
    }
    boolean inline = simulation.oracle.isOneTask(launch.id()) && world.random.nextInt(4) > 0;
    if (inline) {
      var rows = new TaskOutput(List.of(), Bytes.of(new byte[1]), 1, 1);
      simulation.oracle.wrote(launch, rows);
      return new TaskOutcome.Succeeded(rows);
    }
    var written = new ArrayList<OutputFile>();
    written.add(new OutputFile(OutputFile.ALL_PARTITIONS, launch.id().toString(), 1, 1, 7));
    var output = new TaskOutput(written, Bytes.EMPTY, 1, 1);
    simulation.oracle.wrote(launch, output);
    var inputs = launch.decisiveInputs();
    files.put(launch.id(), new Recovered(launch.id(), launch.epoch(), inputs, output));
    return new TaskOutcome.Succeeded(output);
  }

  /** The other answers, and has it. */
  private boolean reaches(InputLocation input) {
    return !isSilent(input.executor()) && simulation.holds(input.executor(), input.producer());
  }

  private boolean isSilent(ExecutorId other) {
    return !simulation.executor(other).process.up()
        || !simulation.network.bothWays(setup.id.value(), other.value());
  }

  private void end(TaskAttemptId id, TaskOutcome outcome) {
    if (!process.dead() && running.remove(id) != null) {
      world.after(0, () -> receive(new AgentEvent.TaskEnded(id, outcome)));
    }
  }
}

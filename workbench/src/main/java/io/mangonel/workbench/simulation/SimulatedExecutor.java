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
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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
  private final int outboxMax; // With what runs when it becomes full, and what was there before.
  private final Map<JobId, Long> epochs = new TreeMap<>(); // The highest it was told of a job.
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
    world.after(world.random.nextInt((int) TICK_MS), this::tick);
  }

  // The process.

  void die() {
    process.die();
  }

  boolean dead() {
    return process.dead();
  }

  boolean stopped() {
    return process.stopped();
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

  void slotsRequested(Incarnation target, Incarnation from, long request, int wanted, long ttl) {
    receive(new AgentEvent.SlotsRequested(++calls, target, from, request, wanted, ttl));
  }

  void launchRequested(
      Incarnation target, Incarnation from, List<TaskLaunch> launches, boolean polled) {
    receive(new AgentEvent.LaunchRequested(++calls, target, from, launches, polled));
  }

  void adoptRequested(Incarnation target, Incarnation from, List<AgentEvent.JobEpoch> jobs) {
    receive(new AgentEvent.AdoptRequested(++calls, target, from, jobs));
  }

  void receive(AgentEvent event) {
    process.arrive(() -> step(event));
  }

  private void step(AgentEvent event) {
    if (event instanceof AgentEvent.AdoptRequested(_, var target, _, var jobs)
        && target.equals(agent.incarnation())) {
      jobs.forEach(job -> epochs.merge(job.job(), job.epoch(), Math::max));
    }
    agent.step(event, world.nowMs());
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
    Oracle.check(agent.outboxSize() <= outboxMax, "T10: outbox of " + agent.outboxSize());
  }

  private static boolean inLane(TaskLaunch launch) {
    return launch.reservation().contains("/lane/");
  }

  private void perform(AgentEffect effect) {
    ExecutorId id = agent.executor();
    Incarnation run = agent.incarnation();
    switch (effect) {
      case AgentEffect.RunTask(var launch) -> run(launch);
      case AgentEffect.InterruptTask(var attempt) ->
          end(attempt, new TaskOutcome.Failed(new Failure.Killed("interrupted")));
      case AgentEffect.RemoveJobData(var job) ->
          files.keySet().removeIf(file -> file.job().equals(job));
      case AgentEffect.RemoveAttemptData(var attempt) -> files.remove(attempt);
      case AgentEffect.AnswerSlots(_, long request, var granted, int waiting) ->
          send(new Event.SlotsReserved(id, run, request, granted, waiting));
      case AgentEffect.AnswerLaunch(_, var answers) -> {
        if (answers.stream().anyMatch(a -> !(a instanceof TaskLaunch.Answer.Accepted))) {
          world.count(Fault.LAUNCH_REJECTED);
        }
        send(new Event.LaunchAnswered(id, run, answers));
      }
      case AgentEffect.AnswerInventory(_, var jobs, var refused, var tasks, var ended) -> {
        var higher = refused.stream().map(j -> new Effect.JobEpoch(j.job(), j.epoch())).toList();
        send(new Event.JobsAdopted(id, run, jobs, higher, tasks, ended));
      }
      case AgentEffect.AnswerOtherIncarnation _ -> {}
      case AgentEffect.Register(_, var outputs) ->
          send(
              new Event.ExecutorRegistered(
                  new ExecutorInfo(id, run, "h", 1, setup.slots, "duckdb", setup.pull), outputs));
      case AgentEffect.SendHeartbeat(_, var attempts, _) ->
          send(new Event.Heartbeat(id, run, attempts));
      case AgentEffect.SendOffer(_, var reservations) ->
          send(new Event.Offer(id, run, reservations));
      case AgentEffect.AskJobs(_, var jobs) ->
          world.send(() -> simulation.scheduler().jobsAsked(id, jobs));
      case AgentEffect.LookForSchedulers _ -> simulation.findScheduler(this);
      case AgentEffect.Drained _ -> simulation.drained(this);
      case AgentEffect.SayLeaving(_, boolean gone) ->
          send(new Event.ExecutorLeaving(id, run, gone));
      case AgentEffect.SendStatuses(_, var reports) ->
          send(
              new Event.TaskUpdates(
                  id,
                  run,
                  reports.stream()
                      .map(report -> new Event.TaskUpdate(report.status(), report.followUp()))
                      .toList()));
    }
  }

  private void send(Event event) {
    world.send(() -> simulation.scheduler().receive(event));
  }

  // Tasks.

  private void run(TaskLaunch launch) {
    simulation.oracle.started(launch.id());
    long heard = epochs.getOrDefault(launch.id().job(), 0L);
    Oracle.check(launch.epoch() >= heard, "T8: older than epoch " + heard + ": " + launch.id());
    running.put(launch.id(), launch);
    if (world.happens(Fault.TASK_HANGS)) {
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
    for (InputLocation input : launch.inputs()) {
      if (!input.files().isEmpty() && !simulation.holds(input.executor(), input.producer())) {
        if (!simulation.executor(input.executor()).process.up()) {
          world.count(Fault.HOLDER_UNREACHABLE);
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
    simulation.oracle.wrote(launch, !inline);
    if (inline) {
      return new TaskOutcome.Succeeded(new TaskOutput(List.of(), Bytes.of(new byte[1]), 1, 1));
    }
    var written = new ArrayList<OutputFile>();
    written.add(new OutputFile(OutputFile.ALL_PARTITIONS, launch.id().toString(), 1, 1, 7));
    var output = new TaskOutput(written, Bytes.EMPTY, 1, 1);
    var inputs = launch.inputs().stream().map(InputLocation::producer).toList();
    files.put(launch.id(), new Recovered(launch.id(), launch.epoch(), inputs, output));
    return new TaskOutcome.Succeeded(output);
  }

  private void end(TaskAttemptId id, TaskOutcome outcome) {
    if (!process.dead() && running.remove(id) != null) {
      world.after(0, () -> receive(new AgentEvent.TaskEnded(id, outcome)));
    }
  }
}

package io.mangonel.workbench.simulation;

import io.mangonel.core.Bytes;
import io.mangonel.core.agent.AgentCore;
import io.mangonel.core.agent.AgentEffect;
import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.agent.Limits;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** An executor process: the agent's core and pretended tasks. A restart is another instance. */
final class SimulatedExecutor {
  private static final long TICK_MS = 50;
  private static final int TASK_MAX_MS = 400;
  private static final int SLOW_TASK_MAX_MS = 6_000;

  final AgentCore agent;
  final int slots;
  final boolean pull;
  private final World world;
  private final Simulation simulation;
  private final TreeSet<TaskAttemptId> files = new TreeSet<>();
  private final Map<TaskAttemptId, TaskLaunch> running = new TreeMap<>();
  private final Map<Long, Long> callers = new HashMap<>(); // Call to slot request.
  private boolean dead;
  private long calls;

  SimulatedExecutor(
      Simulation simulation, String id, int run, int slots, boolean pull, Limits limits) {
    this.simulation = simulation;
    this.world = simulation.world;
    this.slots = slots;
    this.pull = pull;
    this.agent =
        new AgentCore(new ExecutorId(id), new Incarnation(id + "#" + run), slots, pull, limits);
    world.after(world.random.nextInt((int) TICK_MS), this::tick);
  }

  void die() {
    dead = true;
  }

  boolean dead() {
    return dead;
  }

  int runningTasks() {
    return running.size();
  }

  boolean holds(TaskAttemptId id) {
    return !dead && files.contains(id);
  }

  private void tick() {
    if (!dead) {
      step(new AgentEvent.Tick());
      world.after(TICK_MS, this::tick);
    }
  }

  /** A request of a scheduler arrived. Returns at once; answers travel back on their own. */
  void slotsRequested(Incarnation target, Incarnation from, long request, int wanted, long ttl) {
    long call = ++calls;
    callers.put(call, request);
    step(new AgentEvent.SlotsRequested(call, target, from, request, wanted, ttl));
  }

  void launchRequested(Incarnation target, Incarnation from, List<TaskLaunch> launches) {
    step(new AgentEvent.LaunchRequested(++calls, target, from, launches));
  }

  void adoptRequested(Incarnation target, Incarnation from, List<AgentEvent.JobEpoch> jobs) {
    step(new AgentEvent.AdoptRequested(++calls, target, from, jobs));
  }

  void step(AgentEvent event) {
    if (dead) {
      return;
    }
    agent.step(event, world.nowMs());
    for (AgentEffect effect : agent.ready()) {
      if (world.verbose && !(effect instanceof AgentEffect.SendHeartbeat)) {
        world.say(agent.incarnation() + " -> " + effect);
      }
      perform(effect);
    }
    Oracle.check(agent.freeSlots() >= 0, "more slots in use than there are");
    Oracle.check(running.size() <= slots, "more tasks than slots");
  }

  private void perform(AgentEffect effect) {
    ExecutorId id = agent.executor();
    Incarnation run = agent.incarnation();
    switch (effect) {
      case AgentEffect.RunTask(var launch) -> run(launch);
      case AgentEffect.InterruptTask(var attempt) ->
          end(attempt, new TaskOutcome.Failed(new Failure.Killed("interrupted")));
      case AgentEffect.RemoveJobData(var job) -> removeData(job);
      case AgentEffect.RemoveAttemptData(var attempt) -> files.remove(attempt);
      case AgentEffect.AnswerSlots(_, long request, var granted, int waiting) ->
          send(new Event.SlotsReserved(id, run, request, granted, waiting));
      case AgentEffect.AnswerLaunch(_, var answers) -> {
        if (answers.stream().anyMatch(a -> !(a instanceof TaskLaunch.Answer.Accepted))) {
          world.count(Fault.LAUNCH_REJECTED);
        }
        send(new Event.LaunchAnswered(id, run, answers));
      }
      case AgentEffect.AnswerInventory(_, var jobs, _, var tasks, var ended) ->
          send(new Event.JobsAdopted(id, run, jobs, tasks, ended));
      case AgentEffect.AnswerOtherIncarnation _ -> {}
      case AgentEffect.Register(_, var outputs) ->
          send(
              new Event.ExecutorRegistered(
                  new ExecutorInfo(id, run, "h", 1, slots, "duckdb", pull), outputs));
      case AgentEffect.SendHeartbeat(_, var attempts, _) ->
          send(new Event.Heartbeat(id, run, attempts));
      case AgentEffect.SendOffer(_, var reservations) ->
          send(new Event.Offer(id, run, reservations));
      case AgentEffect.AskJobs _, AgentEffect.Drained _ -> {}
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
    world.send(() -> simulation.stepScheduler(event));
  }

  private void run(TaskLaunch launch) {
    simulation.oracle.started(launch.id());
    running.put(launch.id(), launch);
    int longest = world.happens(Fault.EXECUTOR_SLOW) ? SLOW_TASK_MAX_MS : TASK_MAX_MS;
    world.after(1 + world.random.nextInt(longest), () -> end(launch.id(), outcome(launch)));
  }

  /** Reads what it was told to read, if that is still where it was. */
  private TaskOutcome outcome(TaskLaunch launch) {
    if (dead || !running.containsKey(launch.id())) {
      return new TaskOutcome.Failed(new Failure.Killed("gone"));
    }
    for (InputLocation input : launch.inputs()) {
      if (!input.files().isEmpty() && !simulation.holds(input.executor(), input.producer())) {
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
    simulation.oracle.wrote(launch);
    files.add(launch.id());
    var written = new ArrayList<OutputFile>();
    written.add(new OutputFile(OutputFile.ALL_PARTITIONS, launch.id().toString(), 1, 1, 7));
    return new TaskOutcome.Succeeded(new TaskOutput(written, Bytes.EMPTY, 1, 1));
  }

  private void end(TaskAttemptId id, TaskOutcome outcome) {
    if (!dead && running.remove(id) != null) {
      world.after(0, () -> step(new AgentEvent.TaskEnded(id, outcome)));
    }
  }

  private void removeData(JobId job) {
    files.removeIf(id -> id.job().equals(job));
  }
}

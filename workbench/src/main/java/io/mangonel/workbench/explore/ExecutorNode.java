package io.mangonel.workbench.explore;

import io.mangonel.core.Bytes;
import io.mangonel.core.agent.AgentCore;
import io.mangonel.core.agent.AgentEffect;
import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.agent.Limits;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** An executor of the explored cluster: the agent's core and pretended tasks. */
final class ExecutorNode {
  private static final int SLOTS = 1;

  private final Cluster cluster;
  private final AgentCore agent;
  private final int run;
  private final Set<TaskAttemptId> files = new TreeSet<>();
  private final Set<TaskAttemptId> running = new TreeSet<>();
  private Incarnation caller = new Incarnation("nobody");
  private boolean dead;

  ExecutorNode(Cluster cluster, ExecutorId id, int run) {
    this.cluster = cluster;
    this.run = run;
    this.agent = new AgentCore(id, new Incarnation(id + "#" + run), SLOTS, false, Limits.DEFAULTS);
  }

  ExecutorId id() {
    return agent.executor();
  }

  int run() {
    return run;
  }

  boolean dead() {
    return dead;
  }

  void die() {
    dead = true;
  }

  /**
   * Nothing runs, and every slot is free.
   *
   * @param forgiven whether there may be statuses that nobody has acknowledged
   */
  boolean idle(boolean forgiven) {
    return dead
        || (running.isEmpty()
            && agent.freeSlots() == SLOTS
            && (forgiven || agent.outboxSize() == 0));
  }

  void found(Incarnation scheduler) {
    receive(scheduler, new AgentEvent.SchedulerFound(scheduler));
  }

  void tick() {
    receive(caller, new AgentEvent.Tick());
  }

  /**
   * @param from who is answered
   */
  void receive(Incarnation from, AgentEvent event) {
    if (dead) {
      return;
    }
    caller = from;
    agent.step(event, cluster.world.nowMs());
    agent.ready().forEach(this::perform);
  }

  private void perform(AgentEffect effect) {
    ExecutorId id = id();
    Incarnation self = agent.incarnation();
    switch (effect) {
      case AgentEffect.RunTask(var launch, boolean _) -> start(launch);
      case AgentEffect.InterruptTask(var attempt) ->
          cluster.atOnce(() -> ended(attempt, failed(new Failure.Killed("interrupted"))));
      case AgentEffect.RemoveJobData(var job) -> files.removeIf(file -> file.job().equals(job));
      case AgentEffect.RemoveAttemptData(var attempt) -> files.remove(attempt);
      case AgentEffect.AnswerSlots(_, long request, var granted, int waiting) ->
          send(caller, new Event.SlotsReserved(id, self, request, granted, waiting));
      case AgentEffect.AnswerLaunch(_, var answers) ->
          send(caller, new Event.LaunchAnswered(id, self, answers));
      case AgentEffect.AnswerInventory(_, var jobs, var refused, var tasks, var ended) -> {
        var higher = refused.stream().map(j -> new Effect.JobEpoch(j.job(), j.epoch())).toList();
        send(caller, new Event.JobsAdopted(id, self, jobs, higher, tasks, ended));
      }
      case AgentEffect.Register(var to, var outputs) ->
          send(
              to,
              new Event.ExecutorRegistered(
                  new ExecutorInfo(id, self, "h", 1, SLOTS, "duckdb", false), outputs));
      case AgentEffect.SendHeartbeat(var to, var attempts, _) ->
          atOnce(to, new Event.Heartbeat(id, self, attempts));
      case AgentEffect.SendOffer(var to, var slots) -> {
        var offer = new Event.Offer(id, self, slots);
        if (slots.stream().allMatch(slot -> slot.lane())) {
          atOnce(to, offer); // Nothing here is small.
        } else {
          send(to, offer);
        }
      }
      case AgentEffect.SendStatuses(var to, var reports) ->
          send(
              to,
              new Event.TaskUpdates(
                  id,
                  self,
                  reports.stream()
                      .map(report -> new Event.TaskUpdate(report.status(), report.followUp()))
                      .toList()));
      case AgentEffect.LookForSchedulers _ ->
          cluster.schedulers().stream()
              .filter(one -> !one.dead())
              .forEach(one -> cluster.atOnce(() -> found(one.self())));
      case AgentEffect.AnswerOtherIncarnation _,
          AgentEffect.AskJobs _,
          AgentEffect.SayLeaving _,
          AgentEffect.Drained _ -> {}
    }
  }

  private void send(Incarnation to, Event event) {
    cluster.send(id() + " to " + to + " " + event, () -> cluster.scheduler(to).step(event));
  }

  private void atOnce(Incarnation to, Event event) {
    cluster.atOnce(() -> cluster.scheduler(to).step(event));
  }

  private void start(TaskLaunch launch) {
    cluster.oracle.started(launch.id());
    cluster.fact("started " + launch.id());
    running.add(launch.id());
    cluster.later("ends " + launch.id(), () -> ended(launch.id(), outcome(launch)));
  }

  /** Reads what it was told to read, if that is still where it was. */
  private TaskOutcome outcome(TaskLaunch launch) {
    if (dead || !running.contains(launch.id())) {
      return failed(new Failure.Killed("gone"));
    }
    for (InputLocation input : launch.inputs()) {
      if (!cluster.executor(input.executor()).files.contains(input.producer())) {
        return failed(new Failure.FetchFailed(input.producer(), "not there"));
      }
    }
    var file = new OutputFile(OutputFile.ALL_PARTITIONS, launch.id().toString(), 1, 1, 7);
    var output = new TaskOutput(List.of(file), Bytes.EMPTY, 1, 1);
    cluster.oracle.wrote(launch, output);
    files.add(launch.id());
    return new TaskOutcome.Succeeded(output);
  }

  private static TaskOutcome failed(Failure failure) {
    return new TaskOutcome.Failed(failure);
  }

  private void ended(TaskAttemptId attempt, TaskOutcome outcome) {
    if (!dead && running.remove(attempt)) {
      receive(caller, new AgentEvent.TaskEnded(attempt, outcome));
    }
  }

  String state() {
    return agent.incarnation() + " " + dead + (dead ? "" : " " + agent.encode() + files + running);
  }
}

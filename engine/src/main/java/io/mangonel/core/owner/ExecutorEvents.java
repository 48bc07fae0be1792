package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What executors say, and what their silence says, put into effect: on their slots, on the tasks
 * that run there, and on the jobs of those. Who asks has checked the incarnation.
 */
final class ExecutorEvents {
  private final Limits limits;
  private final Committer committer;
  private final TaskManager tasks;
  private final ExecutorManager executors;
  private final Takeover takeover;
  private final JobLifecycle jobs;
  private final List<Effect> effects;
  private final UnreachableHolders holders;
  private final Lanes lanes = new Lanes();

  /** Those of which only the store has told, and when each was told of this scheduler. */
  private final Map<ExecutorId, Long> announcedAtMs = new TreeMap<>();

  /**
   * @param effects takes what need not wait for a commit
   */
  ExecutorEvents(
      Limits limits,
      Committer committer,
      TaskManager tasks,
      ExecutorManager executors,
      Takeover takeover,
      JobLifecycle jobs,
      List<Effect> effects) {
    this.limits = limits;
    this.committer = committer;
    this.tasks = tasks;
    this.executors = executors;
    this.takeover = takeover;
    this.jobs = jobs;
    this.effects = effects;
    this.holders = new UnreachableHolders(tasks, executors, limits.executorSilentMs());
  }

  /** It may not know that there is a scheduler here: it is told until it is heard of. */
  void loaded(ExecutorInfo info, long nowMs) {
    executors.register(info, nowMs);
    announce(info.id(), info.incarnation(), nowMs);
  }

  private void announce(ExecutorId id, Incarnation incarnation, long nowMs) {
    announcedAtMs.put(id, nowMs);
    effects.add(new Effect.Announce(id, incarnation));
  }

  void register(ExecutorInfo info, List<TaskAttemptId> outputs, long nowMs) {
    announcedAtMs.remove(info.id());
    var before = executors.register(info, nowMs);
    if (before.isPresent() && !before.get().incarnation().equals(info.incarnation())) {
      gone(
          info.id(),
          before.get().incarnation(),
          outputs,
          "executor " + info.id() + " restarted",
          nowMs);
    }
    if (before.isEmpty() || !before.get().equals(info)) {
      committer.add(new Change.ExecutorWritten(info), nowMs);
    }
    committer.afterCommit(new Effect.ExecutorAccepted(info.id(), info.incarnation()));
    takeover.registered(info.id(), info.incarnation(), nowMs);
    holders.settled(info.id());
  }

  void heartbeat(Event.Heartbeat heartbeat, long nowMs) {
    ExecutorId id = heartbeat.executor();
    if (!executors.knows(id, heartbeat.incarnation())) {
      effects.add(new Effect.AskToRegister(id, heartbeat.incarnation()));
      return;
    }
    executors.heard(id, heartbeat.attempts(), nowMs);
    announcedAtMs.remove(id);
    holders.settled(id);
    for (TaskAttemptId attempt : heartbeat.attempts()) {
      tasks
          .find(attempt.job())
          .filter(job -> !job.adopting() && !job.wants(attempt))
          .ifPresent(
              job -> {
                var running = new ExecutionGraph.RunningTask(attempt, id, heartbeat.incarnation());
                jobs.cancel(job, List.of(running));
              });
    }
  }

  /** The executor is gone. */
  void lose(ExecutorId id, Incarnation incarnation, String reason, long nowMs) {
    if (executors.remove(id, incarnation)) {
      announcedAtMs.remove(id);
      gone(id, incarnation, List.of(), reason, nowMs);
      committer.add(new Change.ExecutorDeleted(id), nowMs);
      takeover.lost(id, nowMs).forEach(job -> jobs.settle(job, nowMs));
      holders.settled(id);
    }
  }

  /** What ran there is lost, and what it made except {@code kept}. */
  private void gone(
      ExecutorId id, Incarnation incarnation, List<TaskAttemptId> kept, String reason, long nowMs) {
    for (Job job : tasks.open()) {
      if (tasks.changed(
          job,
          graph -> graph.executorGone(id, incarnation, stillThere(graph, id, kept), reason),
          nowMs)) {
        jobs.settle(job, nowMs);
      }
      executors.track(job, id, nowMs);
    }
    lanes.forget(id);
  }

  /** With what runs in its present incarnation: an owner before may have heard of that first. */
  private List<TaskAttemptId> stillThere(
      ExecutionGraph graph, ExecutorId id, List<TaskAttemptId> kept) {
    Incarnation now = executors.info(id).map(ExecutorInfo::incarnation).orElse(null);
    var there = new ArrayList<>(kept);
    graph.running().stream()
        .filter(task -> task.executor().equals(id) && task.incarnation().equals(now))
        .forEach(task -> there.add(task.id()));
    return there;
  }

  /** The executor takes no more tasks; {@code gone}: and runs none. What it made is still there. */
  void leaving(ExecutorId id, boolean gone, long nowMs) {
    var unreported = executors.leaving(id, gone);
    var lost = new Failure.ExecutorLost("executor " + id + " left");
    unreported.forEach(attempt -> attemptFailed(attempt, id, lost, nowMs));
  }

  void offered(ExecutorId id, List<ExecutorReservation> reservations, long nowMs) {
    executors.slotsOffered(id, reservations.size());
    fill(reservations, nowMs);
  }

  void reserved(
      ExecutorId id, long request, List<ExecutorReservation> granted, int waiting, long nowMs) {
    executors.slotsAnswered(id, request, waiting);
    fill(granted, nowMs);
  }

  private void fill(List<ExecutorReservation> reservations, long nowMs) {
    var usable = new ArrayList<ExecutorReservation>();
    var unusable = new ArrayList<ExecutorReservation>();
    boolean mayLaunch = committer.mayLaunch(nowMs);
    for (var reservation : reservations) {
      boolean use = mayLaunch && executors.alive(reservation.executor(), nowMs);
      if (reservation.lane()) {
        lanes.hold(reservation);
      } else {
        (use ? usable : unusable).add(reservation);
      }
    }
    var filled = tasks.fillReservations(usable, executors::fingerprint, nowMs);
    executors.launch(filled.assigned(), nowMs);
    unusable.addAll(filled.left());
    executors.cancelReservations(unusable);
  }

  /** Small jobs that wait take the lanes that are held. */
  void useLanes(long nowMs) {
    if (lanes.isEmpty() || !tasks.wantsLane()) {
      return;
    }
    var usable =
        lanes.take(nowMs).stream()
            .filter(lane -> executors.knows(lane.executor(), lane.incarnation()))
            .filter(lane -> executors.alive(lane.executor(), nowMs))
            .toList();
    var filled = tasks.fillReservations(usable, executors::fingerprint, nowMs);
    filled.assigned().forEach(assignment -> lanes.use(assignment.reservation()));
    executors.launch(filled.assigned(), nowMs);
    filled.left().forEach(lanes::hold);
  }

  void launchAnswered(ExecutorId id, TaskLaunch.Answer answer, long nowMs) {
    switch (answer) {
      case TaskLaunch.Answer.Accepted(var attempt) -> executors.launchAccepted(id, attempt, nowMs);
      case TaskLaunch.Answer.Rejected(var attempt, _, var message) ->
          notLaunched(id, attempt, message, nowMs);
      case TaskLaunch.Answer.StaleEpoch(var attempt, long highest) -> {
        notLaunched(id, attempt, "a higher epoch was seen: " + highest, nowMs);
        tasks
            .find(attempt.job())
            .filter(job -> !job.ended() && job.epoch <= highest)
            .ifPresent(
                job -> {
                  job.epoch = highest + 1;
                  jobs.claimAgain(job, nowMs);
                });
      }
    }
  }

  private void notLaunched(ExecutorId id, TaskAttemptId attempt, String message, long nowMs) {
    if (executors.awaitsLaunchAnswer(id, attempt)) {
      attemptFailed(attempt, id, new Failure.LaunchRejected(message), nowMs);
    }
  }

  private void attemptFailed(TaskAttemptId attempt, ExecutorId id, Failure failure, long nowMs) {
    executors.forget(id, attempt);
    tasks
        .find(attempt.job())
        .filter(job -> tasks.changed(job, graph -> graph.failed(attempt, failure), nowMs))
        .ifPresent(job -> jobs.settle(job, nowMs));
  }

  /**
   * @param shared whether a job that is not known here may be another scheduler's: then its owner,
   *     or who claims it, acknowledges (rule T10)
   */
  void update(Event.TaskUpdates updates, boolean shared, long nowMs) {
    var statuses = accepted(updates, shared, nowMs);
    statuses.forEach(status -> executors.forget(updates.executor(), status.id()));
    var changed = tasks.updateTaskStatuses(statuses, limits.transitionBytesMax(), nowMs);
    changed.forEach(job -> jobs.settle(job, nowMs));
    committer.afterCommit(
        new Effect.AcknowledgeStatuses(
            updates.executor(),
            updates.incarnation(),
            statuses.stream().map(status -> status.id()).toList()));
    fill(
        updates.updates().stream()
            .flatMap(update -> Optional.ofNullable(update.followUp()).stream())
            .toList(),
        nowMs);
  }

  /**
   * The statuses that count now. A job that still hears inventories takes none: it would not know
   * what to make of it yet. One launched above the epoch known here is for whoever has taken the
   * job over.
   */
  private List<TaskStatus> accepted(Event.TaskUpdates updates, boolean shared, long nowMs) {
    var accepted = new ArrayList<TaskStatus>();
    for (Event.TaskUpdate update : updates.updates()) {
      TaskStatus status = update.status();
      Job job = tasks.find(status.id().job()).orElse(null);
      if (job != null && job.adopting()) {
        takeover.keepEarly(job, status);
      } else if (job == null ? !shared : status.id().launchEpoch() <= job.epoch) {
        accepted.add(holders.judged(status, nowMs));
      }
    }
    return accepted;
  }

  /**
   * Takes the statuses that came while jobs awaited inventories, as if they came now: to wait until
   * executors send them again would hold up each job whose task ended meanwhile.
   */
  void updateEarly(boolean shared, long nowMs) {
    var early = new TreeMap<ExecutorId, List<Event.TaskUpdate>>();
    for (TaskStatus status : takeover.takeEarly()) {
      if (executors.knows(status.executor(), status.incarnation())) {
        early
            .computeIfAbsent(status.executor(), _ -> new ArrayList<>())
            .add(new Event.TaskUpdate(status, null));
      }
    }
    early.forEach(
        (id, updates) -> {
          Incarnation run = updates.getFirst().status().incarnation();
          update(new Event.TaskUpdates(id, run, updates), shared, nowMs);
        });
  }

  /** Time passed: who is lost, what is missing, what to send again. */
  void tick(long nowMs) {
    var findings = executors.tick(nowMs);
    for (ExecutorInfo info : findings.lost()) {
      lose(info.id(), info.incarnation(), "executor " + info.id() + " is silent", nowMs);
    }
    var lost = new Failure.ExecutorLost("its executor lost it");
    findings.missing().forEach(found -> attemptFailed(found.id(), found.executor(), lost, nowMs));
    var unanswered = new Failure.LaunchRejected("no answer to its launch");
    findings
        .unlaunchable()
        .forEach(found -> attemptFailed(found.id(), found.executor(), unanswered, nowMs));
    takeover.tick(nowMs).forEach(job -> jobs.settle(job, nowMs));
    List.copyOf(announcedAtMs.entrySet()).stream()
        .filter(entry -> nowMs - entry.getValue() >= limits.askMs())
        .flatMap(entry -> executors.info(entry.getKey()).stream())
        .forEach(info -> announce(info.id(), info.incarnation(), nowMs));
  }

  void encode(RecordWriter out) {
    out.list(announcedAtMs.entrySet(), (o, e) -> o.text(e.getKey().value()).number(e.getValue()));
    holders.encode(out);
    lanes.encode(out);
  }
}

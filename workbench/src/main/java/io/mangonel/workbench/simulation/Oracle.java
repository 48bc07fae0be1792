package io.mangonel.workbench.simulation;

import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.JobPlan;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Knows what is true in the world, whatever the cores believe, and checks every step against it.
 */
final class Oracle {
  /** A timeout is noticed by the next tick of a scheduler that is there. */
  private static final long TIMEOUT_SLACK_MS = 200;

  /** In the message of a job that was given up because it had no plan after many claims. */
  static final String NEVER_PLANNED = "schedulers ended before they had planned it";

  private final World world;
  private final SimulatedStore store;
  private final Limits limits;
  private final Scenario scenario;
  private final Lineage lineage = new Lineage();
  final Readers readers;
  final Pauses pauses = new Pauses();
  private final Map<JobId, DurableGraph> graphs = new TreeMap<>();
  private final Set<TaskAttemptId> started = new HashSet<>();
  private final Set<TaskAttemptId> finished = new HashSet<>();
  private final Map<String, TaskAttemptId> startedPlaces = new HashMap<>();
  private final Set<TaskAttemptId> launched = new HashSet<>();
  private final Set<TaskAttemptId> acknowledged = new HashSet<>();
  private final Map<JobId, TerminalRecord> told = new TreeMap<>();
  private final Set<JobId> light = new TreeSet<>(); // By their plans (rule D12).
  private final Set<JobId> neverMade = new TreeSet<>();
  private final Set<JobId> small = new TreeSet<>();
  private final Map<JobId, TerminalRecord> toldEarly = new TreeMap<>(); // By the present scheduler.
  private final Set<JobId> answered = new TreeSet<>(); // By the present scheduler.
  private final Map<JobId, Map<Integer, Lineage.Rows>> sentEarly = new TreeMap<>();
  private final Map<JobId, Long> createdAtMs = new TreeMap<>();
  private final Map<String, JobId> submits = new TreeMap<>(); // By idempotency key.
  private final Set<JobId> mustStop = new TreeSet<>();
  private @Nullable Commit open; // Sent and not settled.
  private long openSinceMs;
  private long schedulerStartedMs;

  Oracle(World world, SimulatedStore store, Limits limits, Scenario scenario) {
    this.world = world;
    this.store = store;
    this.limits = limits;
    this.scenario = scenario;
    this.readers = new Readers(limits.retentionMs());
  }

  static void check(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }

  void planned(JobId job, long epoch, List<StageSpec> stages) {
    lineage.planned(job, epoch, stages);
  }

  /** A submit came with its plan. */
  void submittedWith(JobId job, JobPlan plan) {
    if (plan.readOnly() && isOneTask(plan.stages())) {
      light.add(job);
    }
    if (plan.small()) {
      small.add(job);
    }
  }

  private static boolean isOneTask(List<StageSpec> stages) {
    return stages.size() == 1 && stages.getFirst().tasks() == 1;
  }

  void runsInLane(TaskAttemptId id) {
    check(small.contains(id.job()), "in the lane, and not small: " + id);
  }

  /** Whether there is nothing else to do for the attempt's job. */
  boolean isOneTask(TaskAttemptId id) {
    return isOneTask(lineage.plan(id));
  }

  /** Another scheduler takes over: what the one before had not committed is void. */
  void schedulerRestarted(long nowMs) {
    schedulerStartedMs = nowMs;
    open = null;
    readers.schedulerRestarted(nowMs);
    answered.clear();
    toldEarly.keySet().stream()
        .filter(job -> !hasEnded(job))
        .forEach(_ -> world.count(Fault.LIGHT_ANSWER_NOT_STORED));
    toldEarly.clear();
    // What did not matter to the one before may matter to this one: its output is still there.
    acknowledged.clear();
  }

  /** A scheduler loads a job with a durable wish to end it: it must not launch any of it (D7). */
  void cancelKnown(JobId job) {
    mustStop.add(job);
  }

  // Rules D1, D2, D9.

  void sent(Commit commit, long nowMs) {
    Commit before = open;
    if (before != null && before.next() == commit.next()) {
      check(before.equals(commit), "D2: not the identical transaction again: " + commit.count());
      return;
    }
    if (before != null && before.count() == commit.count()) {
      check(inPlaceOf(before, commit), "D2: not the same, nor without lost submits: " + commit);
    }
    check(store.fenceCount == commit.count(), "D2: sent before the one before was settled");
    int operations = 1 + commit.changes().stream().mapToInt(Change::operations).sum();
    int bytes = commit.changes().stream().mapToInt(Change::bytes).sum();
    check(operations <= limits.commitOperationsMax(), "D9: " + operations + " operations");
    check(bytes <= limits.commitBytesMax(), "D9: " + bytes + " bytes");
    for (TaskAttemptId id : endedIn(commit)) {
      check(!acknowledged.contains(id), "D5: acknowledged before it was committed: " + id);
    }
    open = commit;
    openSinceMs = nowMs;
  }

  /** Whether what is left out of the one before is about submits that another was faster with. */
  private boolean inPlaceOf(Commit before, Commit commit) {
    var lost = new TreeSet<JobId>();
    for (Change change : before.changes()) {
      if (change instanceof Change.JobCreated made
          && submits.containsKey(made.request().idempotencyKey())) {
        lost.add(made.job());
      }
    }
    Commit rest = before.without(lost, commit.next());
    return !lost.isEmpty() && (rest.changes().isEmpty() || rest.equals(commit));
  }

  // Rule D6.

  /** A job was made under an idempotency key, here or elsewhere. */
  void submitted(String key, JobId job) {
    JobId before = submits.putIfAbsent(key, job);
    check(before == null, "D6: two jobs under " + key + ": " + before + " and " + job);
  }

  /** The job that a client's statement became, once that is durable. */
  Optional<JobId> jobUnder(String key) {
    return Optional.ofNullable(submits.get(key));
  }

  private boolean settled() {
    return open == null || store.fenceCount > open.count();
  }

  /** Whether the end of the job has been sent to the store and is not settled. */
  boolean ending(JobId job) {
    Commit sent = open;
    return sent != null
        && !settled()
        && sent.changes().stream()
            .anyMatch(change -> change instanceof Change.JobEnded end && end.job().equals(job));
  }

  private static List<TaskAttemptId> endedIn(Commit commit) {
    var ids = new ArrayList<TaskAttemptId>();
    for (Change change : commit.changes()) {
      if (change instanceof Change.Transitions entry) {
        for (GraphTransition transition : entry.transitions()) {
          switch (transition) {
            case GraphTransition.TaskSucceeded(var id, _) -> ids.add(id);
            case GraphTransition.TaskFailed(var id, _) -> ids.add(id);
            case GraphTransition.TaskLaunched _,
                GraphTransition.ExecutorGone _,
                GraphTransition.RowsSent _ -> {}
          }
        }
      }
    }
    return ids;
  }

  /** A change is in the store. */
  void durable(Change change, long nowMs) {
    switch (change) {
      case Change.PlanWritten(var job, var plan) ->
          graphs.put(job, new DurableGraph(plan.stages(), lineage, limits));
      case Change.Transitions entry -> entry.transitions().forEach(graph(entry.job())::apply);
      case Change.JobEnded(var job, _, var record, _, _, _) -> ended(job, record);
      case Change.JobForgotten(var job) -> readers.forgotten(job, nowMs);
      case Change.ExecutorDeleted(var executor) ->
          check(
              scenario.wild() || scenario == Scenario.EXECUTOR_RESTARTS,
              "T11: executor " + executor + " was taken for lost");
      case Change.JobCreated(var job, _, var request) -> {
        check(!neverMade.contains(job), "D6: removed, and then made: " + job);
        createdAtMs.put(job, nowMs);
        submitted(request.idempotencyKey(), job);
      }
      case Change.JobClaimed(var job, _) -> {
        if (light.remove(job)) {
          world.count(Fault.LIGHT_TAKEN_OVER);
        }
      }
      case Change.PlanChunkWritten _,
          Change.SnapshotWritten _,
          Change.SnapshotChunkWritten _,
          Change.LogTrimmed _,
          Change.SnapshotDropped _,
          Change.ExecutorWritten _ -> {}
    }
  }

  private DurableGraph graph(JobId job) {
    DurableGraph graph = graphs.get(job);
    if (graph == null) {
      throw new AssertionError("a log before a plan: " + job);
    }
    return graph;
  }

  // Rules D4, D5.

  void effect(Effect effect, long nowMs) {
    switch (effect) {
      case Effect.LaunchTasks(_, _, var launches) ->
          launches.forEach(launch -> launches(launch, nowMs));
      case Effect.AcknowledgeStatuses(_, _, var ids) -> {
        if (open != null && !settled()) {
          endedIn(open).stream()
              .filter(id -> !neverMade.contains(id.job()))
              .forEach(id -> check(!ids.contains(id), "D5: acknowledged " + id));
        }
        acknowledged.addAll(ids);
      }
      case Effect.JobAccepted(var job) ->
          check(
              store.jobs.containsKey(job) || light.contains(job),
              "D5: accepted before it was stored: " + job);
      case Effect.JobExists(var job, var existing) -> {
        check(submits.containsValue(existing), "D6: does not exist: " + existing);
        check(!store.jobs.containsKey(job), "D6: was made all the same: " + job);
      }
      case Effect.JobFinished(var job, var record) -> answer(job, record);
      case Effect.JobFailed(var job, var record) -> answer(job, record);
      case Effect.JobCancelled(var job, var record) -> answer(job, record);
      case Effect.RemoveJobData(_, _, var job, _) -> {
        if (light.contains(job) && !store.jobs.containsKey(job)) {
          neverMade.add(job); // Another submit was first.
        } else {
          check(hasEnded(job), "D5: removed " + job);
        }
      }
      case Effect.ExecutorAccepted(var id, _) ->
          check(store.executors.containsKey(id), "D5: registered before it was stored: " + id);
      case Effect.Fenced _ -> throw new AssertionError("fenced, but its key is its own");
      case Effect.PlanJob(var job, _) -> {
        var stored = store.jobs.get(job);
        check(
            stored == null || stored.epoch < limits.unplannedClaimsMax(),
            "T14: planned again after many claims: " + job);
      }
      case Effect.StopPlanning _,
          Effect.ReserveSlots _,
          Effect.CancelReservations _,
          Effect.CancelTasks _,
          Effect.AdoptJobs _,
          Effect.AskToRegister _,
          Effect.JobRefused _,
          Effect.ListOrphans _,
          Effect.ClaimJobs _,
          Effect.OfPeer _,
          Effect.ReadFence _ -> {}
    }
  }

  private boolean hasEnded(JobId job) {
    var stored = store.jobs.get(job);
    return stored != null && stored.end != null;
  }

  private void launches(TaskLaunch launch, long nowMs) {
    var stored = store.jobs.get(launch.id().job());
    boolean ahead = light.contains(launch.id().job()) && launch.epoch() == 1;
    if (ahead && stored == null) {
      world.count(Fault.LIGHT_LAUNCHED_EARLY);
    }
    check(
        ahead || (stored != null && stored.epoch >= launch.epoch()),
        "D4: launched before its epoch was stored: " + launch.id());
    check(!mustStop.contains(launch.id().job()), "D7: launched though cancelled: " + launch.id());
    if (!launched.add(launch.id())) {
      return; // The same launch again.
    }
    check(
        settled() || nowMs - openSinceMs <= limits.uncommittedAgeMaxMs(),
        "D9: launched " + (nowMs - openSinceMs) + " ms ahead of the store");
    check(launch.epoch() == launch.id().launchEpoch(), "launched in another epoch: " + launch.id());
    var actual = launch.inputs().stream().map(InputLocation::producer).map(Lineage::place).toList();
    check(actual.equals(lineage.inputsOf(launch.id())), "inputs of " + launch.id() + ": " + actual);
  }

  // Tasks.

  /** An executor starts an attempt: once in all history. */
  void started(TaskAttemptId id) {
    check(started.add(id), "ran twice: " + id);
    String place = id.job() + "/" + lineage.planEpoch(id) + "/" + Lineage.place(id);
    TaskAttemptId before = startedPlaces.put(place, id);
    boolean allowed =
        switch (scenario) {
          case CALM, SCHEDULER_RESTARTS -> before == null;
          case EXECUTOR_RESTARTS -> before == null || !finished.contains(before);
          case PAUSES, WILD -> true;
        };
    check(allowed, "runs again for no reason: " + id + " after " + before);
  }

  /**
   * An attempt read its inputs and wrote its rows.
   *
   * @param kept whether a restart of its executor finds them again
   */
  void wrote(TaskLaunch launch, boolean kept) {
    lineage.wrote(launch);
    if (kept) {
      finished.add(launch.id());
    }
  }

  // Answers.

  /** Whether it is durable that rows of the answer are with a client. */
  boolean rowsMayBeSent(JobId job) {
    DurableGraph graph = graphs.get(job);
    return graph != null && graph.rowsSent();
  }

  /** Rows of a partition of the answer, before the job ended. */
  void rowsSentEarly(TaskAttemptId winner) {
    check(graph(winner.job()).rowsSent(), "D5: rows of " + winner + " before that was stored");
    var rows = lineage.of(winner);
    var sent = sentEarly.computeIfAbsent(winner.job(), _ -> new TreeMap<>());
    var before = sent.putIfAbsent(winner.partition(), rows);
    check(before == null || before.equals(rows), "T7: other rows sent of " + winner);
  }

  /** The answer is complete and of one making, with what was sent of it before. */
  private void ended(JobId job, TerminalRecord record) {
    var early = toldEarly.get(job);
    check(early == null || early.equals(record), "D12: told " + early + ", stored " + record);
    var stored = store.jobs.get(job);
    if (stored != null && stored.request.timeoutMs() > 0) {
      long dueMs = stored.request.submittedAtMs() + stored.request.timeoutMs();
      // It may have been sent for a while before it could be stored, and what a scheduler had
      // decided is void when it dies before that is stored.
      long storedMs = createdAtMs.getOrDefault(job, dueMs);
      long fromMs = Math.max(dueMs, Math.max(storedMs, schedulerStartedMs));
      long lateMs = record.endedAtMs() - fromMs - pauses.within(fromMs, record.endedAtMs());
      check(lateMs <= TIMEOUT_SLACK_MS, "a timeout " + lateMs + " ms late: " + job + " " + record);
    }
    if (record instanceof TerminalRecord.Failed failed
        && failed.message().contains(" times, last")) {
      check(
          graph(job).failuresMost() >= limits.attemptsMax(),
          "failed after " + graph(job).failuresMost() + " attempts: " + failed);
    }
    if (record instanceof TerminalRecord.Failed failed
        && failed.message().contains(NEVER_PLANNED)) {
      check(
          stored != null && stored.plan == null && stored.epoch > limits.unplannedClaimsMax(),
          "T14: given up too early: " + job + ", " + failed);
    }
    if (!(record instanceof TerminalRecord.Finished finishedRecord)) {
      return;
    }
    Lineage.Rows all = Lineage.Rows.none();
    var partitions = new TreeSet<Integer>();
    int tasks = 0;
    for (var part : finishedRecord.result()) {
      var plan = lineage.plan(part.attempt());
      tasks = plan.getLast().tasks();
      check(partitions.add(part.attempt().partition()), "partition twice in the result: " + job);
      check(part.attempt().stage() == plan.size() - 1, "not of the root: " + part.attempt());
      all = all.with(lineage.of(part.attempt()));
      var sent = sentEarly.getOrDefault(job, Map.of()).get(part.attempt().partition());
      check(
          sent == null || sent.equals(lineage.of(part.attempt())),
          "T7: the answer of " + job + " is not what was sent of it before: " + part.attempt());
    }
    check(tasks > 0 && partitions.size() == tasks, "result is incomplete: " + job);
    check(!all.mixed(), "T7: the answer of " + job + " mixes attempts: " + all);
  }

  private void answer(JobId job, TerminalRecord record) {
    check(answered.add(job), "answered twice: " + job);
    if (light.contains(job) && !hasEnded(job)) {
      answeredEarly(job, record);
    } else {
      told(job, record);
    }
  }

  /** Rule D12: rows of the only task, as its status brought them; or nothing is made of the job. */
  private void answeredEarly(JobId job, TerminalRecord record) {
    switch (record) {
      case TerminalRecord.Finished(var parts, _) -> {
        check(parts.size() == 1 && isOneTask(parts.getFirst().attempt()), "D12: not light: " + job);
        check(parts.getFirst().output().files().isEmpty(), "D5: told of rows in files: " + job);
        check(parts.getFirst().attempt().launchEpoch() == 1, "D5: was taken over: " + job);
        world.count(Fault.LIGHT_ANSWERED_EARLY);
        toldEarly.put(job, record);
      }
      case TerminalRecord.Failed failed ->
          check(!store.jobs.containsKey(job), "D5: told before it was stored: " + failed);
      case TerminalRecord.Cancelled _ -> throw new AssertionError("D5: told early: " + job);
    }
  }

  /** A client is told the end, pushed or asked for, by any scheduler: always the same. */
  void told(JobId job, TerminalRecord record) {
    var stored = store.jobs.get(job);
    check(
        stored != null && record.equals(stored.end),
        "D5: told before it was stored, or otherwise: " + job);
    TerminalRecord before = told.putIfAbsent(job, record);
    check(before == null || before.equals(record), "told " + before + " and then " + record);
    boolean must =
        switch (scenario) {
          case CALM, SCHEDULER_RESTARTS, EXECUTOR_RESTARTS, PAUSES -> true;
          case WILD -> false;
        };
    boolean poison =
        scenario == Scenario.EXECUTOR_RESTARTS
            && record instanceof TerminalRecord.Failed failed
            && failed.message().contains("deaths of executors");
    check(
        !must || poison || record instanceof TerminalRecord.Finished,
        job + " did not finish: " + record);
  }

  boolean isTold(JobId job) {
    return told.containsKey(job);
  }
}

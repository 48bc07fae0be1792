package io.mangonel.workbench.simulation;

import io.mangonel.core.graph.EdgeKind;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.graph.StageEdge;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Knows what is true in the world, whatever the cores believe, and checks every step against it.
 */
final class Oracle {
  /**
   * What an attempt wrote: which attempts of which partitions its rows descend from. For stages
   * that are not deterministic two different ones must never meet.
   */
  private record Rows(Map<String, TaskAttemptId> descent) {}

  /** A launch decided in one step is seen after the next. */
  private static final long EVENT_GAP_MS = 500;

  private final SimulatedStore store;
  private final Limits limits;
  private final Map<JobId, List<StageSpec>> plans = new TreeMap<>();
  private final Map<TaskAttemptId, Rows> rows = new TreeMap<>();
  private final Set<TaskAttemptId> ran = new HashSet<>();
  private final Set<TaskAttemptId> launched = new HashSet<>();
  private final Set<TaskAttemptId> acknowledged = new HashSet<>();
  private final Set<JobId> answered = new TreeSet<>();
  private @Nullable Commit open; // Sent and not settled.
  private long openSinceMs;

  Oracle(SimulatedStore store, Limits limits) {
    this.store = store;
    this.limits = limits;
  }

  static void check(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }

  void planned(JobId job, List<StageSpec> stages) {
    plans.put(job, stages);
  }

  /** Another scheduler takes over: what the one before had not committed is void. */
  void schedulerRestarted() {
    open = null;
  }

  // Rules D1, D2, D9.

  void sent(Commit commit, long nowMs) {
    Commit before = open;
    if (before != null && before.count() == commit.count()) {
      check(before.equals(commit), "D2: not the identical transaction again: " + commit.count());
      return;
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

  private boolean settled() {
    return open == null || store.fenceCount > open.count();
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

  // Rules D4, D5, T7.

  void effect(Effect effect, long nowMs) {
    switch (effect) {
      case Effect.LaunchTasks(_, _, var launches) ->
          launches.forEach(launch -> launches(launch, nowMs));
      case Effect.AcknowledgeStatuses(_, _, var ids) -> {
        if (open != null && !settled()) {
          endedIn(open).forEach(id -> check(!ids.contains(id), "D5: acknowledged " + id));
        }
        acknowledged.addAll(ids);
      }
      case Effect.JobAccepted(var job) ->
          check(store.jobs.containsKey(job), "D5: accepted before it was stored: " + job);
      case Effect.JobFinished(var job, var record) -> finished(job, record);
      case Effect.JobFailed(var job, var record) -> answered(job, record);
      case Effect.JobCancelled(var job, var record) -> answered(job, record);
      case Effect.RemoveJobData(_, _, var job, _) -> check(ended(job), "D5: removed " + job);
      case Effect.ExecutorAccepted(var id, _) ->
          check(store.executors.containsKey(id), "D5: registered before it was stored: " + id);
      case Effect.Fenced _ -> throw new AssertionError("fenced, but its key is its own");
      case Effect.PlanJob _,
          Effect.StopPlanning _,
          Effect.ReserveSlots _,
          Effect.CancelReservations _,
          Effect.CancelTasks _,
          Effect.AdoptJobs _,
          Effect.AskToRegister _,
          Effect.JobRefused _,
          Effect.ReadFence _ -> {}
    }
  }

  private boolean ended(JobId job) {
    var stored = store.jobs.get(job);
    return stored != null && stored.end != null;
  }

  private void launches(TaskLaunch launch, long nowMs) {
    var stored = store.jobs.get(launch.id().job());
    check(
        stored != null && stored.epoch >= launch.epoch(),
        "D4: launched before its epoch was stored: " + launch.id());
    if (!launched.add(launch.id())) {
      return; // The same launch again.
    }
    check(
        settled() || nowMs - openSinceMs <= limits.uncommittedAgeMaxMs() + EVENT_GAP_MS,
        "D9: launched " + (nowMs - openSinceMs) + " ms ahead of the store");
    check(launch.epoch() == launch.id().launchEpoch(), "launched in another epoch: " + launch.id());
    var spec = spec(launch.id());
    var expected = new ArrayList<String>();
    for (StageEdge edge : spec.inputs()) {
      for (int p = 0; p < plan(launch.id().job()).get(edge.producer()).tasks(); p++) {
        if (edge.kind() != EdgeKind.SAME || p == launch.id().partition()) {
          expected.add(edge.producer() + "/" + p);
        }
      }
    }
    var actual = launch.inputs().stream().map(InputLocation::producer).map(Oracle::place).toList();
    check(actual.equals(expected), "inputs of " + launch.id() + ": " + actual);
  }

  private static String place(TaskAttemptId id) {
    return id.stage() + "/" + id.partition();
  }

  private List<StageSpec> plan(JobId job) {
    List<StageSpec> plan = plans.get(job);
    if (plan == null) {
      throw new AssertionError("never planned: " + job);
    }
    return plan;
  }

  private StageSpec spec(TaskAttemptId id) {
    return plan(id.job()).get(id.stage());
  }

  /** An executor starts an attempt: once in all history. */
  void started(TaskAttemptId id) {
    check(ran.add(id), "ran twice: " + id);
  }

  /** An attempt read its inputs and wrote its rows. */
  void wrote(TaskLaunch launch) {
    var descent = new TreeMap<String, TaskAttemptId>();
    for (InputLocation input : launch.inputs()) {
      Rows read = rows.get(input.producer());
      check(read != null, "read what was never written: " + input.producer());
      if (read != null) {
        read.descent.forEach((place, id) -> meet(descent, place, id));
      }
    }
    if (!spec(launch.id()).deterministic()) {
      meet(descent, place(launch.id()), launch.id());
    }
    rows.put(launch.id(), new Rows(descent));
  }

  /** Two makings of the same rows met in one attempt: it must never count. */
  private static void meet(Map<String, TaskAttemptId> descent, String place, TaskAttemptId id) {
    TaskAttemptId before = descent.put(place, id);
    if (before != null && !before.equals(id)) {
      descent.put("mixed", id);
    }
  }

  private void finished(JobId job, TerminalRecord.Finished record) {
    answered(job, record);
    check(record.result().size() == plan(job).getLast().tasks(), "result is incomplete: " + job);
    var all = new TreeMap<String, TaskAttemptId>();
    var partitions = new TreeSet<Integer>();
    for (var part : record.result()) {
      check(partitions.add(part.attempt().partition()), "partition twice in the result: " + job);
      check(part.attempt().stage() == plan(job).size() - 1, "not of the root: " + part.attempt());
      Rows made = rows.get(part.attempt());
      check(made != null, "the result was never made: " + part.attempt());
      if (made != null) {
        made.descent.forEach((place, id) -> meet(all, place, id));
      }
    }
    check(!all.containsKey("mixed"), "T7: the answer of " + job + " mixes attempts: " + all);
  }

  private void answered(JobId job, TerminalRecord record) {
    var stored = store.jobs.get(job);
    check(
        stored != null && record.equals(stored.end),
        "D5: answered before it was stored, or otherwise: " + job);
    check(answered.add(job), "answered twice: " + job);
  }
}

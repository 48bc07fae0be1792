package io.mangonel.workbench.simulation.oracle;

import static io.mangonel.workbench.simulation.oracle.Oracle.check;

import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.suspicion.PeerEffect;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.workbench.simulation.store.SimulatedStore;
import io.mangonel.workbench.simulation.world.Fault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What one scheduler incarnation sends, launches, acknowledges and answers, and whether it may. */
public final class SchedulerWatch {
  /** A timeout is noticed by the next tick of a scheduler that is there. */
  private static final long TIMEOUT_SLACK_MS = 200;

  private final Oracle oracle;
  private final SimulatedStore store;
  private final Limits limits;
  private final Incarnation self;
  private final Readers readers;
  private final Pauses pauses = new Pauses();
  private final Set<TaskAttemptId> acknowledged = new HashSet<>();
  private final Map<JobId, TerminalRecord> toldEarly = new TreeMap<>();
  private final Set<JobId> answered = new TreeSet<>();
  private final Map<JobId, Long> loadedAtMs = new TreeMap<>();
  private final Set<JobId> mustStop = new TreeSet<>();
  private final long startedAtMs;
  private long clockAheadMs;
  private int executorsInReach;
  private @Nullable Commit open; // Sent and not settled.
  private long openSinceMs;

  /**
   * @param nowMs the world's time, as all times here
   */
  SchedulerWatch(Oracle oracle, SimulatedStore store, Limits limits, Incarnation self, long nowMs) {
    this.oracle = oracle;
    this.store = store;
    this.limits = limits;
    this.self = self;
    this.startedAtMs = nowMs;
    this.readers = new Readers(limits.retentionMs(), nowMs);
  }

  /** It stands still: it can do nothing then. */
  public void paused(long fromMs, long toMs) {
    pauses.add(fromMs, toMs);
  }

  /** Its clock is ahead of the world's now. */
  public void clockAhead(long ms) {
    clockAheadMs = ms;
  }

  /**
   * What it answered early and did not live to store is void, and its client may hear otherwise.
   */
  public void died() {
    toldEarly.keySet().stream()
        .filter(job -> !oracle.hasEnded(job))
        .forEach(_ -> oracle.count(Fault.LIGHT_ANSWER_NOT_STORED));
  }

  /**
   * It takes a job over.
   *
   * @param cancelled with a durable wish to end it: it must not launch any of it (rule D7)
   */
  public void loads(JobId job, boolean cancelled, long nowMs) {
    var stored = store.jobs.get(job);
    check(
        stored != null && (stored.owner.equals(self) || !store.present(stored.owner)),
        "D3: " + self + " loads what is not its: " + job);
    loadedAtMs.put(job, nowMs);
    if (cancelled && !oracle.publishing(job)) {
      mustStop.add(job);
    }
  }

  /** It keeps an ended job of another from now on. */
  public void inherits(JobId job, long nowMs) {
    readers.loaded(job, nowMs);
  }

  /** Who begins to read what is no longer kept reads nothing. */
  public void reading(Event event, Set<JobId> kept, long nowMs) {
    if (event instanceof Event.ReadingBegins(var job) && kept.contains(job)) {
      readers.begins(job, nowMs);
    } else if (event instanceof Event.ReadingEnds(var job)) {
      readers.ends(job, nowMs);
    }
  }

  // Rules D1, D2, D9.

  public void sent(Commit commit, long nowMs) {
    Commit before = open;
    if (before != null && before.next() == commit.next()) {
      check(before.equals(commit), "D2: not the identical transaction again: " + commit.count());
      return;
    }
    if (before != null && before.count() == commit.count()) {
      check(
          oracle.inPlaceOf(before, commit),
          "D2: not the same, nor without lost submits: " + commit);
    }
    check(store.count(self) == commit.count(), "D2: sent before the one before was settled");
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
    return open == null || store.count(self) > open.count();
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
                GraphTransition.RowsSent _,
                GraphTransition.PublishingBegun _ -> {}
          }
        }
      }
    }
    return ids;
  }

  // Rules D4, D5.

  public void effect(Effect effect, long nowMs) {
    switch (effect) {
      case Effect.LaunchTasks(_, _, var launches) ->
          launches.forEach(launch -> launches(launch, nowMs));
      case Effect.AcknowledgeStatuses(var executor, var incarnation, var ids) ->
          acknowledges(executor, incarnation, ids);
      case Effect.JobAccepted(var job) -> oracle.accepted(job);
      case Effect.JobExists(var job, var existing) -> oracle.exists(job, existing);
      case Effect.JobFinished(var job, var record) -> answer(job, record);
      case Effect.JobFailed(var job, var record) -> answer(job, record);
      case Effect.JobCancelled(var job, var record) -> answer(job, record);
      case Effect.RemoveJobData(_, _, var job, _) -> oracle.removes(job);
      case Effect.ExecutorAccepted(_, var run) ->
          check(store.wasRegistered(run), "D5: registered before it was stored: " + run);
      case Effect.Fenced _ -> fenced(nowMs);
      case Effect.OfPeer(PeerEffect.RemoveKey(var peer)) -> {
        if (store.present(peer)) { // An old list may show it once more.
          oracle.evidence().removes(self, peer);
        }
      }
      case Effect.PlanJob(var job, _, _) -> {
        var stored = store.jobs.get(job);
        check(
            stored == null || stored.epochBefore(self) < limits.unplannedClaimsMax(),
            "T14: planned again after many claims: " + job);
      }
      case Effect.StopPlanning _,
          Effect.ReserveSlots _,
          Effect.CancelReservations _,
          Effect.CancelTasks _,
          Effect.AdoptJobs _,
          Effect.AskToRegister _,
          Effect.Announce _,
          Effect.JobRefused _,
          Effect.ListOrphans _,
          Effect.TrimStore _,
          Effect.ClaimJobs _,
          Effect.OfPeer _,
          Effect.ReadFence _ -> {}
    }
  }

  /** Its key is gone, or it is useless where it is. */
  private void fenced(long nowMs) {
    if (store.present(self)) {
      check(
          oracle.evidence().isUseless(self, executorsInReach, nowMs),
          "D2: fenced, but its key is its own: " + self);
      oracle.count(Fault.USELESS_OWNER);
    }
    oracle.count(Fault.SCHEDULER_FENCED);
  }

  /** How many executors it hears from now. */
  public void reaches(int executors) {
    executorsInReach = executors;
  }

  /** After the commit, and only by who schedules the job (rule T10). */
  private void acknowledges(ExecutorId executor, Incarnation incarnation, List<TaskAttemptId> ids) {
    if (open != null && !settled()) {
      endedIn(open).stream()
          .filter(id -> !oracle.neverMade(id.job()))
          .forEach(id -> check(!ids.contains(id), "D5: acknowledged " + id));
    }
    var present = store.executors.get(executor);
    boolean heard = present == null || present.incarnation().equals(incarnation);
    for (TaskAttemptId id : ids) {
      var stored = store.jobs.get(id.job());
      check(
          !heard // It is of an incarnation that another has taken the place of.
              || stored == null
              || stored.end != null
              || stored.owner.equals(self)
              || isOfOldPlan(id, stored)
              || oracle.isSettled(id),
          "T10: " + self + " acknowledged what is another's: " + id);
      if (stored != null && stored.owner.equals(self)) {
        oracle.acknowledgedByOwner(id);
      }
    }
    acknowledged.addAll(ids);
  }

  /** Whoever owns the job discards it as well. */
  private static boolean isOfOldPlan(TaskAttemptId id, SimulatedStore.Stored stored) {
    return stored.plan != null && id.launchEpoch() < stored.plan.epoch();
  }

  private void launches(TaskLaunch launch, long nowMs) {
    JobId job = launch.id().job();
    var stored = store.jobs.get(job);
    boolean ahead = oracle.isLight(job, self) && launch.epoch() == 1;
    if (ahead && stored == null) {
      oracle.count(Fault.LIGHT_LAUNCHED_EARLY);
    }
    check(
        ahead || (stored != null && self.equals(stored.ownerOf(launch.epoch()))),
        "D4: launched before its epoch was stored: " + launch.id());
    check(!mustStop.contains(job), "D7: launched though cancelled: " + launch.id());
    if (!oracle.launchesFirst(launch)) {
      return; // The same launch again.
    }
    check(
        settled()
            || (open != null && oracle.isVoid(open))
            || nowMs - openSinceMs <= limits.uncommittedAgeMaxMs()
            || !store.present(self), // What it does then executors and store refuse.
        "D9: launched " + (nowMs - openSinceMs) + " ms ahead of the store");
    check(
        launch.id().launcher().equals(self) && launch.epoch() == launch.id().launchEpoch(),
        "launched as another, or in another epoch: " + launch.id());
    oracle.reads(launch.id(), launch.inputs().stream().map(InputLocation::producer).toList());
  }

  // Answers.

  private void answer(JobId job, TerminalRecord record) {
    check(answered.add(job), "answered twice: " + job);
    // One that lost its key and does not know yet may still answer what another ended since.
    boolean elsewhere = !store.present(self) && !oracle.isEnd(job, record);
    if (oracle.answersAhead(job, self) && (!oracle.hasEnded(job) || elsewhere)) {
      oracle.answeredEarly(job, record);
      if (record instanceof TerminalRecord.Finished) {
        toldEarly.put(job, record);
      }
    } else {
      oracle.told(job, record);
    }
  }

  /** An end that it decided is durable. */
  void ended(JobId job, TerminalRecord record, long createdAtMs) {
    var early = toldEarly.get(job);
    check(early == null || early.equals(record), "D12: told " + early + ", stored " + record);
    long decidedMs = record.endedAtMs() - clockAheadMs;
    readers.ended(job, decidedMs);
    var stored = store.jobs.get(job);
    boolean stopped =
        record instanceof TerminalRecord.Cancelled
            || (record instanceof TerminalRecord.Failed why && why.message().contains("timeout"));
    check(
        !stopped || !oracle.publishing(job),
        "T16: stopped while publishing: " + job + " " + record);
    if (stored == null || stored.request.timeoutMs() == 0 || oracle.publishing(job)) {
      return;
    }
    long dueMs = stored.request.submittedAtMs() + stored.request.timeoutMs();
    // It may have been sent for a while before it could be stored, and what a scheduler had
    // decided is void when it dies before that is stored.
    long ownedMs = Math.max(createdAtMs, loadedAtMs.getOrDefault(job, startedAtMs));
    long fromMs = Math.max(dueMs, ownedMs);
    long lateMs = decidedMs - fromMs - pauses.within(fromMs, decidedMs);
    check(lateMs <= TIMEOUT_SLACK_MS, "a timeout " + lateMs + " ms late: " + job + " " + record);
  }

  /** That a job is forgotten is durable. */
  void forgotten(JobId job, long nowMs) {
    readers.forgotten(job, nowMs, clockAheadMs);
  }
}

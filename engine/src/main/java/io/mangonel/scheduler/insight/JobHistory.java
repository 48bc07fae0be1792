package io.mangonel.scheduler.insight;

import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.record.LogEntry;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.TaskAttemptId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * When which attempt of a job ran where, and how it ended: the job's log, read for people. Decides
 * nothing. Thread-safe.
 */
public final class JobHistory {
  /** Attempts kept of a job; the oldest go first. */
  static final int ATTEMPTS_MAX = 5_000;

  /** Changes of owner kept of a job; the oldest go first. */
  static final int OWNERS_MAX = 100;

  private final Map<TaskAttemptId, AttemptLine> attempts = new LinkedHashMap<>();
  private final Map<Long, OwnerLine> owners = new LinkedHashMap<>();

  /** Epochs of which something is in the log: their lines are what the log says. */
  private final Set<Long> logged = new HashSet<>();

  private boolean complete = true;

  /**
   * A copy to show.
   *
   * @param complete whether nothing is missing at the beginning
   */
  public record View(List<AttemptLine> attempts, List<OwnerLine> owners, boolean complete) {
    public static final View NONE = new View(List.of(), List.of(), false);

    public View {
      attempts = List.copyOf(attempts);
      owners = List.copyOf(owners);
    }
  }

  /** Of a stored log. What a snapshot has replaced is missing. */
  public static JobHistory of(List<LogEntry> log, boolean whole) {
    var history = new JobHistory();
    log.forEach(history::add);
    history.complete &= whole;
    return history;
  }

  /** It has the job; since when, the log says from its first entry on, and so for ever. */
  synchronized void owner(long epoch, String scheduler, long atMs) {
    if (epoch > 0 && !scheduler.isEmpty()) {
      owners.putIfAbsent(epoch, new OwnerLine(epoch, scheduler, atMs));
      trim(owners, OWNERS_MAX);
    }
  }

  private void logged(long epoch, String scheduler, long atMs) {
    if (epoch > 0 && !scheduler.isEmpty() && logged.add(epoch)) {
      owners.put(epoch, new OwnerLine(epoch, scheduler, atMs));
      trim(owners, OWNERS_MAX);
    }
  }

  synchronized void add(LogEntry entry) {
    for (int i = 0; i < entry.transitions().size(); i++) {
      long atMs = entry.atMs().get(i);
      logged(entry.epoch(), entry.owner(), atMs);
      add(entry.transitions().get(i), atMs);
    }
  }

  private void add(GraphTransition transition, long atMs) {
    switch (transition) {
      case GraphTransition.TaskLaunched(var id, var executor, _) -> {
        attempts.put(id, AttemptLine.launched(id, executor, atMs));
        complete &= !trim(attempts, ATTEMPTS_MAX);
      }
      case GraphTransition.TaskSucceeded(var id, var output) ->
          attempts.computeIfPresent(id, (_, line) -> line.succeeded(atMs, output));
      case GraphTransition.TaskFailed(var id, var failure) ->
          attempts.computeIfPresent(
              id, (_, line) -> line.ended(atMs, kind(failure), failure.message()));
      case GraphTransition.ExecutorGone(var executor, _, var kept, var reason) ->
          gone(executor, new HashSet<>(kept), reason, atMs);
      case GraphTransition.RowsSent(), GraphTransition.PublishingBegun() -> {}
    }
  }

  private void gone(ExecutorId executor, Set<TaskAttemptId> kept, String reason, long atMs) {
    attempts.replaceAll(
        (id, line) ->
            line.endedMs() == null && line.executor().equals(executor) && !kept.contains(id)
                ? line.ended(atMs, "EXECUTOR_LOST", reason)
                : line);
  }

  /** Whatever ran was given up with the job. */
  synchronized void end(long atMs) {
    attempts.replaceAll(
        (_, line) -> line.endedMs() == null ? line.ended(atMs, "JOB_ENDED", null) : line);
  }

  /** As {@link AttemptLine#outcome} names it. */
  static String kind(Failure failure) {
    return switch (failure) {
      case Failure.UserError _ -> "USER_ERROR";
      case Failure.ResourceExhausted _ -> "RESOURCE_EXHAUSTED";
      case Failure.Io _ -> "IO";
      case Failure.FetchFailed _ -> "FETCH_FAILED";
      case Failure.HolderUnreachable _ -> "HOLDER_UNREACHABLE";
      case Failure.ExecutorLost _ -> "EXECUTOR_LOST";
      case Failure.Killed _ -> "KILLED";
      case Failure.LaunchRejected _ -> "LAUNCH_REJECTED";
      case Failure.InputChanged _ -> "INPUT_CHANGED";
    };
  }

  private static <K, V> boolean trim(Map<K, V> map, int max) {
    if (map.size() <= max) {
      return false;
    }
    K oldest = map.keySet().iterator().next();
    map.remove(oldest);
    return true;
  }

  /** A copy; attempts in order of launch. */
  public synchronized View view() {
    return new View(new ArrayList<>(attempts.values()), new ArrayList<>(owners.values()), complete);
  }
}

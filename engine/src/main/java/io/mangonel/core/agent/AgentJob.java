package io.mangonel.core.agent;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskStatus;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an executor knows of a job: the highest epoch, who its owner is, and every attempt. */
final class AgentJob {
  /** An attempt id that was heard of; it is remembered as long as the job, so never runs twice. */
  sealed interface Attempt {
    record Running(TaskLaunch launch) implements Attempt {}

    /**
     * @param sendAtMs when the status is sent again; an acknowledged one never is
     */
    record Ended(TaskStatus status, boolean acknowledged, long sendAtMs) implements Attempt {}

    record Refused(TaskLaunch.Reason reason, String message) implements Attempt {}
  }

  static final long KNOWN = -1;

  private final Map<TaskAttemptId, Attempt> attempts = new TreeMap<>();
  private int running;
  private int unacknowledged;
  private int refused;
  Incarnation owner;
  long epoch;

  /** Its data is gone; what still runs leaves nothing. */
  boolean removed;

  long heardAtMs;

  /** Since when schedulers say that they do not know it, or {@link #KNOWN}. */
  long unknownSinceMs = KNOWN;

  AgentJob(Incarnation owner) {
    this.owner = owner;
  }

  /** This process stood still; nobody else did. */
  void shift(long byMs) {
    heardAtMs += byMs;
    unknownSinceMs += unknownSinceMs == KNOWN ? 0 : byMs;
  }

  /** For reading; {@link JobTable} changes them, which counts. */
  Map<TaskAttemptId, Attempt> attempts() {
    return Collections.unmodifiableMap(attempts);
  }

  /** Called by {@link JobTable} alone. */
  void put(TaskAttemptId id, Attempt attempt) {
    count(attempts.put(id, attempt), -1);
    count(attempt, 1);
  }

  /** Called by {@link JobTable} alone. */
  void remove(TaskAttemptId id) {
    count(attempts.remove(id), -1);
  }

  private void count(@Nullable Attempt attempt, int by) {
    switch (attempt) {
      case null -> {}
      case Attempt.Running _ -> running += by;
      case Attempt.Ended(_, boolean acknowledged, _) -> unacknowledged += acknowledged ? 0 : by;
      case Attempt.Refused _ -> refused += by;
    }
  }

  boolean running() {
    return running > 0;
  }

  /** Whether an attempt runs, or ended and is not acknowledged. */
  boolean open() {
    return running + unacknowledged > 0;
  }

  /** Whether the attempt was started here, or its rejection was reported. */
  boolean ran(TaskAttemptId id) {
    return switch (attempts.get(id)) {
      case null -> false;
      case Attempt.Running _, Attempt.Ended _ -> true;
      case Attempt.Refused _ -> false;
    };
  }

  int runningTasks() {
    return running;
  }

  /** Whether there is nothing but memories. */
  boolean idle() {
    return removed ? !running() : refused == attempts.size();
  }

  /** The owner has an inline result safely: it need not be kept here. */
  static TaskStatus withoutInline(TaskStatus status) {
    return status.outcome() instanceof TaskOutcome.Succeeded(var output)
            && !output.inline().isEmpty()
        ? new TaskStatus(
            status.id(),
            status.executor(),
            status.incarnation(),
            status.inputs(),
            new TaskOutcome.Succeeded(output.withoutInline()))
        : status;
  }

  /**
   * Whether it had an inline result that somebody acknowledged: the rows are no longer here, and an
   * owner that does not have them needs them made again.
   */
  static boolean handedOver(TaskStatus status) {
    return status.outcome() instanceof TaskOutcome.Succeeded(var output)
        && output.bytes() > 0
        && output.files().isEmpty()
        && output.inline().isEmpty();
  }

  static long inlineBytes(TaskStatus status) {
    return status.outcome() instanceof TaskOutcome.Succeeded(var output)
        ? output.inline().length()
        : 0;
  }

  void encode(RecordWriter out) {
    out.text(owner.value()).number(epoch).flag(removed).number(heardAtMs).number(unknownSinceMs);
    out.list(
        attempts.entrySet(),
        (o, entry) -> {
          entry.getKey().write(o);
          switch (entry.getValue()) {
            case Attempt.Running(var launch) -> o.number(1).text(launch.reservation());
            case Attempt.Ended(var status, boolean acknowledged, long sendAtMs) -> {
              o.number(2).flag(acknowledged).number(sendAtMs);
              switch (status.outcome()) {
                case TaskOutcome.Succeeded(var output) -> output.write(o.number(1));
                case TaskOutcome.Failed(var failure) -> failure.write(o.number(2));
              }
            }
            case Attempt.Refused(var reason, var message) ->
                o.number(3).text(reason.name()).text(message);
          }
        });
  }
}

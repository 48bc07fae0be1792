package io.mangonel.core.record;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutput;
import java.util.List;

/** How a job ended. Written once; every answer to a client comes from it. */
public sealed interface TerminalRecord {
  /** When it ended, milliseconds since 1970. */
  long endedAtMs();

  /**
   * @param result one entry per task of the root stage, in order of partition
   */
  record Finished(List<ResultPart> result, long endedAtMs) implements TerminalRecord {
    public Finished {
      result = List.copyOf(result);
    }
  }

  /**
   * @param retryable whether the same statement may succeed when sent again
   */
  record Failed(String message, boolean retryable, long endedAtMs) implements TerminalRecord {}

  record Cancelled(String reason, long endedAtMs) implements TerminalRecord {}

  /** Rows of one root task: inline in {@code output}, or files at {@code executor}. */
  record ResultPart(TaskAttemptId attempt, ExecutorId executor, TaskOutput output) {}
}

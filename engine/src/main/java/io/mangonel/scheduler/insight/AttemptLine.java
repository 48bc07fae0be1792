package io.mangonel.scheduler.insight;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutput;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a task, as a time line shows it. Times are milliseconds since 1970 by the clock of
 * the scheduler that owned the job: from the launch to the report.
 *
 * @param startedMs 0 when it is not known
 * @param endedMs null while it runs; 0 when it is not known
 * @param outcome {@code RUNNING}, {@code SUCCEEDED}, or how it failed: {@code USER_ERROR}, {@code
 *     RESOURCE_EXHAUSTED}, {@code IO}, {@code FETCH_FAILED}, {@code HOLDER_UNREACHABLE}, {@code
 *     EXECUTOR_LOST}, {@code KILLED}, {@code LAUNCH_REJECTED}, {@code INPUT_CHANGED}, {@code
 *     JOB_ENDED}
 * @param message why it failed, or null
 * @param rows rows it produced, and {@code bytes}: 0 unless it succeeded
 * @param spilledBytes most on disk at once while it ran; 0 unless it was asked to tell
 */
public record AttemptLine(
    TaskAttemptId id,
    ExecutorId executor,
    long startedMs,
    @Nullable Long endedMs,
    String outcome,
    @Nullable String message,
    long rows,
    long bytes,
    long spilledBytes) {

  /** An attempt that runs. */
  public static final String RUNNING = "RUNNING";

  static AttemptLine launched(TaskAttemptId id, ExecutorId executor, long atMs) {
    return new AttemptLine(id, executor, atMs, null, RUNNING, null, 0, 0, 0);
  }

  AttemptLine succeeded(long atMs, TaskOutput output) {
    return new AttemptLine(
        id,
        executor,
        startedMs,
        atMs,
        "SUCCEEDED",
        null,
        output.rows(),
        output.bytes(),
        output.spilledBytes());
  }

  AttemptLine ended(long atMs, String how, @Nullable String why) {
    return new AttemptLine(id, executor, startedMs, atMs, how, why, 0, 0, 0);
  }
}

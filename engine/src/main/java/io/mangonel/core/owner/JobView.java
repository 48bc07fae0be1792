package io.mangonel.core.owner;

import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as people see it; a copy, safe to hand to another thread.
 *
 * @param stages empty before it is planned
 * @param end null while it has not durably ended
 */
public record JobView(
    JobId job,
    Phase phase,
    long epoch,
    JobRequest request,
    List<StageView> stages,
    @Nullable TerminalRecord end) {
  public JobView {
    stages = List.copyOf(stages);
  }

  public enum Phase {
    PLANNING,
    RUNNING,
    FINISHED,
    FAILED,
    CANCELLED
  }

  /**
   * @param state one of UNRESOLVED, RESOLVED, RUNNING, SUCCESSFUL, FAILED
   */
  public record StageView(int id, String state, int attempt, List<TaskView> tasks) {
    public StageView {
      tasks = List.copyOf(tasks);
    }
  }

  /**
   * @param state one of PENDING, RUNNING, SUCCESSFUL
   * @param attempt the running or winning attempt, or null
   * @param executor where it runs or ran, or null
   * @param failures failed attempts that count
   * @param rows and {@code bytes}: of the winner, else 0
   */
  public record TaskView(
      int partition,
      String state,
      @Nullable TaskAttemptId attempt,
      @Nullable ExecutorId executor,
      int failures,
      long rows,
      long bytes) {}
}

package io.mangonel.scheduler.query;

import io.mangonel.core.graph.StageEdge;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.scheduler.insight.JobHistory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job with its stages.
 *
 * @param stages producers before consumers; empty until the job is planned, and once its details
 *     are gone
 * @param fallback why the statement runs whole as one task, or null
 * @param history which attempt ran when and where, and under which owner
 */
public record JobDetail(
    JobSummary summary, List<Stage> stages, @Nullable String fallback, JobHistory.View history) {
  public JobDetail {
    stages = List.copyOf(stages);
  }

  /**
   * @param attempt how often outputs of it were lost; 0 when never
   * @param failedAttempts attempts that ended without success
   * @param rows rows that its finished tasks produced
   * @param bytes bytes of its files and inline results
   * @param sql what each task runs; can be pasted into a DuckDB shell
   * @param byTask one per task, by partition
   */
  public record Stage(
      int id,
      int attempt,
      int tasks,
      int done,
      int running,
      int failedAttempts,
      long rows,
      long bytes,
      boolean deterministic,
      String sql,
      List<StageEdge> inputs,
      List<Task> byTask) {
    public Stage {
      inputs = List.copyOf(inputs);
      byTask = List.copyOf(byTask);
    }
  }

  /**
   * @param state {@code waiting}, {@code running} or {@code done}
   * @param executor where it runs or ran, or null
   */
  public record Task(
      int partition,
      String state,
      @Nullable ExecutorId executor,
      int failedAttempts,
      long rows,
      long bytes) {}
}

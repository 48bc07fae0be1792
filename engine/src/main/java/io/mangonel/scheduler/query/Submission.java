package io.mangonel.scheduler.query;

import io.mangonel.core.task.JobId;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import java.util.List;

/** What became of a statement. */
public sealed interface Submission {
  /** The answer's columns; none for a statement that only changes something. */
  List<ResultColumn> columns();

  /**
   * Started; {@link QueryService#openResult} has the rows.
   *
   * @param ahead it only reads, and is told of before it is stored (rule D12): when its scheduler
   *     dies, it may be nowhere
   */
  record Job(JobId id, List<ResultColumn> columns, boolean ahead) implements Submission {
    public Job {
      columns = List.copyOf(columns);
    }
  }

  /**
   * Done without a job: {@code EXPLAIN}, {@code CREATE VIEW}, {@code SET}.
   *
   * @param columns all of type VARCHAR; none for a statement without rows
   * @param rows one text per column
   */
  record Immediate(List<ResultColumn> columns, List<List<String>> rows) implements Submission {
    public Immediate {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }
}

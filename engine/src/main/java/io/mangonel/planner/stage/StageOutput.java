package io.mangonel.planner.stage;

import java.util.List;

/** What becomes of a stage's rows. */
public sealed interface StageOutput {
  /**
   * Files for other stages.
   *
   * @param carrier one per file column: its name and an expression over {@code c0, c1, ...},
   *     already cast to a type that Parquet keeps exactly
   * @param partitioning how rows are divided among the consumer's tasks
   */
  record Shuffle(List<Carrier> carrier, Partitioning partitioning) implements StageOutput {
    public Shuffle {
      carrier = List.copyOf(carrier);
    }
  }

  /** The statement's answer: Arrow record batches, in the order of the SQL. */
  record Result() implements StageOutput {}

  /**
   * Files beside the place that the statement writes to; one file for each task, or more.
   *
   * @param columns the names of the columns that the SQL calls {@code c0, c1, ...}
   * @param options of the COPY, as SQL: the format, and what the statement says of it
   * @param partitionBy the columns, as SQL, for each of whose values there is a directory; empty
   *     for none
   */
  record Write(WriteTarget target, List<String> columns, String options, String partitionBy)
      implements StageOutput {
    public Write {
      columns = List.copyOf(columns);
    }
  }

  /** The files of the stage that it reads under their last names; the answer is how many rows. */
  record Publish(WriteTarget target) implements StageOutput {}

  record Carrier(String name, String expression) {}

  sealed interface Partitioning {
    /** All rows in one file per task. */
    record None() implements Partitioning {}

    /**
     * @param expression an integer from 0 to {@code partitions - 1} over {@code c0, c1, ...}; the
     *     writer may leave all rows in one file ({@code OutputFile.ALL_PARTITIONS}), then the
     *     reader filters by the same expression
     */
    record ByExpression(String expression, int partitions) implements Partitioning {}
  }
}

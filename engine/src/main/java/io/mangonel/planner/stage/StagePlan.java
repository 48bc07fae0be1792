package io.mangonel.planner.stage;

import java.util.ArrayList;
import java.util.List;

/**
 * One stage as an executor runs it. Every task runs the same {@code sql}; what differs are the rows
 * behind the names of its inputs, which the executor defines in a WITH clause in front.
 *
 * @param id the stage's number in its plan; producers have smaller numbers than their consumers
 * @param tasks number of tasks
 * @param prelude statements run on the task's connection before {@code sql}: session settings
 * @param catalog statements run after them in a database of the task's own, which make the schemas,
 *     views and macros that {@code sql} names; none for most
 * @param sql one SELECT whose columns are {@code c0, c1, ...}; reads the inputs by their names. A
 *     stage that is a whole statement (see {@link QueryPlan#fallback}) reads its tables itself and
 *     names its columns as it likes
 * @param inputs scans and exchanges it reads
 * @param output what becomes of its rows
 * @param deterministic whether two attempts of a task give the same rows
 * @param estimatedRows of all tasks together; for EXPLAIN only
 */
public record StagePlan(
    int id,
    int tasks,
    List<String> prelude,
    List<String> catalog,
    String sql,
    List<StageInput> inputs,
    StageOutput output,
    boolean deterministic,
    double estimatedRows) {
  public StagePlan {
    prelude = List.copyOf(prelude);
    catalog = List.copyOf(catalog);
    inputs = List.copyOf(inputs);
  }

  /** The same stage, whose tasks have DuckDB measure what they spill. */
  StagePlan measured() {
    List<String> measuring = new ArrayList<>(prelude);
    measuring.addAll(EngineSettings.MEASURING);
    return new StagePlan(
        id, tasks, measuring, catalog, sql, inputs, output, deterministic, estimatedRows);
  }

  /** A stage that names nothing of a catalogue. */
  public StagePlan(
      int id,
      int tasks,
      List<String> prelude,
      String sql,
      List<StageInput> inputs,
      StageOutput output,
      boolean deterministic,
      double estimatedRows) {
    this(id, tasks, prelude, List.of(), sql, inputs, output, deterministic, estimatedRows);
  }
}

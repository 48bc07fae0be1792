package io.mangonel.executor.task;

import io.mangonel.core.graph.EdgeKind;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.planner.stage.StageInput;
import io.mangonel.planner.stage.StageInput.Column;
import io.mangonel.planner.stage.StageInput.FileSlice;
import io.mangonel.planner.stage.StageInput.PinnedFile;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StagePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/** Stages as the planner makes them, small. Each has columns c0 BIGINT and c1 VARCHAR. */
public final class Plans {
  public static final Incarnation SCHEDULER = new Incarnation("scheduler-1");

  private Plans() {}

  /** An attempt of a task. */
  public static TaskAttemptId id(String job, int stage, int partition) {
    return new TaskAttemptId(new JobId(job), stage, 0, partition, 1, SCHEDULER, 0);
  }

  public static TaskLaunch launch(TaskAttemptId id, InputLocation... inputs) {
    return new TaskLaunch(id, "reservation", 1, List.of(inputs));
  }

  /** A whole statement whose rows are the answer. */
  public static StagePlan result(String sql, StageInput... inputs) {
    return stage(0, 1, sql, new StageOutput.Result(), inputs);
  }

  public static StagePlan stage(
      int id, int tasks, String sql, StageOutput output, StageInput... inputs) {
    return new StagePlan(id, tasks, List.of(), sql, List.of(inputs), output, true, 1);
  }

  /** Partitions by c0. */
  public static StageOutput hashOutput(int partitions) {
    return new StageOutput.Shuffle(
        carriers(),
        new StageOutput.Partitioning.ByExpression(
            "CAST(hash(c0) % " + partitions + " AS INTEGER)", partitions));
  }

  public static StageOutput oneOutput() {
    return new StageOutput.Shuffle(carriers(), new StageOutput.Partitioning.None());
  }

  private static List<StageOutput.Carrier> carriers() {
    return List.of(new StageOutput.Carrier("c0", "c0"), new StageOutput.Carrier("c1", "c1"));
  }

  /** Reads what {@link #hashOutput} wrote. */
  public static StageInput exchange(int stage, EdgeKind kind, int partitions) {
    return new StageInput.Exchange(
        "input",
        stage,
        kind,
        List.of(new Column("c0", "BIGINT"), new Column("c1", "VARCHAR")),
        List.of("c0", "c1"),
        List.of("BIGINT", "VARCHAR"),
        kind == EdgeKind.HASH ? "CAST(hash(c0) % " + partitions + " AS INTEGER)" : null);
  }

  /** Every task reads all of {@code file}, which has the columns c0 and c1. */
  public static StageInput scan(Path file, int tasks) throws IOException {
    PinnedFile pinned =
        new PinnedFile(
            file.toString(), Files.size(file), Files.getLastModifiedTime(file).toMillis());
    List<FileSlice> all = List.of(new FileSlice(file.toString(), null));
    return new StageInput.Scan(
        "input",
        "read_parquet",
        "",
        List.of(new Column("c0", "BIGINT"), new Column("c1", "VARCHAR")),
        Collections.nCopies(tasks, all),
        List.of(pinned),
        null);
  }
}

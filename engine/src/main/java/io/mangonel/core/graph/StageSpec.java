package io.mangonel.core.graph;

import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import java.util.List;

/**
 * What the execution graph must know of a stage; the SQL it runs is the plan's business.
 *
 * @param tasks number of tasks, at least 1
 * @param inputs the stages it reads; each appears once
 * @param deterministic whether two attempts of a task give the same rows (rule T7)
 * @param kind {@link StageKind#PUBLISH} for the last stage only
 */
public record StageSpec(
    int id, int tasks, List<StageEdge> inputs, boolean deterministic, StageKind kind) {
  public StageSpec {
    if (tasks < 1) {
      throw new IllegalArgumentException("stage " + id + " has no tasks");
    }
    inputs = List.copyOf(inputs);
  }

  /** A stage that makes rows. */
  public StageSpec(int id, int tasks, List<StageEdge> inputs, boolean deterministic) {
    this(id, tasks, inputs, deterministic, StageKind.ROWS);
  }

  public void write(RecordWriter out) {
    out.number(id)
        .number(tasks)
        .list(inputs, (o, edge) -> o.number(edge.producer()).text(edge.kind().name()))
        .flag(deterministic)
        .text(kind.name());
  }

  /**
   * @param withKind whether the record has the kind; all stages of older ones make rows
   */
  public static StageSpec read(RecordReader in, boolean withKind) {
    return new StageSpec(
        in.integer(),
        in.integer(),
        in.list(i -> new StageEdge(i.integer(), EdgeKind.valueOf(i.text()))),
        in.flag(),
        withKind ? StageKind.valueOf(in.text()) : StageKind.ROWS);
  }
}

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
 */
public record StageSpec(int id, int tasks, List<StageEdge> inputs, boolean deterministic) {
  public StageSpec {
    if (tasks < 1) {
      throw new IllegalArgumentException("stage " + id + " has no tasks");
    }
    inputs = List.copyOf(inputs);
  }

  public void write(RecordWriter out) {
    out.number(id)
        .number(tasks)
        .list(inputs, (o, edge) -> o.number(edge.producer()).text(edge.kind().name()))
        .flag(deterministic);
  }

  public static StageSpec read(RecordReader in) {
    return new StageSpec(
        in.integer(),
        in.integer(),
        in.list(i -> new StageEdge(i.integer(), EdgeKind.valueOf(i.text()))),
        in.flag());
  }
}

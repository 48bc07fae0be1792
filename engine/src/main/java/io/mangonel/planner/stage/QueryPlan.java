package io.mangonel.planner.stage;

import io.mangonel.core.graph.EdgeKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement cut into stages. The last stage is the root: it has one task and a {@link
 * StageOutput.Result}, or a {@link StageOutput.Publish} for what the stage before it wrote.
 *
 * @param stages producers before consumers; {@code stages.get(i).id() == i}
 * @param columns the answer's columns from the bound plan: names may repeat or be empty
 * @param fallback why the whole statement runs as one task on one executor, or null when it was
 *     distributed
 * @param analyze whether the answer is not the rows of the root but what became of each stage;
 *     {@code columns} are then those of that text
 * @param small whether it is one stage with so little to read that it may use an executor's lane
 */
public record QueryPlan(
    List<StagePlan> stages,
    List<ResultColumn> columns,
    @Nullable String fallback,
    boolean analyze,
    boolean small) {
  public QueryPlan {
    stages = List.copyOf(stages);
    columns = List.copyOf(columns);
  }

  /** A plan whose rows are the answer. */
  public QueryPlan(
      List<StagePlan> stages,
      List<ResultColumn> columns,
      @Nullable String fallback,
      boolean small) {
    this(stages, columns, fallback, false, small);
  }

  /** What a statement that writes answers, as in DuckDB. */
  public static final ResultColumn COUNT = new ResultColumn("Count", "BIGINT", "BIGINT");

  /**
   * A plan whose last stage's rows are the answer, or are written and counted.
   *
   * @param stages the last one has a {@link StageOutput.Result} or a {@link StageOutput.Write}
   * @param columns of its rows
   */
  public static QueryPlan of(
      List<StagePlan> stages,
      List<ResultColumn> columns,
      @Nullable String fallback,
      boolean small) {
    StagePlan last = stages.getLast();
    if (!(last.output() instanceof StageOutput.Write(WriteTarget target, var _, var _, var _))) {
      return new QueryPlan(stages, columns, fallback, small);
    }
    var written =
        new StageInput.Exchange(
            "written", last.id(), EdgeKind.ALL, List.of(), List.of(), List.of(), null);
    List<StagePlan> all = new ArrayList<>(stages);
    all.add(
        new StagePlan(
            last.id() + 1,
            1,
            List.of(),
            "",
            List.of(written),
            new StageOutput.Publish(target),
            true,
            1));
    return new QueryPlan(all, List.of(COUNT), fallback, false);
  }

  /** Whether it is there for what it writes: its answer is a number of rows. */
  public boolean writes() {
    return stages.getLast().output() instanceof StageOutput.Publish;
  }

  /** The same stages, to be told about: their tasks measure what they spill. */
  public QueryPlan analyzed() {
    return new QueryPlan(
        stages.stream().map(StagePlan::measured).toList(),
        List.of(new ResultColumn("explain", "VARCHAR", "VARCHAR")),
        fallback,
        true,
        small);
  }

  /**
   * @param type DuckDB type as SQL, as the bound plan has it
   * @param clientType the type the root stage casts it to, because Arrow or clients cannot carry
   *     {@code type} exactly; equal to {@code type} otherwise
   */
  public record ResultColumn(String name, String type, String clientType) {}
}

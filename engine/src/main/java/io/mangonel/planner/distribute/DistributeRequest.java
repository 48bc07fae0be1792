package io.mangonel.planner.distribute;

import io.mangonel.planner.cost.Tables;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.stage.StageOutput;
import java.util.List;

/**
 * A bound, pruned statement and where it is to run.
 *
 * @param columnNames of the result, in order; the types are the relation's
 * @param prelude statements that every task's connection runs first: session settings
 * @param slots task slots of all executors together, at least 1
 * @param oneStageBelowMs a statement whose scans are estimated below this much CPU time runs as one
 *     stage in mode {@link JoinMode#AUTO}; 0 distributes all
 * @param root what becomes of its rows: a {@link StageOutput.Result} or a {@link StageOutput.Write}
 */
public record DistributeRequest(
    Relation relation,
    List<String> columnNames,
    Tables tables,
    List<String> prelude,
    int slots,
    JoinMode joinMode,
    double oneStageBelowMs,
    StageOutput root) {
  /** What exchanges and further stages cost at least, measured; below it they cannot pay. */
  public static final double ONE_STAGE_BELOW_MS = 150;

  /** A statement whose rows are its answer. */
  public DistributeRequest(
      Relation relation,
      List<String> columnNames,
      Tables tables,
      List<String> prelude,
      int slots,
      JoinMode joinMode,
      double oneStageBelowMs) {
    this(
        relation,
        columnNames,
        tables,
        prelude,
        slots,
        joinMode,
        oneStageBelowMs,
        new StageOutput.Result());
  }

  /** Whether each task may keep the rows it has: they go to files of a directory. */
  boolean apart() {
    return root instanceof StageOutput.Write write && write.target().directory();
  }

  public DistributeRequest {
    columnNames = List.copyOf(columnNames);
    prelude = List.copyOf(prelude);
    if (slots < 1) {
      throw new IllegalArgumentException("no slots");
    }
    if (columnNames.size() != relation.types().size()) {
      throw new IllegalArgumentException(
          columnNames.size() + " names for " + relation.types().size() + " columns");
    }
  }
}

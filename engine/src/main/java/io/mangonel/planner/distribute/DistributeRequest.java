package io.mangonel.planner.distribute;

import io.mangonel.planner.cost.Tables;
import io.mangonel.planner.ir.Relation;
import java.util.List;

/**
 * A bound, pruned statement and where it is to run.
 *
 * @param columnNames of the result, in order; the types are the relation's
 * @param prelude statements that every task's connection runs first: session settings
 * @param slots task slots of all executors together, at least 1
 * @param oneStageBelowMs a statement whose scans are estimated below this much CPU time runs as one
 *     stage in mode {@link JoinMode#AUTO}; 0 distributes all
 */
public record DistributeRequest(
    Relation relation,
    List<String> columnNames,
    Tables tables,
    List<String> prelude,
    int slots,
    JoinMode joinMode,
    double oneStageBelowMs) {
  /** What exchanges and further stages cost at least, measured; below it they cannot pay. */
  public static final double ONE_STAGE_BELOW_MS = 150;

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

package io.mangonel.planner.distribute;

import io.mangonel.core.graph.EdgeKind;
import io.mangonel.planner.ir.Expression;
import java.util.List;

/**
 * A stage before it is written as SQL.
 *
 * @param rows what it computes and where
 * @param kind how its consumers read it
 * @param function for {@link EdgeKind#HASH}: which task a row goes to
 * @param keys for {@link EdgeKind#HASH}: the arguments of the function, over its columns; empty
 *     otherwise
 */
record StageDraft(
    int id, Located rows, EdgeKind kind, PartitionFunction function, List<Expression> keys) {
  StageDraft {
    keys = List.copyOf(keys);
  }

  /** The name by which consumers read it. */
  String name() {
    return "s" + id;
  }
}

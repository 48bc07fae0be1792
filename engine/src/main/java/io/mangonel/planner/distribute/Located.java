package io.mangonel.planner.distribute;

import io.mangonel.planner.cost.Estimate;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Relation;
import java.util.List;

/** A relation of the stage under construction: where its rows are, and how many there may be. */
record Located(Relation relation, Distribution distribution, Estimate estimate) {
  /**
   * Tasks that each compute all rows must compute the same ones; a relation that may differ is
   * computed by one task.
   */
  Located {
    if (distribution instanceof Distribution.Broadcast && !Determinism.isDeterministic(relation)) {
      distribution = new Distribution.Single();
    }
  }

  boolean isPartitioned() {
    return distribution.isPartitioned();
  }

  List<DataType> types() {
    return relation.types();
  }

  int width() {
    return relation.types().size();
  }
}

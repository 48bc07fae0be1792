package io.mangonel.planner.distribute;

import io.mangonel.planner.stage.QueryPlan;

/** What became of a relation. */
public sealed interface DistributeOutcome {
  /** Stages, of which there may be one. */
  record Stages(QueryPlan plan) implements DistributeOutcome {}

  /**
   * No distribution is known for a part of it: the statement runs whole.
   *
   * @param reason one line that names the part
   */
  record Unsupported(String reason) implements DistributeOutcome {}
}

package io.mangonel.planner.read;

import io.mangonel.planner.ir.Relation;

/** What {@link PlanReader} made of a serialised plan. */
public sealed interface ReadOutcome {
  /** Every part of the plan was understood. */
  record Plan(Relation relation) implements ReadOutcome {}

  /**
   * Some part was not understood: the statement must run whole, as DuckDB reads it.
   *
   * @param reason the part's name, for EXPLAIN
   */
  record Unsupported(String reason) implements ReadOutcome {}

  /**
   * DuckDB gave an error instead of a plan. The statement may be wrong ({@code binder}, {@code
   * parser}, {@code catalog}), or its plan cannot be serialised.
   *
   * @param type DuckDB's class of error, in lower case
   * @param message DuckDB's message
   */
  record NoPlan(String type, String message) implements ReadOutcome {}
}

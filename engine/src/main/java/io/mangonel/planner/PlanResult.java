package io.mangonel.planner;

import io.mangonel.planner.names.Definition;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.text.DefinitionKind;

/** What a statement turned out to be. */
public sealed interface PlanResult {
  /** Rows to compute. */
  record Query(QueryPlan plan) implements PlanResult {}

  /** The text of an {@code EXPLAIN}, many lines; shown as one column of rows. */
  record Explain(String text) implements PlanResult {}

  /** {@code CREATE} of a schema, a view or a macro: checked, with absolute paths. */
  record Create(Definition definition, boolean orReplace, boolean ifNotExists)
      implements PlanResult {}

  /**
   * {@code DROP}.
   *
   * @param schema empty where none is named: then it is what the name means in the session
   * @param cascade for a schema: with all that is in it
   */
  record Drop(DefinitionKind kind, String schema, String name, boolean ifExists, boolean cascade)
      implements PlanResult {}

  /** Right, and nothing to do. */
  record Done() implements PlanResult {}

  /**
   * {@code SET name = value} of an allowed setting, to be kept in the session's settings under this
   * name; {@code RESET} has a null value.
   */
  record Set(String name, @org.jspecify.annotations.Nullable String value) implements PlanResult {}

  /**
   * The statement is wrong, or not allowed.
   *
   * @param message DuckDB's message with its position, or ours, which says what to do
   */
  record Rejected(String message) implements PlanResult {}
}

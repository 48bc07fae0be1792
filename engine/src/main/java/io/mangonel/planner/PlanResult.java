package io.mangonel.planner;

import io.mangonel.planner.stage.QueryPlan;

/** What a statement turned out to be. */
public sealed interface PlanResult {
  /** Rows to compute. */
  record Query(QueryPlan plan) implements PlanResult {}

  /** The text of an {@code EXPLAIN}, many lines; shown as one column of rows. */
  record Explain(String text) implements PlanResult {}

  /**
   * {@code CREATE [OR REPLACE] [TEMP] VIEW}: checked, with absolute paths.
   *
   * @param temporary whether it belongs to the session alone
   */
  record CreateView(
      String name, String createSql, boolean orReplace, boolean ifNotExists, boolean temporary)
      implements PlanResult {}

  record DropView(String name, boolean ifExists) implements PlanResult {}

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

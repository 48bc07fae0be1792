package io.mangonel.planner.stage;

import io.mangonel.planner.ir.Sql;
import java.util.List;

/** What the planning DuckDB and the executors' have to agree on. */
public final class EngineSettings {
  /**
   * DuckDB's settings that a session may change. All can be set for one connection, with {@code SET
   * SESSION}, and change what a statement means: one that DuckDB keeps for the whole instance would
   * leak into other sessions' tasks.
   */
  public static final List<String> OF_SESSIONS =
      List.of(
          "Calendar",
          "default_null_order",
          "default_order",
          "ieee_floating_point_ops",
          "integer_division",
          "order_by_non_integer_literal",
          "scalar_subquery_error_on_multiple_rows",
          "TimeZone");

  /** DuckDB's settings that have a task measure what it spills. No session may change them. */
  public static final List<String> OF_MEASURING =
      List.of("enable_profiling", "profiling_coverage", "tracked_metrics");

  /** Statements that have it measured; measured themselves, half a millisecond a task. */
  static final List<String> MEASURING =
      List.of(
          "SET tracked_metrics = ['system.peak_temp_dir_size']",
          "SET profiling_coverage = 'ALL'",
          "SET enable_profiling = 'no_output'");

  /**
   * Depth of expressions and subqueries in a statement; a deeper one gets DuckDB's message. DuckDB
   * recurses on the caller's stack and does not survive its end.
   */
  public static final int STATEMENT_DEPTH_MAX = 1_000;

  /** Depth of what runs: the SQL of a stage has casts and subqueries more than the statement. */
  public static final int TASK_DEPTH_MAX = 2_000;

  /**
   * Stack of a thread that plans or runs statements. Measured: statements of the depths above plan
   * and run on 4 MiB, and some end the process on 1 MiB, Java's default; memory is taken as it is
   * used.
   */
  public static final long STACK_BYTES = 64L << 20;

  private EngineSettings() {}

  /** For one connection alone: without the scope DuckDB sets some of them for all connections. */
  public static String setStatement(String name, String value) {
    return "SET SESSION " + Sql.identifier(name) + " = " + Sql.literal(value);
  }
}

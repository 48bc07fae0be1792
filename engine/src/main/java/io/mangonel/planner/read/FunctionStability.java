package io.mangonel.planner.read;

import java.util.Locale;
import java.util.Set;

/**
 * Which scalar functions give the same value for the same arguments at any time: a white list, read
 * from the planning database ({@link #QUERY}), because a plan does not say it.
 *
 * @param consistent names of functions all of whose overloads DuckDB declares CONSISTENT, in lower
 *     case
 */
public record FunctionStability(Set<String> consistent) {
  /** One name per row: the functions to give to the constructor. */
  public static final String QUERY =
      """
      SELECT lower(function_name)
      FROM duckdb_functions()
      WHERE function_type = 'scalar'
      GROUP BY ALL
      HAVING bool_and(coalesce(stability = 'CONSISTENT', false))
      """;

  public FunctionStability {
    consistent = Set.copyOf(consistent);
  }

  boolean isStable(String function) {
    return consistent.contains(function.toLowerCase(Locale.ROOT));
  }
}

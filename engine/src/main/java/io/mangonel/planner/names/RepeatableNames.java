package io.mangonel.planner.names;

import io.mangonel.planner.source.FileFormats;
import java.util.Locale;
import java.util.Set;

/**
 * What a statement may name if its plan is to be used again. Planning folds the time, the user and
 * variables into constants, and DuckDB declares some functions that do (such as {@code age})
 * consistent: so this is a white list of functions.
 */
final class RepeatableNames {
  private static final Set<String> FUNCTIONS =
      Set.of(
          "+",
          "-",
          "*",
          "/",
          "//",
          "%",
          "||",
          "~~",
          "!~~",
          "~~*",
          "!~~*",
          "abs",
          "round",
          "floor",
          "ceil",
          "trunc",
          "upper",
          "lower",
          "length",
          "substring",
          "substr",
          "trim",
          "concat",
          "replace",
          "contains",
          "prefix",
          "suffix",
          "starts_with",
          "date_part",
          "date_trunc",
          "year",
          "month",
          "day",
          "to_years",
          "to_months",
          "to_days",
          "to_hours",
          "greatest",
          "least",
          "row",
          "list_value",
          "struct_pack",
          "count",
          "count_star",
          "sum",
          "avg",
          "min",
          "max",
          "first",
          "any_value",
          "row_number",
          "rank",
          "dense_rank",
          "lag",
          "lead");

  /** Names that mean functions where no column has them. */
  private static final Set<String> VALUES =
      Set.of(
          "current_catalog",
          "current_date",
          "current_role",
          "current_schema",
          "current_time",
          "current_timestamp",
          "current_user",
          "localtime",
          "localtimestamp",
          "session_user",
          "user");

  private RepeatableNames() {}

  static boolean isFunction(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return FUNCTIONS.contains(lower) || FileFormats.canonicalFunction(lower).isPresent();
  }

  static boolean isColumn(String name) {
    return !VALUES.contains(name.toLowerCase(Locale.ROOT));
  }
}

package io.mangonel.planner.read;

import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which scalar functions give the same value for the same arguments: read from the planning
 * database ({@link #QUERY}), because a plan does not say it.
 */
public final class FunctionStability {
  /** How often a function may give another value. */
  enum Kind {
    /** Never: the arguments decide alone. */
    CONSISTENT,
    /** In another statement: it reads the time or the session, and one statement has one value. */
    PER_STATEMENT,
    /** At each call. */
    VOLATILE
  }

  /** One function in a row: the lines to give to the constructor. */
  public static final String QUERY =
      """
      SELECT lower(function_name) || ' ' || CASE
          WHEN bool_and(coalesce(stability = 'CONSISTENT', false)) THEN 'CONSISTENT'
          WHEN bool_and(coalesce(stability = 'VOLATILE', false)) THEN 'VOLATILE'
          ELSE 'PER_STATEMENT' END
      FROM duckdb_functions()
      WHERE function_type = 'scalar'
      GROUP BY function_name
      """;

  private final Map<String, Kind> kinds;

  /**
   * @param lines name and kind of each function
   */
  public FunctionStability(Collection<String> lines) {
    Map<String, Kind> read = new HashMap<>();
    for (String line : lines) {
      int space = line.lastIndexOf(' ');
      read.put(line.substring(0, space), Kind.valueOf(line.substring(space + 1)));
    }
    kinds = Map.copyOf(read);
  }

  /** A function that DuckDB does not list may do anything. */
  Kind of(String function, List<Expression> arguments) {
    String name = function.toLowerCase(Locale.ROOT);
    return readsClock(name, arguments)
        ? Kind.PER_STATEMENT
        : kinds.getOrDefault(name, Kind.VOLATILE);
  }

  /** What DuckDB declares consistent and is not. */
  private static boolean readsClock(String name, List<Expression> arguments) {
    return switch (name) {
      // Since today's midnight.
      case "age" -> arguments.size() == 1;
      case "current_localtime", "current_localtimestamp" -> true;
      // A zone's offset today decides what a time of day is there.
      case "timezone" ->
          arguments.size() == 2
              && arguments.getLast().type() instanceof DataType.Simple(String type)
              && type.equals("TIME WITH TIME ZONE");
      default -> false;
    };
  }
}

package io.mangonel.planner.database;

import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.stage.EngineSettings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The settings a session may change: {@link EngineSettings#OF_SESSIONS} and our own. */
public final class SessionSettings {
  /** Ours: how joins get their rows. */
  public static final String JOIN_MODE = "mangonel_join_mode";

  /** Ours: milliseconds from its submit after which a statement fails; 0 for never. */
  public static final String STATEMENT_TIMEOUT = "mangonel_statement_timeout_ms";

  /** DuckDB's: the zone of what has none, and in which instants are shown. */
  public static final String TIME_ZONE = "TimeZone";

  /** Ours: where names without a schema are looked up. */
  public static final String SCHEMA = "schema";

  /** Before the name of a session variable, whose value is a literal as SQL. */
  public static final String VARIABLE_PREFIX = "variable ";

  /** With the values each takes; none are listed of one that takes a number. */
  private static final Map<String, List<String>> OURS =
      Map.of(JOIN_MODE, List.of("auto", "broadcast", "hash"), STATEMENT_TIMEOUT, List.of());

  /** DuckDB's other name of {@code default_null_order}. */
  private static final String NULL_ORDER_SHORT = "null_order";

  private SessionSettings() {}

  /** The setting's name as DuckDB or we spell it; empty when a session may not set it. */
  public static Optional<String> canonicalName(String name) {
    if (name.equalsIgnoreCase(NULL_ORDER_SHORT)) {
      return Optional.of("default_null_order");
    }
    for (String known : EngineSettings.OF_SESSIONS) {
      if (known.equalsIgnoreCase(name)) {
        return Optional.of(known);
      }
    }
    String ours = name.toLowerCase(Locale.ROOT);
    return OURS.containsKey(ours) ? Optional.of(ours) : Optional.empty();
  }

  /** The values one of our settings takes; empty for a number, and for a setting of DuckDB's. */
  public static List<String> valuesOf(String canonicalName) {
    return OURS.getOrDefault(canonicalName, List.of());
  }

  /** What the value of {@link #STATEMENT_TIMEOUT} means; empty when it is not one. */
  public static Optional<Long> timeoutMs(String value) {
    return value.matches("[0-9]{1,15}") ? Optional.of(Long.parseLong(value)) : Optional.empty();
  }

  /** One line for a person who gave another value. */
  public static String timeoutError(String value) {
    return STATEMENT_TIMEOUT + " is a whole number of milliseconds, 0 for none, not " + value;
  }

  public static String allowedNames() {
    var names = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    EngineSettings.OF_SESSIONS.forEach(name -> names.put(name, name));
    OURS.keySet().forEach(name -> names.put(name, name));
    return String.join(", ", names.values());
  }

  /** Statements that bring DuckDB's part of the settings to a connection. */
  public static List<String> statements(SortedMap<String, String> settings) {
    return ofDuckDb(settings).entrySet().stream()
        .map(entry -> setStatement(entry.getKey(), entry.getValue()))
        .toList();
  }

  public static SortedMap<String, String> ofDuckDb(SortedMap<String, String> settings) {
    var result = new TreeMap<String, String>();
    settings.forEach(
        (name, value) -> {
          boolean known = name.startsWith(VARIABLE_PREFIX) || canonicalName(name).isPresent();
          if (known && !OURS.containsKey(name)) {
            result.put(name, value);
          }
        });
    return result;
  }

  public static String setStatement(String name, String value) {
    return name.startsWith(VARIABLE_PREFIX)
        ? "SET VARIABLE " + variable(name) + " = " + value
        : EngineSettings.setStatement(name, value);
  }

  public static String resetStatement(String name) {
    return name.startsWith(VARIABLE_PREFIX)
        ? "RESET VARIABLE " + variable(name)
        : "RESET SESSION " + Sql.identifier(name);
  }

  private static String variable(String name) {
    return Sql.identifier(name.substring(VARIABLE_PREFIX.length()));
  }
}

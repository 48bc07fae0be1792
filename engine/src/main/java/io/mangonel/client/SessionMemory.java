package io.mangonel.client;

import io.mangonel.planner.text.StatementHead;
import io.mangonel.planner.text.Token;
import io.mangonel.planner.text.Tokens;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The statements that made a session what it is, so that it can be set up again on a scheduler that
 * has lost it: the last one for each setting and variable, and those for temporary things.
 */
final class SessionMemory {
  /** Words before TEMPORARY in {@code CREATE OR REPLACE TEMPORARY ...}. */
  private static final int TEMPORARY_POSITION_MAX = 3;

  /** Beyond what a scheduler keeps of a session, so never reached by one that it took. */
  private static final int STATEMENTS_MAX = 10_000;

  private final Map<String, String> statements = new LinkedHashMap<>();

  /** Whether anything has ever been set: then the scheduler keeps a session. */
  private boolean changed;

  /** Takes note of a statement that was run. */
  void ran(String statement) {
    String key = key(statement).orElse(null);
    if (key == null || statements.size() >= STATEMENTS_MAX) {
      return;
    }
    changed = true;
    statements.remove(key);
    boolean reset =
        StatementHead.of(statement) instanceof StatementHead.Setting setting
            && setting.value() == null;
    if (!reset) {
      statements.put(key, statement);
    }
  }

  boolean isChanged() {
    return changed;
  }

  /** In the order in which they were run. */
  List<String> statements() {
    return List.copyOf(statements.values());
  }

  /** What they set, for a person. */
  String names() {
    return String.join(", ", statements.keySet());
  }

  /** The scheduler keeps nothing of the session now. */
  void lost() {
    changed = false;
  }

  /** What the statement sets; empty when it leaves the session as it is. */
  private static Optional<String> key(String statement) {
    if (StatementHead.of(statement) instanceof StatementHead.Setting setting) {
      String name = setting.name().toLowerCase(Locale.ROOT);
      return Optional.of(setting.variable() ? "variable " + name : name);
    }
    List<Token> tokens = Tokens.of(statement);
    boolean temporary =
        tokens.stream()
            .limit(TEMPORARY_POSITION_MAX + 1)
            .anyMatch(token -> token.is("TEMP") || token.is("TEMPORARY"));
    if (temporary && tokens.getFirst().is("CREATE")) {
      return Optional.of(statement.strip().replaceAll("(?s)\\s*(\\(|\\bAS\\b).*", ""));
    }
    return Optional.empty();
  }
}

package io.mangonel.planner;

import io.mangonel.planner.bind.StatementBinder;
import io.mangonel.planner.bind.StatementBinder.SettingValue;
import io.mangonel.planner.database.SessionSettings;
import io.mangonel.planner.text.StatementHead.Setting;
import io.mangonel.planner.text.Token;
import io.mangonel.planner.text.Tokens;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;

/** SET and RESET. */
final class Settings {
  private Settings() {}

  /** Whether it says where names are looked up. */
  static boolean isSchema(Setting statement) {
    return !statement.variable()
        && !statement.global()
        && (statement.name().equalsIgnoreCase("schema")
            || statement.name().equalsIgnoreCase("search_path"));
  }

  static PlanResult plan(
      StatementBinder binder, Setting statement, SortedMap<String, String> settings) {
    if (statement.global()) {
      return new PlanResult.Rejected(
          "SET GLOBAL is not possible: a setting belongs to a session. Write SET "
              + statement.name()
              + " = ...");
    }
    if (statement.variable()) {
      String name = SessionSettings.VARIABLE_PREFIX + statement.name();
      String expression = statement.value();
      return expression == null
          ? new PlanResult.Set(name, null)
          : result(name, binder.evaluateVariable(expression, settings));
    }
    Optional<String> name = SessionSettings.canonicalName(statement.name());
    if (name.isEmpty()) {
      return new PlanResult.Rejected(
          "the setting \""
              + statement.name()
              + "\" cannot be changed here; these can: "
              + SessionSettings.allowedNames());
    }
    String expression = statement.value();
    if (expression == null) {
      return new PlanResult.Set(name.get(), null);
    }
    if (name.get().equals(SessionSettings.STATEMENT_TIMEOUT)) {
      return timeout(name.get(), expression);
    }
    List<String> values = SessionSettings.valuesOf(name.get());
    return values.isEmpty()
        ? result(name.get(), binder.evaluateSetting(name.get(), expression))
        : oneOf(name.get(), expression, values);
  }

  private static PlanResult timeout(String name, String expression) {
    List<Token> tokens = Tokens.of(expression);
    String value = tokens.getFirst().value();
    return tokens.size() == 1 && SessionSettings.timeoutMs(value).isPresent()
        ? new PlanResult.Set(name, value)
        : new PlanResult.Rejected(SessionSettings.timeoutError(expression));
  }

  private static PlanResult oneOf(String name, String expression, List<String> values) {
    List<Token> tokens = Tokens.of(expression);
    String value = tokens.getFirst().value().toLowerCase(Locale.ROOT);
    return tokens.size() == 1 && values.contains(value)
        ? new PlanResult.Set(name, value)
        : new PlanResult.Rejected(
            name + " is one of '" + String.join("', '", values) + "', not " + expression);
  }

  private static PlanResult result(String name, SettingValue value) {
    String error = value.error();
    return error == null ? new PlanResult.Set(name, value.value()) : new PlanResult.Rejected(error);
  }
}

package io.mangonel.flightsql;

import io.mangonel.planner.ir.Sql;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.QueryService;
import io.mangonel.scheduler.query.StatementRequest;
import io.mangonel.scheduler.query.Submission;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.GetSessionOptionsResult;
import org.apache.arrow.flight.NoOpSessionOptionValueVisitor;
import org.apache.arrow.flight.SessionOptionValue;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;

/**
 * Flight's sessions: an option is a setting, as {@code SET} and {@code RESET} change it, or {@code
 * catalog} or {@code schema}, where names are looked up.
 */
final class SessionCommands {
  private static final String CATALOG = "catalog";
  private static final String SCHEMA = "schema";

  private final QueryService queries;
  private final Path defaultDirectory;

  SessionCommands(QueryService queries, Path defaultDirectory) {
    this.queries = queries;
    this.defaultDirectory = defaultDirectory;
  }

  /** Each option on its own: one that is wrong does not keep the others from being set. */
  SetSessionOptionsResult set(SetSessionOptionsRequest request) {
    if (request.getSessionOptions().size() > Limits.SETTINGS_MAX) {
      throw CallStatus.INVALID_ARGUMENT
          .withDescription("at most " + Limits.SETTINGS_MAX + " options in a call")
          .toRuntimeException();
    }
    Map<String, SetSessionOptionsResult.Error> errors = new HashMap<>();
    request
        .getSessionOptions()
        .forEach(
            (name, value) -> {
              if (!set(name, value)) {
                errors.put(
                    name,
                    new SetSessionOptionsResult.Error(
                        SetSessionOptionsResult.ErrorValue.INVALID_VALUE));
              }
            });
    return new SetSessionOptionsResult(errors);
  }

  private boolean set(String name, SessionOptionValue value) {
    String text = value.acceptVisitor(new AsText());
    String sql =
        switch (name.toLowerCase(Locale.ROOT)) {
          case CATALOG -> "USE " + Sql.identifier(Objects.requireNonNullElse(text, "mangonel"));
          case SCHEMA -> "USE " + Sql.identifier(Objects.requireNonNullElse(text, "main"));
          default ->
              text == null
                  ? "RESET " + Sql.identifier(name)
                  : "SET " + Sql.identifier(name) + " = " + Sql.literal(text);
        };
    return switch (queries.submit(request(sql))) {
      case Answer.Ok<Submission> _ -> true;
      case Answer.UserFault<Submission> _ -> false;
      case Answer<Submission> other -> {
        Calls.value(other);
        yield false;
      }
    };
  }

  GetSessionOptionsResult get() {
    Map<String, SessionOptionValue> options = new HashMap<>();
    Calls.value(queries.sessionSettings(request("")))
        .forEach(
            (name, value) ->
                options.put(name, SessionOptionValueFactory.makeSessionOptionValue(value)));
    return new GetSessionOptionsResult(options);
  }

  CloseSessionResult close() {
    Calls.value(queries.closeSession(request("")));
    return new CloseSessionResult(CloseSessionResult.Status.CLOSED);
  }

  private StatementRequest request(String sql) {
    var text = new StatementCommands.Text(sql, List.of(), Caller.current().offeredSession());
    return Caller.current().request(text, defaultDirectory);
  }

  /** An option's value as a setting's; null takes the setting back. */
  private static final class AsText extends NoOpSessionOptionValueVisitor<String> {
    @Override
    public String visit(String value) {
      return value;
    }

    @Override
    public String visit(boolean value) {
      return Boolean.toString(value);
    }

    @Override
    public String visit(long value) {
      return Long.toString(value);
    }

    @Override
    public String visit(double value) {
      return Double.toString(value);
    }

    @Override
    public String visit(String[] value) {
      return String.join(",", value);
    }
  }
}

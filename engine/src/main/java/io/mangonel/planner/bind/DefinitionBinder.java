package io.mangonel.planner.bind;

import io.mangonel.planner.bind.Binding.Invalid;
import io.mangonel.planner.database.RejectedException;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.names.DefinitionSet;
import io.mangonel.planner.names.ParsedStatement;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks definitions, and finds out which statements are about definitions. Thread-safe. */
public final class DefinitionBinder {
  /** A statement that is there for the definitions it is given. */
  private static final String NOTHING = "SELECT 1";

  private final StatementBinder binder;

  public DefinitionBinder(StatementBinder binder) {
    this.binder = binder;
  }

  /**
   * @param asksCatalog whether it reads what is in the catalogue
   * @param statement as users write it, without their database's name
   * @param reads what else it reads, or null
   */
  public record Question(boolean asksCatalog, String statement, @Nullable String reads) {}

  /** Whether a statement is about the catalogue; one that does not parse is not. */
  public Question question(String sql, StatementContext context) {
    try {
      return binder.with(
          (here, connection) -> {
            ParsedStatement parsed = here.parser.parse(connection, sql);
            if (!parsed.asksCatalog()) {
              return new Question(false, sql, null);
            }
            var definitions =
                new DefinitionSet(
                    here.parser, connection, context.definitions(), context.currentSchema());
            return new Question(true, sql, definitions.rowsOf(parsed));
          });
    } catch (RejectedException e) {
      return new Question(false, sql, null);
    }
  }

  /**
   * A query with absolute paths.
   *
   * @param text of the query
   * @param invalid why there is none, or null
   */
  public record Absolute(String text, @Nullable Invalid invalid) {}

  /** The text of a macro's query with absolute paths; its parameters have no values here. */
  public Absolute absolute(String sql, StatementContext context) {
    try {
      return binder.with(
          (here, connection) -> {
            ParsedStatement parsed = here.parser.parse(connection, sql);
            if (parsed.error() != null) {
              throw new RejectedException(parsed.error(), parsed.errorRange());
            }
            var definitions =
                new DefinitionSet(
                    here.parser, connection, context.definitions(), context.currentSchema());
            var rewriting =
                new Rewriting(
                    binder.directories(), here.tables, connection, definitions, new ArrayList<>());
            return new Absolute(
                rewriting.forExecutors(sql, parsed, context.workingDirectory()).edited(), null);
          });
    } catch (RejectedException e) {
      return new Absolute("", new Invalid(e.text(), e.range()));
    }
  }

  /** What is wrong with a definition; empty when it can be made. */
  public Optional<Invalid> check(Definition definition, StatementContext context) {
    try {
      return binder.with(
          (here, connection) -> {
            ParsedStatement nothing = here.parser.parse(connection, NOTHING);
            Prepared prepared =
                binder.prepare(here, connection, nothing.naming(definition), NOTHING, context);
            connection.apply(context.settings());
            StatementBinder.enter(here, prepared.planningScope());
            return Optional.<Invalid>empty();
          });
    } catch (RejectedException e) {
      return Optional.of(new Invalid(e.text(), e.range()));
    }
  }
}

package io.mangonel.planner;

import io.mangonel.planner.bind.Binding.Invalid;
import io.mangonel.planner.bind.CatalogDatabase;
import io.mangonel.planner.bind.DefinitionBinder;
import io.mangonel.planner.bind.StatementBinder;
import io.mangonel.planner.bind.StatementBinder.Rows;
import io.mangonel.planner.bind.StatementContext;
import io.mangonel.planner.text.Tokens;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Statements about the catalogue, which the planner answers by itself: SHOW and DESCRIBE, {@code
 * information_schema}, {@code duckdb_views()}.
 */
final class CatalogQuestions implements AutoCloseable {
  private static final Set<String> DESCRIBE = Set.of("DESCRIBE", "DESC", "SHOW");

  private final StatementBinder binder;
  private final DefinitionBinder definitions;
  private final CatalogDatabase catalog;

  CatalogQuestions(StatementBinder binder, CatalogDatabase catalog) {
    this.binder = binder;
    this.definitions = new DefinitionBinder(binder);
    this.catalog = catalog;
  }

  /** Empty when the statement is about something else. */
  Optional<Rows> answer(String statement, StatementContext context) {
    DefinitionBinder.Question question = definitions.question(statement, context);
    if (question.asksCatalog()) {
      String reads = question.reads();
      return Optional.of(
          reads == null
              ? catalog.answer(question.statement(), context)
              : new Rows(
                  List.of(),
                  List.of(),
                  new Invalid(
                      "a statement about the catalogue cannot read " + reads + " as well", null)));
    }
    String keyword = Tokens.of(statement).getFirst().value().toUpperCase(Locale.ROOT);
    return DESCRIBE.contains(keyword)
        ? Optional.of(binder.describe(statement, context))
        : Optional.empty();
  }

  @Override
  public void close() {
    catalog.close();
  }
}

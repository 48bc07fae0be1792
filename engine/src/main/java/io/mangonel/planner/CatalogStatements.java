package io.mangonel.planner;

import io.mangonel.planner.PlanRequest.ViewDefinition;
import io.mangonel.planner.bind.Binding;
import io.mangonel.planner.bind.StatementBinder;
import io.mangonel.planner.bind.StatementContext;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.stage.StageInput.Column;
import io.mangonel.planner.text.Token;
import io.mangonel.planner.text.Tokens;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** SHOW and DESCRIBE: statements about the catalogue, which the planner answers by itself. */
final class CatalogStatements {
  private static final List<String> DESCRIBE_COLUMNS =
      List.of("column_name", "column_type", "null", "key", "default", "extra");

  private static final List<String> ALL_TABLES_COLUMNS =
      List.of("database", "schema", "name", "column_names", "column_types", "temporary");

  private static final Set<String> DESCRIBE = Set.of("DESCRIBE", "DESC", "SHOW");

  private final StatementBinder binder;
  private final PlanRequest request;
  private final StatementContext context;

  CatalogStatements(StatementBinder binder, PlanRequest request, StatementContext context) {
    this.binder = binder;
    this.request = request;
    this.context = context;
  }

  /** Empty when the statement is about something else. */
  Optional<Answer> answer(String statement) {
    List<Token> tokens = Tokens.of(statement);
    String keyword = tokens.getFirst().value().toUpperCase(Locale.ROOT);
    if (!DESCRIBE.contains(keyword)) {
      return Optional.empty();
    }
    boolean show = keyword.equals("SHOW");
    if (show && tokens.size() >= 2 && tokens.get(1).is("TABLES")) {
      return Optional.of(showTables(tokens));
    }
    boolean all = show && tokens.size() == 3 && tokens.get(1).is("ALL");
    if (all || (tokens.size() == 1 && !show)) {
      return Optional.of(allTables());
    }
    if (show && tokens.size() == 2 && tokens.get(1).is("SCHEMAS")) {
      return Optional.of(rows(List.of("schema_name"), List.of(List.of("main"))));
    }
    if (show && tokens.size() == 2 && tokens.get(1).is("DATABASES")) {
      return Optional.of(rows(List.of("database_name"), List.of(List.of("mangonel"))));
    }
    var described = binder.describe(statement, context);
    return Optional.of(
        described.invalid() == null
            ? rows(DESCRIBE_COLUMNS, described.rows())
            : new Answer.Wrong(described.invalid()));
  }

  sealed interface Answer {
    record Rows(PlanResult result) implements Answer {}

    record Wrong(Binding.Invalid invalid) implements Answer {}
  }

  private static Answer rows(List<String> names, List<List<@Nullable String>> rows) {
    return new Answer.Rows(new PlanResult.Query(KnownRows.plan(names, rows)));
  }

  private Answer showTables(List<Token> tokens) {
    boolean from = tokens.size() > 2 && !tokens.getLast().value().equalsIgnoreCase("main");
    List<List<@Nullable String>> rows =
        request.views().stream()
            .map(ViewDefinition::name)
            .filter(name -> !from)
            .sorted()
            .<List<@Nullable String>>map(List::of)
            .toList();
    return rows(List.of("name"), rows);
  }

  private Answer allTables() {
    var rows = new ArrayList<List<@Nullable String>>();
    var views = new ArrayList<>(request.views());
    views.sort(Comparator.comparing(ViewDefinition::name));
    for (ViewDefinition view : views) {
      Binding binding = binder.bind("FROM " + Sql.identifier(view.name()), context);
      List<Column> columns =
          switch (binding) {
            case Binding.Bound bound -> bound.columns();
            // Its files are gone, perhaps: the view is still there.
            case Binding.Invalid _ -> List.of();
          };
      rows.add(
          List.of(
              "mangonel",
              "main",
              view.name(),
              columns.stream().map(Column::name).collect(Collectors.joining(", ", "[", "]")),
              columns.stream().map(Column::type).collect(Collectors.joining(", ", "[", "]")),
              "false"));
    }
    return rows(ALL_TABLES_COLUMNS, rows);
  }
}

package io.mangonel.planner;

import io.mangonel.planner.bind.Binding.Bound;
import io.mangonel.planner.bind.Binding.Invalid;
import io.mangonel.planner.bind.DefinitionBinder;
import io.mangonel.planner.bind.StatementBinder;
import io.mangonel.planner.database.SessionSettings;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.text.DefinitionKind;
import io.mangonel.planner.text.ErrorText;
import io.mangonel.planner.text.StatementHead;
import io.mangonel.planner.text.TextEdits.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** CREATE of schemas, views and macros, and USE: checked against what there is. */
final class DefinitionStatements {
  private static final Set<String> RESERVED =
      Set.of("temp", "memory", "system", "information_schema", "pg_catalog", "files");

  private static final String RESERVED_PREFIX = "mangonel";

  /** What is safe between the quotes and commas of a search path. */
  private static final Pattern SCHEMA_NAME = Pattern.compile("[\\p{L}\\p{N}_$ -]{1,64}");

  private static final String BOTH = "OR REPLACE and IF NOT EXISTS exclude each other";

  private final StatementBinder binder;
  private final DefinitionBinder definitions;
  private final PlanRequest request;

  DefinitionStatements(StatementBinder binder, PlanRequest request) {
    this.binder = binder;
    this.definitions = new DefinitionBinder(binder);
    this.request = request;
  }

  PlanResult createSchema(StatementHead.CreateSchema head) {
    String lower = head.name().toLowerCase(Locale.ROOT);
    if (lower.equals(Definition.MAIN)) {
      return head.ifNotExists()
          ? new PlanResult.Done()
          : new PlanResult.Rejected("the schema \"main\" is always there");
    }
    if (RESERVED.contains(lower) || lower.startsWith(RESERVED_PREFIX)) {
      return new PlanResult.Rejected("a schema cannot be named \"" + head.name() + "\"");
    }
    if (!SCHEMA_NAME.matcher(head.name()).matches()) {
      return new PlanResult.Rejected(
          "the name of a schema has up to 64 letters, digits, spaces and _ - $");
    }
    String name = head.name();
    String createSql = "CREATE SCHEMA " + Sql.identifier(name);
    var schema = new Definition(DefinitionKind.SCHEMA, name, name, createSql, false);
    return new PlanResult.Create(schema, false, head.ifNotExists());
  }

  PlanResult createView(StatementHead.CreateView head, String body) {
    if (head.orReplace() && head.ifNotExists()) {
      return new PlanResult.Rejected(BOTH);
    }
    Optional<String> schema = schema(head.schema());
    if (schema.isEmpty()) {
      return noSchema(head.schema());
    }
    return switch (binder.bind(body, Planner.context(request, request.definitions()))) {
      case Invalid invalid -> rejected(invalid.message(), invalid.range(), head.bodyStart());
      case Bound bound -> {
        String columns = head.columns() == null ? "" : head.columns();
        String createSql =
            "CREATE VIEW " + Sql.identifier(head.name()) + columns + " AS " + bound.executable();
        var view =
            new Definition(
                DefinitionKind.VIEW, schema.get(), head.name(), createSql, head.temporary());
        yield checked(view, head.orReplace(), head.ifNotExists());
      }
    };
  }

  PlanResult createMacro(StatementHead.CreateMacro head) {
    if (head.orReplace() && head.ifNotExists()) {
      return new PlanResult.Rejected(BOTH);
    }
    Optional<String> schema = schema(head.schema());
    if (schema.isEmpty()) {
      return noSchema(head.schema());
    }
    String sql = request.sql();
    var text = new StringBuilder("CREATE MACRO ").append(Sql.identifier(head.name()));
    int at = head.parametersStart();
    for (Range body : head.bodies()) {
      text.append(sql, at, body.start());
      // What is selected, or a query: for the files in it that makes no difference.
      String prefix = head.table() ? "" : "SELECT ";
      String query = prefix + sql.substring(body.start(), body.end());
      var absolute = definitions.absolute(query, Planner.context(request, request.definitions()));
      Invalid invalid = absolute.invalid();
      if (invalid != null) {
        return rejected(invalid.message(), invalid.range(), body.start() - prefix.length());
      }
      text.append(absolute.text().substring(prefix.length()));
      at = body.end();
    }
    var macro =
        new Definition(
            head.table() ? DefinitionKind.TABLE_MACRO : DefinitionKind.MACRO,
            schema.get(),
            head.name(),
            text.toString(),
            head.temporary());
    return checked(macro, head.orReplace(), head.ifNotExists());
  }

  /** A definition is right when it can be read; that also shows when it would read itself. */
  private PlanResult checked(Definition definition, boolean orReplace, boolean ifNotExists) {
    var definitions = new ArrayList<Definition>();
    for (Definition existing : request.definitions()) {
      boolean same =
          existing.isNamed(definition.kind(), definition.schema(), definition.name())
              && existing.temporary() == definition.temporary();
      if (!same) {
        definitions.add(existing);
      }
    }
    definitions.add(definition);
    Optional<Invalid> wrong =
        this.definitions.check(definition, Planner.context(request, definitions));
    return wrong.isPresent()
        ? new PlanResult.Rejected(wrong.get().message())
        : new PlanResult.Create(definition, orReplace, ifNotExists);
  }

  PlanResult use(String name) {
    return schema(name)
        .<PlanResult>map(schema -> new PlanResult.Set(SessionSettings.SCHEMA, schema))
        .orElseGet(() -> noSchema(name));
  }

  /** The schema as its creator wrote it; the session's for an empty name. */
  private Optional<String> schema(String name) {
    String wanted =
        name.isEmpty()
            ? request.settings().getOrDefault(SessionSettings.SCHEMA, Definition.MAIN)
            : name;
    if (wanted.equalsIgnoreCase(Definition.MAIN)) {
      return Optional.of(Definition.MAIN);
    }
    return request.definitions().stream()
        .filter(each -> each.isNamed(DefinitionKind.SCHEMA, wanted, wanted))
        .map(Definition::name)
        .findFirst();
  }

  private PlanResult noSchema(String name) {
    List<String> names = new ArrayList<>(List.of(Definition.MAIN));
    request.definitions().stream()
        .filter(each -> each.kind() == DefinitionKind.SCHEMA)
        .forEach(each -> names.add(each.name()));
    return new PlanResult.Rejected(
        "there is no schema named \"" + name + "\"; there are: " + String.join(", ", names));
  }

  private PlanResult rejected(String message, @Nullable Range range, int start) {
    Range shifted = range == null ? null : range.shifted(start);
    return new PlanResult.Rejected(ErrorText.of(message, request.sql(), shifted));
  }
}

package io.mangonel.planner.names;

import io.mangonel.planner.database.PlanningConnection;
import io.mangonel.planner.database.RejectedException;
import io.mangonel.planner.names.NeededDefinition.Body;
import io.mangonel.planner.text.DefinitionKind;
import io.mangonel.planner.text.StatementHead;
import io.mangonel.planner.text.TextEdits.Range;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What names mean to a statement, and which of it the statement needs. */
public final class DefinitionSet {
  private static final List<DefinitionKind> TABLES = List.of(DefinitionKind.VIEW);
  private static final List<DefinitionKind> FUNCTIONS =
      List.of(DefinitionKind.MACRO, DefinitionKind.TABLE_MACRO);

  /** A scalar macro's body is parsed as what is selected. */
  private static final String SELECT = "SELECT ";

  /** How users name the schema of what is temporary. */
  private static final String TEMPORARY = "temp";

  private final StatementParser parser;
  private final PlanningConnection connection;
  private final Definitions definitions;
  private final String currentSchema;

  /**
   * @param currentSchema where names without a schema are looked up before {@code main}
   */
  public DefinitionSet(
      StatementParser parser,
      PlanningConnection connection,
      Definitions definitions,
      String currentSchema) {
    this.parser = parser;
    this.connection = connection;
    this.definitions = definitions;
    this.currentSchema = currentSchema;
  }

  /** Whether a name with this schema, or with none, is looked up among the temporary first. */
  public static boolean mayBeTemporary(String schema) {
    String lower = schema.toLowerCase(Locale.ROOT);
    return lower.isEmpty() || lower.equals(TEMPORARY) || lower.equals(Definition.MAIN);
  }

  /** Whether the session has a view of its own of this name. */
  public boolean hasTemporaryView(String name) {
    return definitions.named(name).stream()
        .anyMatch(each -> each.temporary() && TABLES.contains(each.kind()));
  }

  /** Whether a table of this name, without a schema, is a view. */
  public boolean containsView(String name) {
    return !find(new Reference("", name), currentSchema, TABLES).isEmpty();
  }

  /** The first thing outside the catalogue that a statement reads rows of, or null. */
  public @Nullable String rowsOf(ParsedStatement statement) throws RejectedException, SQLException {
    if (!statement.files().isEmpty()) {
      return "files";
    }
    for (NeededDefinition needed : needed(statement)) {
      boolean rows = needed.definition().kind() != DefinitionKind.MACRO;
      if (rows || needed.bodies().stream().anyMatch(body -> !body.parsed().files().isEmpty())) {
        return needed.definition().kind().title() + " \"" + needed.definition().name() + "\"";
      }
    }
    return null;
  }

  /** The schema of this name. */
  public Optional<Definition> schema(String name) {
    return definitions.named(name).stream()
        .filter(each -> each.isNamed(DefinitionKind.SCHEMA, name, name))
        .findFirst();
  }

  /** What a statement needs, each after what it reads itself. */
  public List<NeededDefinition> needed(ParsedStatement statement)
      throws RejectedException, SQLException {
    var found = new LinkedHashMap<Definition, NeededDefinition>();
    collect(statement, currentSchema, found, new LinkedHashSet<>());
    return new ArrayList<>(found.values());
  }

  private void collect(
      ParsedStatement statement,
      String schema,
      Map<Definition, NeededDefinition> found,
      Set<Definition> path)
      throws RejectedException, SQLException {
    for (Reference table : statement.tables()) {
      for (Definition definition : find(table, schema, TABLES)) {
        collect(definition, found, path);
      }
    }
    for (Reference function : statement.functions()) {
      for (Definition definition : find(function, schema, FUNCTIONS)) {
        collect(definition, found, path);
      }
    }
  }

  private void collect(
      Definition definition, Map<Definition, NeededDefinition> found, Set<Definition> path)
      throws RejectedException, SQLException {
    if (found.containsKey(definition)) {
      return;
    }
    if (!path.add(definition)) {
      String circle =
          String.join(" -> ", path.stream().map(Definition::name).toList())
              + " -> "
              + definition.name();
      throw new RejectedException(
          definition.kind().title() + " \"" + definition.name() + "\" reads itself: " + circle);
    }
    NeededDefinition needed = parse(definition);
    for (Body body : needed.bodies()) {
      if (!readsFileOfItsName(body, definition)) {
        collect(body.parsed(), definition.schema(), found, path);
      }
      if (definition.kind() != DefinitionKind.VIEW) {
        // A macro's names are looked up where it is called.
        collect(body.parsed(), currentSchema, found, path);
      }
    }
    path.remove(definition);
    found.put(definition, needed);
  }

  private static boolean readsFileOfItsName(Body body, Definition definition) {
    return body.parsed().files().stream()
        .anyMatch(file -> file.patterns().getFirst().equalsIgnoreCase(definition.name()));
  }

  /** What a name means: the first that has it of the session, the schema and {@code main}. */
  private List<Definition> find(Reference name, String schema, List<DefinitionKind> kinds) {
    List<Definition> temporary =
        definitions.named(name.name()).stream()
            .filter(each -> each.temporary() && kinds.contains(each.kind()))
            .toList();
    boolean first = mayBeTemporary(name.schema()) && !temporary.isEmpty();
    if (first || name.schema().equals(TEMPORARY)) {
      return temporary;
    }
    if (!name.schema().isEmpty()) {
      return find(name.name(), name.schema(), kinds);
    }
    List<Definition> here = find(name.name(), schema, kinds);
    return here.isEmpty() ? find(name.name(), Definition.MAIN, kinds) : here;
  }

  private List<Definition> find(String name, String schema, List<DefinitionKind> kinds) {
    return definitions.named(name).stream()
        .filter(each -> !each.temporary())
        .filter(each -> kinds.stream().anyMatch(kind -> each.isNamed(kind, schema, name)))
        .toList();
  }

  private NeededDefinition parse(Definition definition) throws RejectedException, SQLException {
    String sql = definition.createSql();
    return switch (StatementHead.of(sql)) {
      case StatementHead.CreateView head -> {
        String body = sql.substring(head.bodyStart());
        String columns = head.columns() == null ? "" : head.columns();
        var parsed = parsed(definition, body, "");
        yield new NeededDefinition(
            definition, List.of(new Body(columns + " AS ", body, "", parsed)), "");
      }
      case StatementHead.CreateMacro head -> {
        var bodies = new ArrayList<Body>();
        int at = head.parametersStart();
        for (Range range : head.bodies()) {
          String body = sql.substring(range.start(), range.end());
          String prefix = definition.kind() == DefinitionKind.MACRO ? SELECT : "";
          var parsed = parsed(definition, prefix + body, prefix);
          bodies.add(new Body(sql.substring(at, range.start()), prefix + body, prefix, parsed));
          at = range.end();
        }
        yield new NeededDefinition(definition, bodies, sql.substring(at));
      }
      case StatementHead _ ->
          throw new RejectedException(
              definition.kind().title()
                  + " \""
                  + definition.name()
                  + "\" is stored as something else");
    };
  }

  private ParsedStatement parsed(Definition definition, String text, String prefix)
      throws RejectedException, SQLException {
    ParsedStatement parsed = parser.parse(connection, text);
    if (parsed.asksCatalog()) {
      throw new RejectedException(
          definition.kind().title()
              + " \""
              + definition.name()
              + "\": only a statement of its own can read the catalogue");
    }
    if (parsed.error() != null) {
      Range range = parsed.errorRange();
      throw new RejectedException(
          definition.kind().title() + " \"" + definition.name() + "\": " + parsed.error(),
          range == null ? null : range.shifted(-prefix.length()));
    }
    return parsed;
  }
}

package io.mangonel.planner.bind;

import io.mangonel.planner.bind.Binding.Invalid;
import io.mangonel.planner.bind.StatementBinder.Rows;
import io.mangonel.planner.database.Errors;
import io.mangonel.planner.database.Limits;
import io.mangonel.planner.database.PlanningConnection;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.source.DataDirectories;
import io.mangonel.planner.stage.StageInput.Column;
import io.mangonel.planner.text.DefinitionKind;
import io.mangonel.planner.text.StatementHead;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A DuckDB that holds a catalogue as users see it and answers questions about it: so the answer has
 * the columns and the meaning that DuckDB gives it. It is brought up to date before each question,
 * and opened at the first. Thread-safe; one question at a time.
 */
public final class CatalogDatabase implements AutoCloseable {
  private final List<Path> dataDirectories;
  private final Set<Definition> applied = new LinkedHashSet<>();
  private @Nullable PlanningConnection connection;

  /**
   * @param dataDirectories where views may look for their files
   */
  public CatalogDatabase(List<Path> dataDirectories) {
    this.dataDirectories = new DataDirectories(dataDirectories).all();
  }

  /** The answer to a question that reads nothing but the catalogue. */
  public synchronized Rows answer(String sql, StatementContext context) {
    try {
      PlanningConnection open = connection == null ? open() : connection;
      connection = open;
      update(open, context.definitions());
      open.apply(context.settings());
      open.execute("SET schema = " + Sql.literal("mangonel." + quoted(context.currentSchema())));
      return bounded(open, sql);
    } catch (SQLException e) {
      if (Errors.isFatal(e)) {
        close();
      }
      return new Rows(List.of(), List.of(), new Invalid(Errors.firstPart(e), null));
    }
  }

  private static String quoted(String schema) {
    return Sql.identifier(schema);
  }

  private static Rows bounded(PlanningConnection open, String sql) throws SQLException {
    List<Column> columns = open.columns("SELECT * FROM (" + sql + "\n) LIMIT 0");
    List<List<@Nullable String>> rows =
        open.rows(
            "SELECT COLUMNS(*)::VARCHAR FROM ("
                + sql
                + "\n) LIMIT "
                + (Limits.CATALOG_ROWS_MAX + 1));
    long characters =
        rows.stream()
            .flatMap(List::stream)
            .mapToLong(value -> value == null ? 0 : value.length())
            .sum();
    if (rows.size() > Limits.CATALOG_ROWS_MAX || characters > Limits.CATALOG_CHARACTERS_MAX) {
      return new Rows(
          List.of(),
          List.of(),
          new Invalid(
              "an answer about the catalogue has at most "
                  + Limits.CATALOG_ROWS_MAX
                  + " rows and "
                  + Limits.CATALOG_CHARACTERS_MAX
                  + " characters: ask for less of it",
              null));
    }
    return new Rows(columns, rows, null);
  }

  private PlanningConnection open() throws SQLException {
    Connection database = DriverManager.getConnection("jdbc:duckdb:");
    var made = new PlanningConnection(database);
    try {
      made.execute("SET threads = 1");
      made.execute("SET memory_limit = '" + Limits.MEMORY_MAX + "'");
      made.execute("SET temp_directory = ''");
      made.execute(
          "SET allowed_directories = "
              + dataDirectories.stream()
                  .map(directory -> Sql.literal(directory.toString()))
                  .collect(Collectors.joining(", ", "[", "]")));
      made.execute("SET enable_external_access = false");
      made.execute("ATTACH ':memory:' AS " + Definition.DATABASE);
      made.execute("USE " + Definition.DATABASE);
      made.execute("DETACH memory");
      return made;
    } catch (SQLException e) {
      made.close();
      throw e;
    }
  }

  private void update(PlanningConnection open, List<Definition> wanted) throws SQLException {
    open.execute("USE " + Definition.DATABASE);
    Set<Definition> kept = new HashSet<>(wanted);
    for (Definition gone : List.copyOf(applied).reversed()) {
      if (!kept.contains(gone)) {
        open.execute("DROP " + gone.kind().keywords() + " IF EXISTS " + name(gone) + cascade(gone));
        applied.remove(gone);
      }
    }
    for (Definition definition : wanted) {
      if (definition.kind() == DefinitionKind.SCHEMA && !applied.contains(definition)) {
        make(open, definition);
      }
    }
    for (Definition definition : wanted) {
      if (!applied.contains(definition)) {
        make(open, definition);
      }
    }
  }

  private void make(PlanningConnection open, Definition definition) throws SQLException {
    open.execute(
        "SET schema = "
            + Sql.literal(
                "mangonel."
                    + (definition.kind() == DefinitionKind.SCHEMA
                        ? Definition.MAIN
                        : quoted(definition.schema()))));
    try {
      open.execute(create(definition));
    } catch (SQLException e) {
      if (Errors.isFatal(e)) {
        throw e;
      }
      // Its files are gone, perhaps: it is still there, and says why when it is used.
      open.execute(stub(definition, Sql.literal(Errors.firstPart(e))));
    }
    applied.add(definition);
  }

  private static String create(Definition definition) {
    String sql = definition.createSql();
    return create(
        definition,
        switch (StatementHead.of(sql)) {
          case StatementHead.CreateView head ->
              (head.columns() == null ? "" : head.columns())
                  + " AS "
                  + sql.substring(head.bodyStart());
          case StatementHead.CreateMacro head -> sql.substring(head.parametersStart());
          case StatementHead _ -> "";
        });
  }

  /** One of the same kind and name that has only a message. */
  private static String stub(Definition definition, String message) {
    String sql = definition.createSql();
    return create(
        definition,
        StatementHead.of(sql) instanceof StatementHead.CreateMacro head
            ? sql.substring(head.parametersStart(), head.bodies().getFirst().start())
                + (head.table() ? "SELECT " : "")
                + "error("
                + message
                + ")"
            : " AS SELECT " + message + " AS error");
  }

  private static String create(Definition definition, String rest) {
    String kind =
        switch (definition.kind()) {
          case SCHEMA -> "SCHEMA ";
          case VIEW -> "VIEW ";
          case MACRO, TABLE_MACRO -> "MACRO ";
        };
    return "CREATE " + (definition.temporary() ? "TEMP " : "") + kind + name(definition) + rest;
  }

  private static String name(Definition definition) {
    String name = Sql.identifier(definition.name());
    if (definition.kind() == DefinitionKind.SCHEMA) {
      return Definition.DATABASE + "." + name;
    }
    return definition.temporary()
        ? "temp.main." + name
        : Definition.DATABASE + "." + quoted(definition.schema()) + "." + name;
  }

  private static String cascade(Definition definition) {
    return definition.kind() == DefinitionKind.SCHEMA ? " CASCADE" : "";
  }

  @Override
  public synchronized void close() {
    PlanningConnection open = connection;
    connection = null;
    applied.clear();
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        throw new IllegalStateException("the catalogue's database does not close", e);
      }
    }
  }
}

package io.mangonel.planner.bind;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.planner.bind.Binding.Bound;
import io.mangonel.planner.bind.Binding.Invalid;
import io.mangonel.planner.bind.Workspace.DescribeKey;
import io.mangonel.planner.database.Errors;
import io.mangonel.planner.database.Json;
import io.mangonel.planner.database.Limits;
import io.mangonel.planner.database.PlanningConnection;
import io.mangonel.planner.database.PlanningDatabase;
import io.mangonel.planner.database.RejectedException;
import io.mangonel.planner.database.SessionSettings;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.names.DefinitionSet;
import io.mangonel.planner.names.ParsedStatement;
import io.mangonel.planner.source.DataDirectories;
import io.mangonel.planner.stage.StageInput.Column;
import io.mangonel.planner.text.TextEdits;
import io.mangonel.planner.text.TextEdits.Range;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Binds statements with a planning DuckDB of its own. Thread-safe; every call is bounded. */
public final class StatementBinder implements AutoCloseable {
  private final DataDirectories directories;
  private volatile Workspace workspace;

  private StatementBinder(DataDirectories directories, Workspace workspace) {
    this.directories = directories;
    this.workspace = workspace;
  }

  /**
   * @param dataDirectories the only directories whose files statements may read
   * @throws IllegalStateException when DuckDB does not start
   */
  public static StatementBinder open(List<Path> dataDirectories) {
    var directories = new DataDirectories(dataDirectories);
    return new StatementBinder(directories, openWorkspace(directories));
  }

  private static Workspace openWorkspace(DataDirectories directories) {
    try {
      return Workspace.open(directories.all());
    } catch (SQLException e) {
      throw new IllegalStateException("the planning database does not start: " + e, e);
    }
  }

  /** The directories whose files statements may read and write. */
  public DataDirectories directories() {
    return directories;
  }

  /** What is done with a connection while tables and scopes stay as they are. */
  interface Step<T> {
    T run(Workspace here, PlanningConnection connection) throws RejectedException, SQLException;
  }

  /** Binds one statement that gives rows. */
  public Binding bind(String sql, StatementContext context) {
    try {
      return with((here, connection) -> bind(here, connection, sql, context));
    } catch (RejectedException e) {
      return new Invalid(e.text(), e.range());
    }
  }

  /** DuckDB's complaint about a text of any kind of statement; empty when it parses. */
  public Optional<Invalid> syntaxError(String sql) {
    try {
      return with(
          (here, connection) -> {
            ParsedStatement parsed = here.parser.parse(connection, sql);
            String error = parsed.error();
            return error == null
                ? Optional.<Invalid>empty()
                : Optional.of(new Invalid(error, parsed.errorRange()));
          });
    } catch (RejectedException e) {
      return Optional.of(new Invalid(e.text(), e.range()));
    }
  }

  /** The answer of a DESCRIBE, which depends on names and types only. */
  public Rows describe(String sql, StatementContext context) {
    try {
      return with(
          (here, connection) -> {
            Prepared prepared = prepare(here, connection, sql, context);
            connection.apply(context.settings());
            Binding files = bindFiles(here, connection, prepared, context, "it describes");
            return files instanceof Invalid invalid
                ? new Rows(List.of(), List.of(), invalid)
                : new Rows(
                    ((Bound) files).columns(),
                    connection.rows(prepared.executable().edited()),
                    null);
          });
    } catch (RejectedException e) {
      return new Rows(List.of(), List.of(), new Invalid(e.text(), e.range()));
    }
  }

  /**
   * @param columns of the rows
   * @param rows values as text, null for NULL
   * @param invalid why there are none, or null
   */
  public record Rows(
      List<Column> columns, List<List<@Nullable String>> rows, @Nullable Invalid invalid) {}

  /**
   * Counts rows of the sample.
   *
   * @param sql a statement that gives one number, over the tables of {@code bound}
   */
  public double count(Bound bound, String sql) {
    try {
      return with(
          (here, connection) -> {
            var known = here.counts.get(sql);
            if (known.isPresent()) {
              return known.get();
            }
            connection.searchIn(bound.scope());
            String answer = connection.rows(sql).getFirst().getFirst();
            double count = answer == null ? 0 : Double.parseDouble(answer);
            here.counts.put(sql, count);
            return count;
          });
    } catch (RejectedException e) {
      return Double.NaN;
    }
  }

  /**
   * The first column of a question about DuckDB itself.
   *
   * @throws IllegalStateException when DuckDB does not answer it
   */
  public List<String> ask(String sql) {
    try {
      return with(
          (here, connection) -> {
            connection.searchIn(Scopes.NOTHING);
            return connection.rows(sql).stream()
                .map(row -> String.valueOf(row.getFirst()))
                .toList();
          });
    } catch (RejectedException e) {
      throw new IllegalStateException("DuckDB does not answer: " + sql, e);
    }
  }

  /** What DuckDB says against a statement that reads no table; empty when it accepts it. */
  public Optional<String> complaint(String sql) {
    try {
      return with(
          (here, connection) -> {
            connection.searchIn(Scopes.NOTHING);
            connection.rows(sql);
            return Optional.<String>empty();
          });
    } catch (RejectedException e) {
      return Optional.of(e.text());
    }
  }

  /** The value of a setting as DuckDB understands it, or its complaint. */
  public SettingValue evaluateSetting(String name, String expression) {
    try {
      return with(
          (here, connection) -> {
            connection.searchIn(Scopes.NOTHING);
            connection.apply(new TreeMap<>());
            connection.execute("SET SESSION " + name + " = " + expression);
            String value =
                connection
                    .rows("SELECT current_setting('" + name + "')::VARCHAR")
                    .getFirst()
                    .getFirst();
            connection.execute(SessionSettings.resetStatement(name));
            return new SettingValue(value, null);
          });
    } catch (RejectedException e) {
      return new SettingValue(null, e.text());
    }
  }

  /** The value of a variable as a literal, or DuckDB's complaint about the expression. */
  public SettingValue evaluateVariable(String expression, SortedMap<String, String> settings) {
    try {
      return with(
          (here, connection) -> {
            connection.apply(settings);
            connection.searchIn(Scopes.NOTHING);
            String literal =
                connection
                    .rows(
                        "SELECT CASE WHEN v IS NULL THEN 'NULL' ELSE 'CAST(' || chr(39) ||"
                            + " replace(v::VARCHAR, chr(39), chr(39) || chr(39)) || chr(39) ||"
                            + " ' AS ' || typeof(v) || ')' END FROM (SELECT "
                            + expression
                            + "\n) AS t(v)")
                    .getFirst()
                    .getFirst();
            return new SettingValue(literal, null);
          });
    } catch (RejectedException e) {
      return new SettingValue(null, e.text());
    }
  }

  /**
   * The types that a statement wants its parameters to have.
   *
   * @param sql with parameters {@code $1}, {@code $2}, ...
   * @return one for each, null where DuckDB takes any; empty when it cannot be told, which binding
   *     the statement with values explains
   */
  public List<@Nullable String> parameterTypes(String sql, StatementContext context) {
    try {
      return with(
          (here, connection) -> {
            ParsedStatement parsed = here.parser.parse(connection, sql);
            Prepared prepared = prepare(here, connection, parsed, sql, context);
            connection.apply(context.settings());
            connection.searchIn(
                enter(here, prepared.planningScope()) + "," + PlanningDatabase.FILES);
            return connection.parameterTypes(prepared.planning().edited());
          });
    } catch (RejectedException e) {
      return List.of();
    }
  }

  /** Either a value or an error. */
  public record SettingValue(@Nullable String value, @Nullable String error) {}

  <T> T with(Step<T> step) throws RejectedException {
    Workspace here = workspace;
    try {
      return attempt(here, step);
    } catch (SQLException e) {
      if (!Errors.isFatal(e)) {
        throw new RejectedException(Errors.firstPart(e));
      }
    }
    replace(here);
    try {
      return attempt(workspace, step);
    } catch (SQLException e) {
      throw new RejectedException(Errors.firstPart(e));
    }
  }

  /** After a fatal error a DuckDB instance answers nothing any more: a new one takes over. */
  private synchronized void replace(Workspace broken) {
    if (workspace == broken) {
      workspace = openWorkspace(directories);
      broken.close();
    }
  }

  private static <T> T attempt(Workspace here, Step<T> step)
      throws RejectedException, SQLException {
    PlanningConnection connection = here.database.take();
    try {
      here.use.readLock().lock();
      try {
        return step.run(here, connection);
      } finally {
        here.use.readLock().unlock();
        here.sweep(connection);
      }
    } finally {
      here.database.giveBack(connection);
    }
  }

  private Prepared prepare(
      Workspace here, PlanningConnection connection, String sql, StatementContext context)
      throws RejectedException, SQLException {
    ParsedStatement parsed = here.parser.parse(connection, sql);
    if (parsed.parameters()) {
      throw new RejectedException("a parameter ($1 or ?) has no value here");
    }
    return prepare(here, connection, parsed, sql, context);
  }

  Prepared prepare(
      Workspace here,
      PlanningConnection connection,
      ParsedStatement parsed,
      String sql,
      StatementContext context)
      throws RejectedException, SQLException {
    if (parsed.error() != null) {
      throw new RejectedException(parsed.error(), parsed.errorRange());
    }
    if (parsed.asksCatalog()) {
      throw new RejectedException("only a statement of its own can read the catalogue");
    }
    String schema = context.currentSchema();
    var definitions = new DefinitionSet(here.parser, connection, context.definitions(), schema);
    if (!schema.equals(Definition.MAIN) && definitions.schema(schema).isEmpty()) {
      throw new RejectedException(
          "the schema \"" + schema + "\" is gone: USE main, or another schema");
    }
    var names = new Prepared.Names(definitions, schema, definitions.needed(parsed));
    var retired = new ArrayList<String>();
    var rewriting = new Rewriting(directories, here.tables, connection, definitions, retired);
    try {
      return Prepared.of(sql, parsed, context.workingDirectory(), names, rewriting);
    } finally {
      here.retireTables(retired);
    }
  }

  private Binding bind(
      Workspace here, PlanningConnection connection, String sql, StatementContext context)
      throws RejectedException, SQLException {
    Prepared prepared = prepare(here, connection, sql, context);
    connection.apply(context.settings());
    if (!prepared.parsed().serializable()) {
      return bindFiles(here, connection, prepared, context, String.valueOf(prepared.whole()));
    }
    String scope;
    try {
      scope = enter(here, prepared.planningScope()) + "," + PlanningDatabase.FILES;
      connection.searchIn(scope);
    } catch (RejectedException e) {
      return bindFiles(here, connection, prepared, context, e.text());
    }
    String planning = prepared.planning().edited();
    String json = prepared.parsed().shows() ? "" : plan(here, connection, prepared, scope, context);
    String whole = prepared.whole();
    if (Json.isError(json)) {
      JsonNode error = Json.parse(json);
      if (!Json.isOnlyNotSerializable(error)) {
        return bindFiles(here, connection, prepared, context, Json.errorMessage(error));
      }
      whole = whole == null ? notSerializable(error) : whole;
    } else if (whole == null && json.length() > Limits.JSON_CHARACTERS_MAX) {
      whole = "its plan is too big to be read";
    }
    List<Column> columns = columns(here, connection, planning, scope, context);
    if (columns.stream().anyMatch(column -> namesTable(column, prepared))) {
      // A column without an alias is named by its text, which has a table in it that users do not
      // know.
      String files = enter(here, prepared.executableScope());
      connection.searchIn(files);
      columns = columns(here, connection, prepared.executable().edited(), files, context);
    }
    return bound(prepared, columns, whole == null ? json : null, whole, scope);
  }

  /** From the cache when nothing that could differ by now is folded into it. */
  private static String plan(
      Workspace here,
      PlanningConnection connection,
      Prepared prepared,
      String scope,
      StatementContext context)
      throws SQLException {
    String planning = prepared.planning().edited();
    if (!prepared.repeatable() || planning.length() > Limits.CACHED_SQL_CHARACTERS_MAX) {
      return connection.serializePlan(planning);
    }
    var key = new DescribeKey(planning, scope, SessionSettings.ofDuckDb(context.settings()));
    var known = here.plans.get(key);
    if (known.isPresent()) {
      return known.get();
    }
    String json = connection.serializePlan(planning);
    if (!Json.isError(json) && json.length() <= Limits.CACHED_PLAN_CHARACTERS_MAX) {
      here.plans.put(key, json);
    }
    return json;
  }

  private static boolean namesTable(Column column, Prepared prepared) {
    return column.name().contains(PlanningDatabase.FILES + ".")
        && prepared.used().stream()
            .anyMatch(shadow -> column.name().contains(shadow.qualifiedName()));
  }

  /**
   * Binds the statement over the files themselves. It is for errors, so that a message is about
   * what the user wrote, and for what only files have, like their {@code filename} column.
   */
  private Binding bindFiles(
      Workspace here,
      PlanningConnection connection,
      Prepared prepared,
      StatementContext context,
      String reason)
      throws RejectedException, SQLException {
    TextEdits executable = prepared.executable();
    String scope = enter(here, prepared.executableScope());
    // Not among the tables that stand for files: they have the files' names.
    connection.searchIn(scope);
    if (prepared.parsed().serializable()) {
      String json = connection.serializePlan(executable.edited());
      JsonNode error = Json.isError(json) ? Json.parse(json) : null;
      if (error != null && !Json.isOnlyNotSerializable(error)) {
        Range range = Json.location(error, executable.edited());
        String message = UnknownTable.improve(Json.errorMessage(error), context.definitions());
        return new Invalid(message, range == null ? null : executable.originalOf(range));
      }
    }
    List<Column> columns = columns(here, connection, executable.edited(), scope, context);
    return bound(prepared, columns, null, "only its files can bind it: " + reason, scope);
  }

  private static Bound bound(
      Prepared prepared,
      List<Column> columns,
      @Nullable String json,
      @Nullable String whole,
      String scope) {
    return new Bound(
        columns,
        json,
        whole,
        prepared.tables(),
        scope,
        prepared.executable().edited(),
        prepared.executableScope().statements());
  }

  private static String notSerializable(JsonNode error) {
    String message = error.path("error_message").asText();
    int newLine = message.indexOf('\n');
    return "DuckDB does not hand out its plan: "
        + (newLine < 0 ? message : message.substring(0, newLine));
  }

  /** The search path by which the scope is seen, which is made if need be. */
  static String enter(Workspace here, Scopes.Scope scope) throws RejectedException, SQLException {
    var retired = new ArrayList<String>();
    String path = here.scopes.enter(scope, retired);
    here.retireScopes(retired);
    return path;
  }

  private static List<Column> columns(
      Workspace here,
      PlanningConnection connection,
      String sql,
      String scope,
      StatementContext context)
      throws SQLException {
    var key = new DescribeKey(sql, scope, SessionSettings.ofDuckDb(context.settings()));
    var known = here.columns.get(key);
    if (known.isPresent()) {
      return known.get();
    }
    List<Column> columns = connection.describe(sql);
    if (sql.length() <= Limits.CACHED_SQL_CHARACTERS_MAX) {
      here.columns.put(key, columns);
    }
    return columns;
  }

  @Override
  public void close() {
    workspace.close();
  }
}

package io.mangonel.planner.bind;

import io.mangonel.planner.bind.Scopes.Scope;
import io.mangonel.planner.cost.TableSource;
import io.mangonel.planner.database.RejectedException;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.names.DefinitionSet;
import io.mangonel.planner.names.NeededDefinition;
import io.mangonel.planner.names.NeededDefinition.Body;
import io.mangonel.planner.names.ParsedStatement;
import io.mangonel.planner.names.Reference;
import io.mangonel.planner.source.ShadowTables.Shadow;
import io.mangonel.planner.text.ErrorText;
import io.mangonel.planner.text.TextEdits;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A statement and the definitions it needs, in both texts.
 *
 * @param planning the statement over the planning database's tables
 * @param planningScope the definitions over them
 * @param executable the statement over the files themselves
 * @param executableScope the definitions over them
 * @param repeatable whether nothing but texts, tables and settings makes its plan
 * @param used the tables that stand for its files
 */
record Prepared(
    ParsedStatement parsed,
    TextEdits planning,
    Scope planningScope,
    TextEdits executable,
    Scope executableScope,
    boolean repeatable,
    List<Shadow> used) {

  /** Definitions have absolute paths: there is nothing for them to be relative to. */
  private static final String NO_DIRECTORY = "/";

  /** What a statement is prepared with. */
  record Names(DefinitionSet definitions, String currentSchema, List<NeededDefinition> needed) {}

  static Prepared of(
      String sql, ParsedStatement parsed, String workingDirectory, Names names, Rewriting rewriting)
      throws RejectedException, SQLException {
    TextEdits planning = rewriting.forPlanning(sql, parsed, workingDirectory);
    TextEdits executable = rewriting.forExecutors(sql, parsed, workingDirectory);
    var overTables = new ArrayList<>(beginning(parsed, names));
    var overFiles = new ArrayList<>(overTables);
    boolean repeatable = parsed.repeatable();
    for (NeededDefinition needed : names.needed()) {
      var tables = new ArrayList<String>();
      var files = new ArrayList<String>();
      for (Body body : needed.bodies()) {
        tables.add(rewritten(needed, body, rewriting, true));
        files.add(rewritten(needed, body, rewriting, false));
        repeatable &= body.parsed().repeatable();
      }
      String path = searchPath(names, needed.schema());
      overTables.add(new Scope.Step(path, needed.createSql(tables), needed.title()));
      overFiles.add(new Scope.Step(path, needed.createSql(files), needed.title()));
    }
    String path = overTables.isEmpty() ? "" : searchPath(names, names.currentSchema());
    return new Prepared(
        parsed,
        planning,
        new Scope(overTables, path),
        executable,
        new Scope(overFiles, path),
        repeatable,
        rewriting.used());
  }

  private static String rewritten(
      NeededDefinition needed, Body body, Rewriting rewriting, boolean forPlanning)
      throws RejectedException, SQLException {
    try {
      TextEdits edits =
          forPlanning
              ? rewriting.forPlanning(body.text(), body.parsed(), NO_DIRECTORY)
              : rewriting.forExecutors(body.text(), body.parsed(), NO_DIRECTORY);
      return edits.edited();
    } catch (RejectedException e) {
      String message = ErrorText.of(e.text(), body.text(), e.range());
      throw new RejectedException(needed.title() + ": " + message);
    }
  }

  /** Schemas, and what tells a statement where it is; nothing for one that names nothing. */
  private static List<Scope.Step> beginning(ParsedStatement parsed, Names names) {
    var steps = new ArrayList<Scope.Step>();
    schemas(parsed, names)
        .forEach(
            schema ->
                steps.add(new Scope.Step("", "CREATE SCHEMA " + Sql.identifier(schema), "schema")));
    boolean asked =
        parsed.asksSession()
            || names.needed().stream()
                .flatMap(needed -> needed.bodies().stream())
                .anyMatch(body -> body.parsed().asksSession());
    if (asked) {
      String schema = Sql.literal(names.currentSchema());
      String database = Sql.literal(Definition.DATABASE);
      steps.add(new Scope.Step("", "CREATE MACRO main.current_schema() AS " + schema, "macro"));
      steps.add(new Scope.Step("", "CREATE MACRO main.current_database() AS " + database, "macro"));
      steps.add(new Scope.Step("", "CREATE MACRO main.current_catalog() AS " + database, "macro"));
    }
    return steps;
  }

  /** Those that something needed is in, those that are named, and the current one. */
  private static SortedSet<String> schemas(ParsedStatement parsed, Names names) {
    var schemas = new TreeSet<String>();
    names.needed().forEach(needed -> schemas.add(needed.schema()));
    parsed.tables().forEach(table -> existing(names, table).ifPresent(schemas::add));
    parsed.functions().forEach(function -> existing(names, function).ifPresent(schemas::add));
    if (!names.currentSchema().equals(Definition.MAIN)) {
      schemas.add(names.currentSchema());
    }
    schemas.remove(Definition.MAIN);
    return schemas;
  }

  private static Optional<String> existing(Names names, Reference reference) {
    return names.definitions().schema(reference.schema()).map(Definition::name);
  }

  private static String searchPath(Names names, String schema) {
    var path = new ArrayList<String>();
    if (names.needed().stream().anyMatch(needed -> needed.definition().temporary())) {
      path.add(NeededDefinition.TEMPORARY_SCHEMA);
    }
    if (!path.contains(schema)) {
      path.add(schema);
    }
    path.add(Definition.MAIN);
    return String.join(",", path.stream().distinct().map(Sql::identifier).toList());
  }

  /** Why one task has to run all of it, as far as its text and files tell; null for no reason. */
  @Nullable String whole() {
    if (!parsed.serializable()) {
      return "DuckDB finds the columns of this PIVOT in the data";
    }
    if (parsed.shows()) {
      return "it describes or summarizes";
    }
    for (Shadow shadow : used) {
      if (shadow.whole() != null) {
        return shadow.source().name() + ": " + shadow.whole();
      }
    }
    return null;
  }

  SortedMap<String, TableSource> tables() {
    var tables = new TreeMap<String, TableSource>();
    used.forEach(shadow -> tables.put(shadow.source().name(), shadow.source()));
    return tables;
  }
}

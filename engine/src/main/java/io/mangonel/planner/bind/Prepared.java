package io.mangonel.planner.bind;

import io.mangonel.planner.bind.Scopes.View;
import io.mangonel.planner.bind.ViewSet.NeededView;
import io.mangonel.planner.cost.TableSource;
import io.mangonel.planner.database.RejectedException;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.source.ShadowTables.Shadow;
import io.mangonel.planner.text.ErrorText;
import io.mangonel.planner.text.TextEdits;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A statement and the views it needs, in both texts.
 *
 * @param planning the statement over the planning database's tables
 * @param planningViews the views over them
 * @param executable the statement over the files themselves
 * @param executableViews the views over them
 * @param repeatable whether nothing but texts, tables and settings makes its plan
 * @param used the tables that stand for its files
 */
record Prepared(
    ParsedStatement parsed,
    TextEdits planning,
    List<View> planningViews,
    TextEdits executable,
    List<View> executableViews,
    boolean repeatable,
    List<Shadow> used) {

  /** Views have absolute paths: there is nothing for them to be relative to. */
  private static final String NO_DIRECTORY = "/";

  static Prepared of(
      String sql,
      ParsedStatement parsed,
      String workingDirectory,
      List<NeededView> views,
      Rewriting rewriting)
      throws RejectedException, SQLException {
    TextEdits planning = rewriting.forPlanning(sql, parsed, workingDirectory);
    TextEdits executable = rewriting.forExecutors(sql, parsed, workingDirectory);
    var planningViews = new ArrayList<View>();
    var executableViews = new ArrayList<View>();
    for (NeededView view : views) {
      try {
        String body = view.body();
        ParsedStatement refers = view.parsed();
        String overTables = rewriting.forPlanning(body, refers, NO_DIRECTORY).edited();
        String overFiles = rewriting.forExecutors(body, refers, NO_DIRECTORY).edited();
        planningViews.add(new View(view.name(), view.columns(), overTables));
        executableViews.add(new View(view.name(), view.columns(), overFiles));
      } catch (RejectedException e) {
        String message = ErrorText.of(e.text(), view.body(), e.range());
        throw new RejectedException("view \"" + view.name() + "\": " + message);
      }
    }
    boolean repeatable =
        parsed.repeatable() && views.stream().allMatch(view -> view.parsed().repeatable());
    return new Prepared(
        parsed, planning, planningViews, executable, executableViews, repeatable, rewriting.used());
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

  /** Statements that make the views for one connection. */
  List<String> temporaryViews() {
    return executableViews.stream()
        .map(
            view ->
                "CREATE OR REPLACE TEMP VIEW "
                    + Sql.identifier(view.name())
                    + view.columns()
                    + " AS "
                    + view.body())
        .toList();
  }
}

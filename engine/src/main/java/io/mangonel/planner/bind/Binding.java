package io.mangonel.planner.bind;

import io.mangonel.planner.cost.TableSource;
import io.mangonel.planner.stage.StageInput.Column;
import io.mangonel.planner.text.TextEdits.Range;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What became of a statement that was to be bound. */
public sealed interface Binding {
  /**
   * The statement is right.
   *
   * @param columns of its answer, by the names DuckDB gives them
   * @param planJson the bound plan over the tables, or null when it must run whole
   * @param whole why it must run whole; null when there is a plan
   * @param tables the tables its files became, by name
   * @param scope the schemas in which the plan's tables and views are found
   * @param executable the statement with absolute paths, as an executor can run it
   * @param catalog the schemas, views and macros it needs: statements for a connection whose
   *     database is a new one, in order; the last says where names are looked up
   */
  record Bound(
      List<Column> columns,
      @Nullable String planJson,
      @Nullable String whole,
      SortedMap<String, TableSource> tables,
      String scope,
      String executable,
      List<String> catalog)
      implements Binding {
    public Bound {
      columns = List.copyOf(columns);
      tables = new TreeMap<>(tables);
      catalog = List.copyOf(catalog);
    }
  }

  /**
   * The statement is wrong.
   *
   * @param message DuckDB's or ours
   * @param range where in the statement's text, in characters, or null
   */
  record Invalid(String message, @Nullable Range range) implements Binding {}
}

package io.mangonel.planner;

import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StagePlan;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows that the planner knows by itself, as a plan that gives them. */
final class KnownRows {
  private KnownRows() {}

  /** All columns are of type VARCHAR; null is NULL. */
  static QueryPlan plan(List<String> names, List<List<@Nullable String>> rows) {
    List<ResultColumn> columns =
        names.stream().map(name -> new ResultColumn(name, "VARCHAR", "VARCHAR")).toList();
    String identifiers = names.stream().map(Sql::identifier).collect(Collectors.joining(", "));
    String values =
        rows.isEmpty()
            ? row(Collections.nCopies(names.size(), null))
            : rows.stream().map(KnownRows::row).collect(Collectors.joining(",\n  "));
    String sql =
        "SELECT * FROM (VALUES\n  "
            + values
            + ") AS t("
            + identifiers
            + ")"
            + (rows.isEmpty() ? " WHERE false" : "");
    var stage =
        new StagePlan(
            0, 1, List.of(), sql, List.of(), new StageOutput.Result(), true, (double) rows.size());
    return new QueryPlan(List.of(stage), columns, null);
  }

  private static String row(List<@Nullable String> row) {
    return row.stream()
        .map(value -> value == null ? "NULL::VARCHAR" : Sql.literal(value))
        .collect(Collectors.joining(", ", "(", ")"));
  }
}

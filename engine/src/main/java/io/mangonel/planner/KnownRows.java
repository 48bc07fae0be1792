package io.mangonel.planner;

import io.mangonel.planner.bind.StatementBinder.Rows;
import io.mangonel.planner.bind.TypeText;
import io.mangonel.planner.carrier.ClientType;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StagePlan;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rows that the planner knows by itself, as a plan that gives them. */
final class KnownRows {
  private KnownRows() {}

  /** Null is NULL. */
  static QueryPlan plan(Rows known) {
    List<List<@Nullable String>> rows = known.rows();
    List<ResultColumn> columns =
        known.columns().stream()
            .map(
                column -> {
                  String client = ClientType.of(TypeText.parse(column.type())).sql();
                  return new ResultColumn(column.name(), column.type(), client);
                })
            .toList();
    String values =
        rows.isEmpty()
            ? row(Collections.nCopies(columns.size(), null))
            : rows.stream().map(KnownRows::row).collect(Collectors.joining(",\n  "));
    String names =
        IntStream.range(0, columns.size()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
    String sql =
        "SELECT "
            + IntStream.range(0, columns.size())
                .mapToObj(i -> "CAST(c" + i + " AS " + columns.get(i).clientType() + ") AS c" + i)
                .collect(Collectors.joining(", "))
            + " FROM (VALUES\n  "
            + values
            + ") AS t("
            + names
            + ")"
            + (rows.isEmpty() ? " WHERE false" : "");
    var stage =
        new StagePlan(
            0, 1, List.of(), sql, List.of(), new StageOutput.Result(), true, (double) rows.size());
    return new QueryPlan(List.of(stage), columns, null, true);
  }

  private static String row(List<@Nullable String> row) {
    return row.stream()
        .map(value -> value == null ? "NULL::VARCHAR" : Sql.literal(value))
        .collect(Collectors.joining(", ", "(", ")"));
  }
}

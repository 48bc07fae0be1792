package io.mangonel.planner.distribute;

import io.mangonel.planner.carrier.ClientType;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.planner.stage.StageInput;
import io.mangonel.planner.stage.StageInput.PinnedFile;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StagePlan;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** A statement as one task on one executor: always right, never parallel. */
public final class WholeStatement {
  private WholeStatement() {}

  /**
   * @param sql one query, with absolute paths, without a semicolon
   * @param prelude session settings
   * @param catalog as {@link StagePlan#catalog}
   */
  public record Text(String sql, List<String> prelude, List<String> catalog) {
    public Text {
      prelude = List.copyOf(prelude);
      catalog = List.copyOf(catalog);
    }
  }

  /**
   * The plan of a statement that is not distributed.
   *
   * @param text the statement
   * @param columnNames of its result
   * @param types of its result
   * @param files the input files that are known, in any order, also more than once
   * @param reason why it is not distributed, one line
   * @param root what becomes of its rows
   */
  public static QueryPlan plan(
      Text text,
      List<String> columnNames,
      List<DataType> types,
      List<PinnedFile> files,
      String reason,
      StageOutput root) {
    List<ResultColumn> columns = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<String> casts = new ArrayList<>();
    boolean changed = false;
    for (int i = 0; i < types.size(); i++) {
      DataType client = ClientType.of(types.get(i));
      String name = "c" + i;
      columns.add(new ResultColumn(columnNames.get(i), types.get(i).sql(), client.sql()));
      names.add(name);
      boolean same = client.equals(types.get(i)) || !(root instanceof StageOutput.Result);
      casts.add(same ? name : "CAST(" + name + " AS " + client.sql() + ") AS " + name);
      changed |= !same;
    }
    String select =
        changed
            ? "SELECT "
                + String.join(", ", casts)
                + " FROM (\n"
                + text.sql
                + "\n) AS statement("
                + String.join(", ", names)
                + ")"
            : text.sql;
    List<StageInput> inputs =
        files.isEmpty() ? List.of() : List.of(new StageInput.Files(distinct(files)));
    // The white list of what is deterministic is over relations, and this is a text (rule T7).
    boolean deterministic = false;
    StagePlan stage =
        new StagePlan(0, 1, text.prelude, text.catalog, select, inputs, root, deterministic, 0);
    return QueryPlan.of(List.of(stage), columns, reason, false);
  }

  private static List<PinnedFile> distinct(List<PinnedFile> files) {
    return List.copyOf(new LinkedHashSet<>(files));
  }
}

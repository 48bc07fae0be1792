package io.mangonel.planner.cost;

import io.mangonel.planner.cost.TableSource.ColumnStatistics;
import java.util.ArrayList;
import java.util.List;

/**
 * What is guessed of a relation.
 *
 * @param rows of all tasks together
 * @param columns one per column, in order
 */
public record Estimate(double rows, List<ColumnStatistics> columns) {
  /** For a column of which nothing is known. */
  static final ColumnStatistics UNKNOWN = new ColumnStatistics(1_000, 8);

  public Estimate {
    columns = List.copyOf(columns);
  }

  public double distinct(int column) {
    return Math.max(1, Math.min(columns.get(column).distinct(), rows));
  }

  public Estimate withRows(double newRows) {
    return new Estimate(newRows, columns);
  }

  public Estimate append(List<ColumnStatistics> further) {
    List<ColumnStatistics> all = new ArrayList<>(columns);
    all.addAll(further);
    return new Estimate(rows, all);
  }
}

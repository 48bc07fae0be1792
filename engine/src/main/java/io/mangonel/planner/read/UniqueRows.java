package io.mangonel.planner.read;

import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Expression.ComparisonOperator;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.ir.Relation.JoinCondition;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Whether a join finds at most one partner. A SINGLE join, which a scalar subquery becomes, raises
 * an error at a second one; where there is none it is a LEFT join, which costs less.
 */
final class UniqueRows {
  private UniqueRows() {}

  static boolean match(Relation right, List<JoinCondition> conditions) {
    Set<Integer> equal = new HashSet<>();
    for (JoinCondition condition : conditions) {
      boolean isEquality =
          condition.operator() == ComparisonOperator.EQUAL
              || condition.operator() == ComparisonOperator.NOT_DISTINCT;
      if (isEquality && condition.right() instanceof Column column) {
        equal.add(column.index());
      }
    }
    return isKey(right, equal);
  }

  /** Whether no two rows agree in all of these columns. */
  private static boolean isKey(Relation relation, Set<Integer> columns) {
    if (relation instanceof Relation.Filter filter) {
      return isKey(filter.input(), columns);
    }
    if (relation instanceof Relation.Project(var input, var expressions)) {
      Set<Integer> below = new HashSet<>();
      for (int index : columns) {
        if (expressions.get(index) instanceof Column column) {
          below.add(column.index());
        }
      }
      return isKey(input, below);
    }
    if (relation instanceof Relation.Aggregate aggregate) {
      List<Integer> groups = IntStream.range(0, aggregate.groups().size()).boxed().toList();
      return aggregate.groupingSets().equals(List.of(groups)) && columns.containsAll(groups);
    }
    return false;
  }
}

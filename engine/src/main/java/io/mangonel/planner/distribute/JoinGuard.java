package io.mangonel.planner.distribute;

import io.mangonel.planner.cost.Estimate;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Expression.Comparison;
import io.mangonel.planner.ir.Expression.ComparisonOperator;
import io.mangonel.planner.ir.Expression.Conjunction;
import io.mangonel.planner.ir.Expression.Constant;
import io.mangonel.planner.ir.Relation.Join;
import io.mangonel.planner.ir.Relation.JoinCondition;
import io.mangonel.planner.ir.Relation.JoinType;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps an executor's optimizer from joining by a key of few values: in a stage it sees several
 * joins at once and may take them in another order. An equality of two columns with under a
 * hundredth of the values of the join's best key becomes {@code (a = b OR NULL)}: the same rows,
 * but no join key.
 */
final class JoinGuard {
  private static final double SHARE_MAX = 0.01;
  private static final DataType BOOLEAN = new DataType.Simple("BOOLEAN");

  private JoinGuard() {}

  /** The join with its poor keys as residual conditions. */
  static Join guarded(Join join, Estimate left, Estimate right) {
    if (join.joinType() != JoinType.INNER || join.conditions().size() < 2) {
      return join;
    }
    double best =
        join.conditions().stream()
            .filter(JoinGuard::isColumnEquality)
            .mapToDouble(condition -> distinct(condition, left, right))
            .max()
            .orElse(0);
    List<JoinCondition> kept = new ArrayList<>();
    List<Expression> residuals = new ArrayList<>();
    for (JoinCondition condition : join.conditions()) {
      boolean poor =
          isColumnEquality(condition) && distinct(condition, left, right) < best * SHARE_MAX;
      if (poor) {
        residuals.add(residual(condition, left.columns().size()));
      } else {
        kept.add(condition);
      }
    }
    if (residuals.isEmpty()) {
      return join;
    }
    if (join.residual() != null) {
      residuals.add(join.residual());
    }
    return new Join(
        join.left(),
        join.right(),
        join.joinType(),
        kept,
        join.correlated(),
        residuals.size() == 1 ? residuals.getFirst() : new Conjunction(true, residuals, BOOLEAN),
        join.types());
  }

  private static boolean isColumnEquality(JoinCondition condition) {
    return condition.operator() == ComparisonOperator.EQUAL
        && condition.left() instanceof Column
        && condition.right() instanceof Column;
  }

  private static double distinct(JoinCondition condition, Estimate left, Estimate right) {
    return Math.min(
        left.distinct(((Column) condition.left()).index()),
        right.distinct(((Column) condition.right()).index()));
  }

  private static Expression residual(JoinCondition condition, int leftWidth) {
    Column right = (Column) condition.right();
    Expression equality =
        new Comparison(
            ComparisonOperator.EQUAL,
            condition.left(),
            new Column(leftWidth + right.index(), right.type()),
            BOOLEAN);
    return new Conjunction(false, List.of(equality, new Constant("NULL", BOOLEAN)), BOOLEAN);
  }
}

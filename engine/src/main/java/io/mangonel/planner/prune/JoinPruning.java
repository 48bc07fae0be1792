package io.mangonel.planner.prune;

import io.mangonel.planner.ir.Columns;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.ir.Relation.Join;
import io.mangonel.planner.ir.Relation.JoinCondition;
import io.mangonel.planner.ir.Relation.JoinType;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Joins keep what is needed above and what their conditions read. */
final class JoinPruning {
  private final BiFunction<Relation, NavigableSet<Integer>, Pruned> inputs;

  /**
   * @param inputs prunes an input to exactly the given columns
   */
  JoinPruning(BiFunction<Relation, NavigableSet<Integer>, Pruned> inputs) {
    this.inputs = inputs;
  }

  Pruned prune(Join join, NavigableSet<Integer> needed) {
    int leftWidth = join.left().types().size();
    boolean keepsLeft = join.joinType().keepsLeft();
    int rightStart = keepsLeft ? leftWidth : 0;
    int rightEnd = rightStart + (join.joinType().keepsRight() ? join.right().types().size() : 0);
    NavigableSet<Integer> leftNeeded = new TreeSet<>();
    NavigableSet<Integer> rightNeeded = new TreeSet<>();
    for (int column : needed) {
      if (column < rightStart) {
        leftNeeded.add(column);
      } else if (column < rightEnd) {
        rightNeeded.add(column - rightStart);
      }
    }
    for (JoinCondition condition : join.conditions()) {
      leftNeeded.addAll(Columns.read(condition.left()));
      rightNeeded.addAll(Columns.read(condition.right()));
    }
    for (int column : Columns.read(join.residual())) {
      if (column < leftWidth) {
        leftNeeded.add(column);
      } else {
        rightNeeded.add(column - leftWidth);
      }
    }
    Pruned left = inputs.apply(join.left(), leftNeeded);
    Pruned right = inputs.apply(join.right(), rightNeeded);
    List<Integer> kept = new ArrayList<>();
    if (keepsLeft) {
      kept.addAll(left.kept());
    }
    if (join.joinType().keepsRight()) {
      right.kept().forEach(column -> kept.add(column + rightStart));
    }
    if (join.joinType() == JoinType.MARK) {
      kept.add(leftWidth);
    }
    return new Pruned(over(join, left, right, kept), kept);
  }

  private static Join over(Join join, Pruned left, Pruned right, List<Integer> kept) {
    int oldWidth = join.left().types().size();
    int newWidth = left.kept().size();
    IntUnaryOperator both =
        column ->
            column < oldWidth
                ? left.position(column)
                : newWidth + right.position(column - oldWidth);
    List<JoinCondition> conditions =
        join.conditions().stream()
            .map(
                condition ->
                    new JoinCondition(
                        condition.operator(),
                        Columns.remap(condition.left(), left::position),
                        Columns.remap(condition.right(), right::position)))
            .toList();
    List<DataType> types = kept.stream().map(join.types()::get).toList();
    @Nullable Expression residual =
        join.residual() == null ? null : Columns.remap(join.residual(), both);
    return new Join(
        left.relation(),
        right.relation(),
        join.joinType(),
        conditions,
        join.correlated(),
        residual,
        types);
  }
}

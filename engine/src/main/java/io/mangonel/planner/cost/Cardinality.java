package io.mangonel.planner.cost;

import io.mangonel.planner.cost.TableSource.ColumnStatistics;
import io.mangonel.planner.ir.Columns;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Expression.ComparisonOperator;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.ir.Relation.JoinCondition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How many rows an operator gives, from what is known of its inputs. */
public final class Cardinality {
  /** The share of rows that an unknown condition keeps. */
  private static final double CONDITION_SELECTIVITY = 0.3;

  /** An anti join keeps at least this share: the distinct counts are bounds, not facts. */
  private static final double ANTI_SELECTIVITY_MIN = 0.2;

  private static final double UNKNOWN_DISTINCT = 100;

  private final Tables tables;

  public Cardinality(Tables tables) {
    this.tables = tables;
  }

  public Estimate scan(Relation.Scan scan) {
    TableSource source = tables.sources().get(scan.table());
    if (source == null) {
      return unknown(1_000, scan.types().size());
    }
    List<ColumnStatistics> columns = new ArrayList<>();
    for (@Nullable String name : scan.columns()) {
      columns.add(
          name == null
              ? new ColumnStatistics(1, 1)
              : source.statistics().columns().getOrDefault(name, Estimate.UNKNOWN));
    }
    double kept = scan.filters().isEmpty() ? 1 : tables.selectivity().applyAsDouble(scan);
    return new Estimate(source.statistics().rows() * kept, columns);
  }

  /** The estimate of a filter whose input, if it is a filtered scan, is known by counting. */
  public Estimate filter(Relation.Filter filter, Estimate input) {
    Relation below = filter.input();
    while (below instanceof Relation.Filter lower) {
      below = lower.input();
    }
    if (below instanceof Relation.Scan scan && tables.sources().get(scan.table()) != null) {
      double all = tables.sources().get(scan.table()).statistics().rows();
      return input.withRows(all * tables.selectivity().applyAsDouble(filter));
    }
    return input.withRows(
        input.rows() * Math.pow(CONDITION_SELECTIVITY, filter.conditions().size()));
  }

  public Estimate project(List<Expression> expressions, Estimate input) {
    return new Estimate(
        input.rows(), expressions.stream().map(each -> column(each, input)).toList());
  }

  /** What is known of one expression over a relation. */
  public static ColumnStatistics column(Expression expression, Estimate input) {
    if (expression instanceof Column(int index, var _)) {
      return input.columns().get(index);
    }
    double distinct = 1;
    for (int index : Columns.read(expression)) {
      distinct = Math.max(distinct, input.columns().get(index).distinct());
    }
    return new ColumnStatistics(distinct, 8);
  }

  /** Groups first, then {@code further} columns of which nothing is known. */
  public Estimate aggregate(List<Expression> groups, int further, Estimate input) {
    double rows = 1;
    List<ColumnStatistics> columns = new ArrayList<>();
    for (Expression group : groups) {
      ColumnStatistics column = column(group, input);
      columns.add(column);
      rows *= Math.max(1, Math.min(column.distinct(), input.rows()));
    }
    rows = Math.min(rows, Math.max(1, input.rows()));
    columns.addAll(Collections.nCopies(further, new ColumnStatistics(rows, 8)));
    return new Estimate(rows, columns);
  }

  public Estimate join(Relation.Join join, Estimate left, Estimate right) {
    double inner = innerRows(join, left, right);
    double rows =
        switch (join.joinType()) {
          case INNER, ASOF, POSITIONAL -> inner;
          case LEFT, SINGLE, ASOF_LEFT -> Math.max(inner, left.rows());
          case RIGHT -> Math.max(inner, right.rows());
          case FULL -> Math.max(inner, left.rows() + right.rows());
          case SEMI -> left.rows() * match(join, left, right, false);
          case ANTI -> left.rows() * unmatched(match(join, left, right, false));
          case RIGHT_SEMI -> right.rows() * match(join, right, left, true);
          case RIGHT_ANTI -> right.rows() * unmatched(match(join, right, left, true));
          case MARK -> left.rows();
        };
    List<ColumnStatistics> columns = new ArrayList<>();
    switch (join.joinType()) {
      case INNER, LEFT, RIGHT, FULL, SINGLE, ASOF, ASOF_LEFT, POSITIONAL -> {
        columns.addAll(left.columns());
        columns.addAll(right.columns());
      }
      case SEMI, ANTI -> columns.addAll(left.columns());
      case RIGHT_SEMI, RIGHT_ANTI -> columns.addAll(right.columns());
      case MARK -> {
        columns.addAll(left.columns());
        columns.add(new ColumnStatistics(2, 1));
      }
    }
    return new Estimate(rows, columns);
  }

  /** Nothing is known but the number of columns. */
  public static Estimate unknown(double rows, int columns) {
    return new Estimate(rows, Collections.nCopies(columns, Estimate.UNKNOWN));
  }

  private static double innerRows(Relation.Join join, Estimate left, Estimate right) {
    double product = left.rows() * right.rows();
    double divisor = 1;
    int equalities = 0;
    double widest = 1;
    for (JoinCondition condition : join.conditions()) {
      if (isEquality(condition)) {
        equalities++;
        double distinct =
            Math.max(distinct(condition.left(), left), distinct(condition.right(), right));
        widest = Math.max(widest, distinct);
        divisor *= distinct;
      }
    }
    if (equalities > 1) {
      divisor = Math.min(divisor, Math.max(Math.max(left.rows(), right.rows()), widest * 4));
    }
    int others = join.conditions().size() - equalities + (join.residual() == null ? 0 : 1);
    return product / divisor * (others == 0 ? 1 : CONDITION_SELECTIVITY);
  }

  private static double match(
      Relation.Join join, Estimate kept, Estimate other, boolean keptIsRight) {
    for (JoinCondition condition : join.conditions()) {
      Expression mine = keptIsRight ? condition.right() : condition.left();
      Expression theirs = keptIsRight ? condition.left() : condition.right();
      if (isEquality(condition)) {
        return Math.min(1, distinct(theirs, other) / Math.max(1, distinct(mine, kept)));
      }
    }
    return 1;
  }

  private static double unmatched(double match) {
    return Math.max(ANTI_SELECTIVITY_MIN, 1 - match);
  }

  private static double distinct(Expression expression, Estimate estimate) {
    return expression instanceof Column(int index, var _)
        ? estimate.distinct(index)
        : Math.max(1, Math.min(UNKNOWN_DISTINCT, estimate.rows()));
  }

  private static boolean isEquality(JoinCondition condition) {
    return condition.operator() == ComparisonOperator.EQUAL
        || condition.operator() == ComparisonOperator.NOT_DISTINCT;
  }
}

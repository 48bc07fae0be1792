package io.mangonel.planner.print;

import io.mangonel.planner.ir.Columns;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Call;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Expression.Comparison;
import io.mangonel.planner.ir.Expression.ComparisonOperator;
import io.mangonel.planner.ir.Relation.Join;
import io.mangonel.planner.ir.Relation.JoinCondition;
import io.mangonel.planner.ir.Relation.JoinType;
import io.mangonel.planner.print.Block.Kind;
import io.mangonel.planner.print.Block.Output;
import io.mangonel.planner.print.Block.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Joins. MARK and SINGLE joins have no SQL of their own: they are subqueries. */
final class JoinPrinter {
  private final SqlPrinter printer;

  JoinPrinter(SqlPrinter printer) {
    this.printer = printer;
  }

  /**
   * @param read which of the join's columns are read; of the others only their number counts
   */
  Block print(Join join, IntPredicate read) {
    Block left = printer.block(join.left());
    return switch (join.joinType()) {
      case INNER -> inner(join, left);
      case LEFT, SEMI, ANTI, ASOF, ASOF_LEFT -> {
        boolean open = left.phase == Phase.ROWS && !left.from.isEmpty();
        yield joined(join, open ? left : printer.nest(left), right(join));
      }
      case RIGHT, FULL, POSITIONAL -> {
        // A row that the join makes up is NULL in every column of the left side.
        boolean open =
            left.phase == Phase.ROWS
                && !left.from.isEmpty()
                && left.where.isEmpty()
                && left.hasOnlyColumns();
        yield joined(join, open ? left : printer.nest(left), right(join));
      }
      case RIGHT_SEMI, RIGHT_ANTI -> rightSemi(join, left);
      case MARK -> mark(join, left);
      case SINGLE -> single(join, left, read);
    };
  }

  private Block right(Join join) {
    Block right = printer.block(join.right());
    return right.isBare() ? right : printer.nest(right);
  }

  /** Conditions of both sides may move to WHERE. */
  private Block inner(Join join, Block left) {
    Block start = left.phase == Phase.ROWS && !left.from.isEmpty() ? left : printer.nest(left);
    Block right = printer.block(join.right());
    if (!right.soleSource || right.phase != Phase.ROWS) {
      right = printer.nest(right);
    }
    List<String> where = List.copyOf(right.where);
    Block block = joined(join, start, right);
    block.where.addAll(where);
    return block;
  }

  private Block joined(Join join, Block left, Block right) {
    Block start = left.isStable() && fits(join, left, right) ? left : printer.nest(left);
    Block other = right.isStable() && fits(join, start, right) ? right : printer.nest(right);
    List<Output> both = new ArrayList<>(start.outputs);
    both.addAll(other.outputs);
    List<String> on = conditions(join, both, start.outputs.size());
    String clause = on.isEmpty() ? "true" : on.size() == 1 ? Layout.open(on.getFirst()) : and(on);
    boolean cross = on.isEmpty() && join.joinType() == JoinType.INNER;
    boolean positional = join.joinType() == JoinType.POSITIONAL;
    start.from +=
        "\n"
            + (cross ? "CROSS JOIN" : keyword(join.joinType()))
            + " "
            + other.from
            + (cross || positional ? "" : " ON " + clause);
    start.soleSource = false;
    start.outputs =
        switch (join.joinType()) {
          case SEMI, ANTI -> start.outputs;
          case INNER,
              LEFT,
              RIGHT,
              FULL,
              SINGLE,
              RIGHT_SEMI,
              RIGHT_ANTI,
              MARK,
              ASOF,
              ASOF_LEFT,
              POSITIONAL ->
              List.copyOf(both);
        };
    return start;
  }

  private static boolean fits(Join join, Block left, Block right) {
    Block both = new Block("", concat(left.outputs, right.outputs));
    return Inline.fits(both, expressions(join), Kind.COMPUTED);
  }

  private static List<Output> concat(List<Output> left, List<Output> right) {
    List<Output> both = new ArrayList<>(left);
    both.addAll(right);
    return both;
  }

  /** All conditions, over the left columns and then the right ones. */
  private static List<Expression> expressions(Join join) {
    int width = join.left().types().size();
    List<Expression> conditions = new ArrayList<>();
    for (JoinCondition condition : join.conditions()) {
      conditions.add(comparison(condition, width));
    }
    if (join.residual() != null) {
      conditions.add(join.residual());
    }
    return conditions;
  }

  private static Expression comparison(JoinCondition condition, int leftWidth) {
    Expression right = Columns.remap(condition.right(), i -> i + leftWidth);
    return new Comparison(
        condition.operator(), condition.left(), right, new DataType.Simple("BOOLEAN"));
  }

  private static List<String> conditions(Join join, List<Output> both, int leftWidth) {
    if (leftWidth != join.left().types().size()) {
      throw new IllegalArgumentException("left side of another width");
    }
    ExpressionPrinter expression = new ExpressionPrinter(i -> both.get(i).sql());
    return expressions(join).stream().map(expression::operand).toList();
  }

  private static String and(List<String> conditions) {
    return String.join(" AND ", conditions.stream().map(JoinPrinter::comparisonOpen).toList());
  }

  /** A comparison needs no parentheses beside AND; anything else keeps them. */
  private static String comparisonOpen(String condition) {
    String open = Layout.open(condition);
    return open.contains(" OR ") || open.contains("BETWEEN") || open.contains("CASE")
        ? condition
        : open;
  }

  private static String keyword(JoinType type) {
    return switch (type) {
      case INNER -> "JOIN";
      case ASOF -> "ASOF JOIN";
      case ASOF_LEFT -> "ASOF LEFT JOIN";
      case LEFT, RIGHT, FULL, SEMI, ANTI, POSITIONAL -> type + " JOIN";
      case RIGHT_SEMI, RIGHT_ANTI ->
          type.name().substring("RIGHT_".length()).toUpperCase(Locale.ROOT) + " JOIN";
      case MARK, SINGLE -> throw new IllegalArgumentException(type.name());
    };
  }

  /** The same join with its sides exchanged. */
  private Block rightSemi(Join join, Block left) {
    Block right = printer.block(join.right());
    Block start = right.phase == Phase.ROWS && !right.from.isEmpty() ? right : printer.nest(right);
    Block other = left.isBare() ? left : printer.nest(left);
    if (!start.isStable() || !fits(join, other, start)) {
      start = printer.nest(start);
    }
    List<String> on = conditions(join, concat(other.outputs, start.outputs), other.outputs.size());
    String clause = on.isEmpty() ? "true" : and(on);
    start.from += "\n" + keyword(join.joinType()) + " " + other.from + " ON " + clause;
    start.soleSource = false;
    return start;
  }

  private Block mark(Join join, Block input) {
    Block left = subqueryHost(join, input);
    ExpressionPrinter leftPrinter = Inline.printer(left);
    List<JoinCondition> compared =
        join.conditions().subList(join.correlated(), join.conditions().size());
    List<Expression> values = compared.stream().map(JoinCondition::right).toList();
    String query = subquery(join, join.conditions().subList(0, join.correlated()), left, values);
    String mark;
    if (compared.isEmpty()) {
      mark = "EXISTS " + query;
    } else if (compared.size() == 1) {
      ComparisonOperator operator = compared.getFirst().operator();
      String operand = leftPrinter.operand(compared.getFirst().left());
      mark =
          operator == ComparisonOperator.EQUAL
              ? operand + " IN " + query
              : operand + " " + operator.sql() + " ANY " + query;
    } else {
      List<String> row = compared.stream().map(c -> leftPrinter.print(c.left())).toList();
      mark = "(" + String.join(", ", row) + ") IN " + query;
    }
    List<Output> outputs = new ArrayList<>(left.outputs);
    outputs.add(new Output("(" + mark + ")", Kind.SUBQUERY));
    left.outputs = List.copyOf(outputs);
    return left;
  }

  /** DuckDB raises an error when a row has several partners: so does a scalar subquery. */
  private Block single(Join join, Block input, IntPredicate read) {
    Block left = subqueryHost(join, input);
    int leftWidth = left.outputs.size();
    List<Expression> columns = Columns.all(join.right().types());
    List<Expression> wanted =
        columns.stream().filter(c -> read.test(leftWidth + ((Column) c).index())).toList();
    List<Output> outputs = new ArrayList<>(left.outputs);
    if (wanted.size() <= 1) {
      List<Expression> value = wanted.isEmpty() ? columns.subList(0, 1) : wanted;
      Output subquery = new Output(subquery(join, join.conditions(), left, value), Kind.SUBQUERY);
      for (Expression column : columns) {
        outputs.add(value.contains(column) ? subquery : new Output("NULL", Kind.CONSTANT));
      }
      left.outputs = List.copyOf(outputs);
      return left;
    }
    List<String> names = Block.columnNames(columns.size());
    Expression row = new Call("struct_pack", columns, names, true, columns.getFirst().type());
    String query = subquery(join, join.conditions(), left, List.of(row));
    outputs.add(new Output(query, Kind.SUBQUERY));
    left.outputs = List.copyOf(outputs);
    Block nested = printer.nest(left);
    List<Output> unpacked = new ArrayList<>(nested.outputs);
    String struct = unpacked.removeLast().sql();
    for (String name : names) {
      unpacked.add(new Output("struct_extract(" + struct + ", '" + name + "')", Kind.COMPUTED));
    }
    nested.outputs = List.copyOf(unpacked);
    return nested;
  }

  /** The left side, whose columns a subquery can read. */
  private Block subqueryHost(Join join, Block input) {
    List<Expression> read = new ArrayList<>();
    join.conditions().forEach(condition -> read.add(condition.left()));
    boolean fits = input.phase == Phase.ROWS && Inline.fits(input, read, Kind.COMPUTED);
    return fits ? input : printer.nest(input);
  }

  private String subquery(
      Join join, List<JoinCondition> correlation, Block left, List<Expression> values) {
    Block right = printer.block(join.right());
    List<Expression> read = new ArrayList<>(values);
    correlation.forEach(condition -> read.add(condition.right()));
    if (right.phase != Phase.ROWS || !Inline.fits(right, read, Kind.COMPUTED)) {
      right = printer.nest(right);
    }
    List<Output> both = concat(left.outputs, right.outputs);
    ExpressionPrinter expression = new ExpressionPrinter(i -> both.get(i).sql());
    for (JoinCondition condition : correlation) {
      right.where.add(expression.print(comparison(condition, left.outputs.size())));
    }
    ExpressionPrinter rightPrinter = Inline.printer(right);
    Block queried = right;
    right.outputs = values.stream().map(v -> Inline.output(v, queried, rightPrinter)).toList();
    return Layout.subquery(right.render());
  }
}

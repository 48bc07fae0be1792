package io.mangonel.planner.print;

import io.mangonel.planner.ir.Columns;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Constant;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.print.Block.Kind;
import io.mangonel.planner.print.Block.Output;
import io.mangonel.planner.print.Block.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** GROUP BY. */
final class AggregatePrinter {
  private AggregatePrinter() {}

  static Block print(SqlPrinter printer, Relation.Aggregate aggregate, Block input) {
    List<Expression> expressions = new ArrayList<>(aggregate.groups());
    expressions.addAll(aggregate.aggregates());
    boolean constants =
        aggregate.groups().stream()
            .flatMap(group -> Columns.read(group).stream())
            .anyMatch(index -> input.outputs.get(index).kind() == Kind.CONSTANT);
    boolean fits =
        input.phase == Phase.ROWS && !constants && Inline.fits(input, expressions, Kind.COMPUTED);
    Block block = fits ? input : printer.nest(input);
    ExpressionPrinter expression = Inline.printer(block);
    List<String> groups =
        aggregate.groups().stream().map(group -> group(group, expression)).toList();
    List<Output> outputs = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      Kind kind = Inline.output(aggregate.groups().get(i), block, expression).kind();
      outputs.add(new Output(groups.get(i), kind == Kind.COLUMN ? kind : Kind.COMPUTED));
    }
    aggregate
        .aggregates()
        .forEach(call -> outputs.add(new Output(expression.operand(call), Kind.COMPUTED)));
    for (List<Integer> function : aggregate.groupingFunctions()) {
      outputs.add(new Output("grouping(" + pick(groups, function) + ")", Kind.COMPUTED));
    }
    block.outputs = List.copyOf(outputs);
    boolean isPlain =
        aggregate
            .groupingSets()
            .equals(List.of(IntStream.range(0, groups.size()).boxed().toList()));
    if (!isPlain) {
      block.groupBy =
          "GROUPING SETS ("
              + String.join(
                  ", ",
                  aggregate.groupingSets().stream()
                      .map(set -> "(" + pick(groups, set) + ")")
                      .toList())
              + ")";
      block.phase = Phase.CLOSED;
      return block;
    }
    block.groupBy = groupBy(groups, aggregate.aggregates().isEmpty());
    block.phase = Phase.GROUPED;
    return block;
  }

  private static @Nullable String groupBy(List<String> groups, boolean noAggregates) {
    if (groups.isEmpty()) {
      return noAggregates ? "()" : null;
    }
    return Layout.list(groups.stream().map(Layout::open).toList());
  }

  /** A bare number would mean a column's position. */
  private static String group(Expression group, ExpressionPrinter printer) {
    return group instanceof Constant constant
        ? "CAST(" + constant.sql() + " AS " + constant.type().sql() + ")"
        : printer.operand(group);
  }

  private static String pick(List<String> groups, List<Integer> indexes) {
    return String.join(", ", indexes.stream().map(groups::get).toList());
  }
}

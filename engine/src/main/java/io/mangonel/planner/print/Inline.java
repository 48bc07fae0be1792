package io.mangonel.planner.print;

import io.mangonel.planner.ir.Columns;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Call;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Expression.Constant;
import io.mangonel.planner.print.Block.Kind;
import io.mangonel.planner.print.Block.Output;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Expressions over a block's columns, with the columns' own texts in their places. */
final class Inline {
  private Inline() {}

  static ExpressionPrinter printer(Block block) {
    List<Output> outputs = block.outputs;
    return new ExpressionPrinter(i -> outputs.get(i).sql());
  }

  /**
   * Whether the expressions may contain the texts of the columns they read: work is not repeated,
   * and nothing beyond {@code most} moves.
   */
  static boolean fits(Block block, List<? extends Expression> expressions, Kind most) {
    Map<Integer, Integer> uses = new HashMap<>();
    expressions.forEach(expression -> count(expression, uses));
    return uses.entrySet().stream()
        .allMatch(
            use -> {
              Kind kind = block.outputs.get(use.getKey()).kind();
              return kind.compareTo(Kind.CONSTANT) <= 0
                  || (kind.compareTo(most) <= 0 && use.getValue() == 1);
            });
  }

  private static void count(Expression expression, Map<Integer, Integer> uses) {
    if (expression instanceof Column column) {
      uses.merge(column.index(), 1, Integer::sum);
    }
    Columns.children(expression).forEach(child -> count(child, uses));
  }

  /** A column made of a block's columns. */
  static Output output(Expression expression, Block block, ExpressionPrinter printer) {
    if (expression instanceof Column column) {
      return block.outputs.get(column.index());
    }
    Kind kind = output(expression, printer).kind();
    for (int index : Columns.read(expression)) {
      Kind inner = block.outputs.get(index).kind();
      kind = inner.compareTo(kind) > 0 ? inner : kind;
    }
    return new Output(printer.operand(expression), kind);
  }

  /** A column made of nothing but constants and calls. */
  static Output output(Expression expression, ExpressionPrinter printer) {
    Kind kind =
        expression instanceof Constant
            ? Kind.CONSTANT
            : isStable(expression) ? Kind.COMPUTED : Kind.VOLATILE;
    return new Output(printer.operand(expression), kind);
  }

  static boolean isStable(Expression expression) {
    return !(expression instanceof Call call && !call.stable())
        && Columns.children(expression).stream().allMatch(Inline::isStable);
  }
}

package io.mangonel.planner.distribute;

import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.print.ExpressionPrinter;
import io.mangonel.planner.print.RelationText;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Stages before they are written: where the rows of each are, who reads them how, its relation. */
final class DistributedText {
  private static final ExpressionPrinter EXPRESSIONS = new ExpressionPrinter(i -> "#" + i);

  private DistributedText() {}

  static String of(QueryDistributor.Distributed distributed) {
    var text = new StringBuilder();
    for (StageDraft stage : distributed.stages()) {
      String keys = stage.keys().isEmpty() ? "" : " by " + list(stage.keys());
      String how = stage.function() instanceof PartitionFunction.RangesOfKey ? " in ranges" : "";
      add(text, stage.name() + ", read " + stage.kind() + how + keys, stage.rows());
    }
    add(text, "answer", distributed.answer());
    return text.toString();
  }

  private static void add(StringBuilder text, String head, Located rows) {
    text.append(head)
        .append(": ")
        .append(where(rows.distribution()))
        .append(String.format(Locale.ROOT, ", about %.0f rows\n", rows.estimate().rows()));
    RelationText.of(rows.relation())
        .lines()
        .forEach(line -> text.append("  ").append(line).append('\n'));
  }

  private static String where(Distribution distribution) {
    return switch (distribution) {
      case Distribution.Single _ -> "in one task";
      case Distribution.Broadcast _ -> "all rows in every task";
      case Distribution.Random _ -> "in parts";
      case Distribution.Hash(var function, var keys) ->
          "in "
              + named(function)
              + String.join(", ", keys.stream().map(DistributedText::equal).toList());
    };
  }

  private static String named(PartitionFunction function) {
    return switch (function) {
      case PartitionFunction.HashOfKeys _ -> "parts by ";
      case PartitionFunction.RangesOfKey(var ranges) ->
          "ranges cut at " + String.join(", ", ranges.boundaries()) + " of ";
    };
  }

  /** Columns that have the same value. */
  private static String equal(Set<Integer> columns) {
    return String.join(" = ", columns.stream().sorted().map(column -> "#" + column).toList());
  }

  private static String list(List<Expression> expressions) {
    return "[" + String.join(", ", expressions.stream().map(EXPRESSIONS::print).toList()) + "]";
  }
}

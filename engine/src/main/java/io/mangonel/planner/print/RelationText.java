package io.mangonel.planner.print;

import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A relation as an indented tree, one operator per line, inputs below. {@code #i} is column {@code
 * i} of the input, or of the left input and then the right one; in the right side of a join
 * condition, of the right input.
 */
public final class RelationText {
  private static final ExpressionPrinter EXPRESSIONS = new ExpressionPrinter(i -> "#" + i);

  private RelationText() {}

  public static String of(Relation relation) {
    List<String> lines = new ArrayList<>();
    add(relation, "", lines);
    return String.join("\n", lines);
  }

  private static void add(Relation relation, String indent, List<String> lines) {
    lines.add(indent + line(relation));
    relation.inputs().forEach(input -> add(input, indent + "  ", lines));
  }

  private static String line(Relation relation) {
    return switch (relation) {
      case Relation.Scan scan ->
          "Scan "
              + scan.table()
              + columns(scan)
              + (scan.filters().isEmpty() ? "" : " where " + list(scan.filters()));
      case Relation.Input input -> "Input " + input.name() + " width=" + input.types().size();
      case Relation.Values values ->
          "Values " + String.join(", ", values.rows().stream().map(RelationText::list).toList());
      case Relation.Filter(var input, var conditions) -> "Filter " + list(conditions);
      case Relation.Project(var input, var expressions) -> "Project " + list(expressions);
      case Relation.Aggregate aggregate -> aggregate(aggregate);
      case Relation.Join join -> join(join);
      case Relation.Sort(var input, var keys) -> "Sort [" + EXPRESSIONS.sortKeys(keys) + "]";
      case Relation.TopN(var input, var keys, var limit, var offset) ->
          "TopN [" + EXPRESSIONS.sortKeys(keys) + "] limit=" + limit + " offset=" + offset;
      case Relation.Limit(var input, var limit, var offset) ->
          "Limit"
              + (limit == null ? "" : " limit=" + limit)
              + (offset == null ? "" : " offset=" + offset);
      case Relation.Distinct(var input, var on, var order) ->
          "Distinct"
              + (on.isEmpty() ? "" : " on " + list(on))
              + (order.isEmpty() ? "" : " order [" + EXPRESSIONS.sortKeys(order) + "]");
      case Relation.Window(var input, var calls) -> "Window " + list(calls);
      case Relation.Unnest(var input, var calls) -> "Unnest " + list(calls);
      case Relation.SetOperation operation -> operation.kind() + (operation.all() ? " ALL" : "");
      case Relation.Sample(var input, var clause) -> "Sample " + clause;
      case Relation.Common(var id, var definition, var input) -> "Common " + id;
      case Relation.CommonReference(var id, var types) ->
          "CommonReference " + id + " width=" + types.size();
    };
  }

  private static String columns(Relation.Scan scan) {
    List<String> columns =
        scan.columns().stream().map(column -> column == null ? "-" : column).toList();
    return " [" + String.join(", ", columns) + "]";
  }

  private static String aggregate(Relation.Aggregate aggregate) {
    StringBuilder line = new StringBuilder("Aggregate");
    if (!aggregate.groups().isEmpty()) {
      line.append(" by ").append(list(aggregate.groups()));
    }
    if (aggregate.groupingSets().size() != 1) {
      line.append(" sets ").append(aggregate.groupingSets());
    }
    line.append(' ').append(list(aggregate.aggregates()));
    if (!aggregate.groupingFunctions().isEmpty()) {
      line.append(" grouping ").append(aggregate.groupingFunctions());
    }
    return line.toString();
  }

  private static String join(Relation.Join join) {
    Stream<String> conditions =
        join.conditions().stream()
            .map(
                condition ->
                    EXPRESSIONS.operand(condition.left())
                        + " "
                        + condition.operator().sql()
                        + " right."
                        + EXPRESSIONS.operand(condition.right()));
    return "Join "
        + join.joinType()
        + " ["
        + String.join(", ", conditions.toList())
        + "]"
        + (join.correlated() == 0 ? "" : " correlated=" + join.correlated())
        + (join.residual() == null ? "" : " residual " + EXPRESSIONS.print(join.residual()));
  }

  private static String list(List<? extends Expression> expressions) {
    return "[" + String.join(", ", expressions.stream().map(EXPRESSIONS::print).toList()) + "]";
  }
}

package io.mangonel.planner.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.planner.ir.Columns;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Expression.Conjunction;
import io.mangonel.planner.ir.Expression.Operation;
import io.mangonel.planner.ir.Expression.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Filters that DuckDB pushed into a scan, back to conditions over the scan's columns. */
final class FilterReader {
  private final FunctionStability stability;
  private final List<DataType> columns;

  /**
   * @param columns the types of the scan's columns
   */
  FilterReader(FunctionStability stability, List<DataType> columns) {
    this.stability = stability;
    this.columns = columns;
  }

  List<Expression> read(JsonNode json) {
    JsonObject filters = new JsonObject("table filters", json);
    List<Expression> conditions = new ArrayList<>();
    for (JsonNode node : filters.elements("filters")) {
      JsonObject filter = new JsonObject("table filter", node);
      Column column = column((int) filter.number("key"));
      condition(filter.get("value"), List.of(column)).ifPresent(c -> addAll(c, conditions));
      filter.end();
    }
    for (JsonNode node : filters.elements("multi_column_filters")) {
      JsonObject filter = new JsonObject("table filter", node);
      List<Column> over = filter.indexes("column_indexes").stream().map(this::column).toList();
      condition(node, over).ifPresent(c -> addAll(c, conditions));
    }
    filters.end();
    return conditions;
  }

  private static void addAll(Expression condition, List<Expression> conditions) {
    if (condition instanceof Conjunction conjunction && conjunction.and()) {
      conjunction.operands().forEach(operand -> addAll(operand, conditions));
    } else {
      conditions.add(condition);
    }
  }

  private Column column(int index) {
    if (index < 0 || index >= columns.size()) {
      throw new UnsupportedPlan("table filter on column " + index + " of " + columns.size());
    }
    return new Column(index, columns.get(index));
  }

  /** Empty for a filter that is only a hint: the exact condition stands elsewhere in the plan. */
  private Optional<Expression> condition(JsonNode json, List<Column> over) {
    JsonObject filter = new JsonObject("table filter", json);
    filter.ignore("column_indexes");
    Column column = over.getFirst();
    Optional<Expression> condition =
        switch (filter.text("filter_type")) {
          case "LEGACY_CONSTANT_COMPARISON" ->
              Optional.of(
                  ExpressionReader.compare(
                      ExpressionReader.comparison(filter.text("comparison_type")),
                      column,
                      ConstantReader.read(filter.get("constant"))));
          case "LEGACY_IS_NULL" -> Optional.of(operation(Operator.IS_NULL, List.of(column)));
          case "LEGACY_IS_NOT_NULL" ->
              Optional.of(operation(Operator.IS_NOT_NULL, List.of(column)));
          case "LEGACY_CONJUNCTION_AND" -> conjunction(true, filter, over);
          case "LEGACY_CONJUNCTION_OR" -> conjunction(false, filter, over);
          case "LEGACY_IN_FILTER" -> {
            List<Expression> operands = new ArrayList<>(List.of(column));
            operands.addAll(filter.map("values", ConstantReader::read));
            yield Optional.of(operation(Operator.IN, operands));
          }
          case "EXPRESSION_FILTER" -> Optional.of(expression(filter, over));
          case "LEGACY_OPTIONAL_FILTER", "LEGACY_DYNAMIC_FILTER" -> {
            filter.ignore("child_filter", "filter_data");
            yield Optional.empty();
          }
          default -> throw new UnsupportedPlan("table filter " + filter.text("filter_type"));
        };
    filter.end();
    return condition;
  }

  private Optional<Expression> conjunction(boolean and, JsonObject filter, List<Column> over) {
    List<Expression> operands = new ArrayList<>();
    for (JsonNode child : filter.elements("child_filters")) {
      Optional<Expression> operand = condition(child, over);
      if (operand.isEmpty() && !and) {
        throw new UnsupportedPlan("table filter: a hint inside OR");
      }
      operand.ifPresent(operands::add);
    }
    return switch (operands.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(operands.getFirst());
      default -> Optional.of(new Conjunction(and, operands, ExpressionReader.BOOLEAN));
    };
  }

  /** Its references count within the filter's own columns. */
  private Expression expression(JsonObject filter, List<Column> over) {
    List<DataType> types = over.stream().map(Column::type).toList();
    Expression inner = new ExpressionReader(stability, types).read(filter.get("expr"));
    List<Integer> positions = over.stream().map(Column::index).toList();
    return Columns.remap(inner, positions::get);
  }

  private static Expression operation(Operator operator, List<Expression> operands) {
    return new Operation(operator, operands, ExpressionReader.BOOLEAN);
  }
}

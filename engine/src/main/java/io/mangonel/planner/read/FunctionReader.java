package io.mangonel.planner.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.planner.ir.Columns;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Between;
import io.mangonel.planner.ir.Expression.Call;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Scalar functions, and the casts and comparisons that a plan writes as functions. */
final class FunctionReader {
  /**
   * Functions whose bound data says only what their arguments say, so that printing the arguments
   * binds the same again.
   */
  private static final Set<String> BINDS_FROM_ARGUMENTS =
      Set.of(
          "+",
          "-",
          "*",
          "row",
          "struct_pack",
          "struct_insert",
          "union_value",
          "list_sort",
          "list_reverse_sort",
          "array_sort",
          "array_reverse_sort",
          "list_grade_up",
          "date_part",
          "list_aggr",
          "list_aggregate",
          "array_aggr",
          "array_aggregate",
          "aggregate");

  private final ExpressionReader expressions;
  private final FunctionStability stability;

  FunctionReader(ExpressionReader expressions, FunctionStability stability) {
    this.expressions = expressions;
    this.stability = stability;
  }

  Expression read(String kind, JsonObject fields) {
    String name = name(fields);
    DataType type = TypeReader.read(fields.get("return_type"));
    List<JsonNode> children = fields.elements("children");
    fields.ignore("arguments", "has_serialize", "is_operator");
    return switch (kind) {
      case "OPERATOR_CAST" -> cast(fields, children, type);
      case "BOUND_FUNCTION" -> call(name, fields, children, type);
      case "COMPARE_BETWEEN" -> between(fields, expressions.readAll(children));
      default -> {
        fields.empty("function_data");
        if (children.size() != 2) {
          throw new UnsupportedPlan("function " + kind + " " + name);
        }
        yield ExpressionReader.compare(
            ExpressionReader.comparison(kind),
            expressions.read(children.get(0)),
            expressions.read(children.get(1)));
      }
    };
  }

  /** The unqualified name; a function of the user's own is not in every executor's catalogue. */
  static String name(JsonObject fields) {
    JsonObject qualified = new JsonObject("function name", fields.get("qname"));
    List<String> path = qualified.map("path", JsonNode::asText);
    qualified.end();
    if (path.isEmpty() || (path.size() > 1 && !path.getFirst().equals("system"))) {
      throw new UnsupportedPlan("function " + String.join(".", path));
    }
    return path.getLast();
  }

  private Expression cast(JsonObject fields, List<JsonNode> children, DataType type) {
    JsonObject data = new JsonObject("cast", fields.get("function_data"));
    boolean tryCast = data.bool("try_cast");
    data.ignore("is_default_cast").end();
    if (children.size() != 1) {
      throw new UnsupportedPlan("cast of " + children.size());
    }
    return ExpressionReader.cast(expressions.read(children.getFirst()), tryCast, type);
  }

  private static Expression between(JsonObject fields, List<Expression> operands) {
    JsonObject data = new JsonObject("between", fields.get("function_data"));
    boolean lowerInclusive = data.bool("lower_inclusive");
    boolean upperInclusive = data.bool("upper_inclusive");
    data.end();
    // SQL writes an exclusive bound as a comparison of its own, which evaluates the operand again.
    boolean once = lowerInclusive && upperInclusive;
    if (operands.size() != 3 || !(once || isStable(operands.getFirst()))) {
      throw new UnsupportedPlan("between of " + operands.size());
    }
    return new Between(
        operands.get(0),
        operands.get(1),
        lowerInclusive,
        operands.get(2),
        upperInclusive,
        ExpressionReader.BOOLEAN);
  }

  private static boolean isStable(Expression expression) {
    return !(expression instanceof Call call && !call.stable())
        && Columns.children(expression).stream().allMatch(FunctionReader::isStable);
  }

  private Expression call(String name, JsonObject fields, List<JsonNode> children, DataType type) {
    for (JsonNode child : children) {
      if (ExpressionReader.expressionClass(child).equals("BOUND_LAMBDA")) {
        throw new UnsupportedPlan("lambda in " + name);
      }
    }
    if (BINDS_FROM_ARGUMENTS.contains(name)) {
      fields.ignore("function_data");
    } else {
      fields.empty("function_data");
    }
    List<Expression> arguments = expressions.readAll(children);
    List<String> names = names(fields, arguments.size());
    if (DecimalArithmetic.applies(name, type)) {
      return DecimalArithmetic.rebind(name, arguments, children, (DataType.Decimal) type);
    }
    return new Call(name, arguments, names, isStable(name, arguments), type);
  }

  /** Planning has made constants of the calls that are one value in a statement, if it can. */
  private boolean isStable(String name, List<Expression> arguments) {
    return switch (stability.of(name, arguments)) {
      case CONSISTENT -> true;
      case VOLATILE -> false;
      case PER_STATEMENT ->
          throw new UnsupportedPlan("function " + name + ", which reads the time or the session");
    };
  }

  /** Names of the arguments, empty for the positional ones in front. */
  private static List<String> names(JsonObject fields, int count) {
    List<String> named = fields.map("named_arguments", JsonNode::asText);
    fields.ignore("positional_arguments");
    if (named.isEmpty()) {
      return List.of();
    }
    if (named.size() > count) {
      throw new UnsupportedPlan("more names than arguments");
    }
    List<String> names = new ArrayList<>(Collections.nCopies(count - named.size(), ""));
    names.addAll(named);
    return names;
  }
}

package io.mangonel.planner.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Case;
import io.mangonel.planner.ir.Expression.Cast;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Expression.Comparison;
import io.mangonel.planner.ir.Expression.ComparisonOperator;
import io.mangonel.planner.ir.Expression.Conjunction;
import io.mangonel.planner.ir.Expression.Operation;
import io.mangonel.planner.ir.Expression.Operator;
import io.mangonel.planner.ir.Expression.SortKey;
import io.mangonel.planner.ir.Expression.When;
import java.util.ArrayList;
import java.util.List;

/**
 * Scalar expressions over given columns. A reference whose type is not its column's type is
 * refused: that is how a read of a pseudo column such as {@code rowid} shows.
 */
final class ExpressionReader {
  static final DataType BOOLEAN = new DataType.Simple("BOOLEAN");

  /** Fields that every expression has and that do not change its value. */
  private static final String[] COMMON = {
    "expression_class", "type", "alias", "query_location", "query_location_length"
  };

  private final FunctionStability stability;
  private final List<DataType> columns;

  ExpressionReader(FunctionStability stability, List<DataType> columns) {
    this.stability = stability;
    this.columns = columns;
  }

  static JsonObject open(JsonNode json) {
    JsonObject expression = new JsonObject("expression", json);
    String named = expression.text("expression_class") + " " + expression.text("type");
    return new JsonObject(named, json).ignore(COMMON);
  }

  static String expressionClass(JsonNode json) {
    return json.path("expression_class").asText();
  }

  List<Expression> readAll(List<JsonNode> expressions) {
    return expressions.stream().map(this::read).toList();
  }

  Expression read(JsonNode json) {
    JsonObject fields = open(json);
    String kind = fields.text("type");
    Expression read =
        switch (fields.text("expression_class")) {
          case "BOUND_REF" -> column(fields);
          case "BOUND_CONSTANT" -> ConstantReader.read(fields.get("value"));
          case "BOUND_CASE" -> caseOf(fields);
          case "BOUND_CONJUNCTION" -> conjunction(kind, fields);
          case "BOUND_OPERATOR" -> operation(kind, fields);
          case "BOUND_FUNCTION" -> new FunctionReader(this, stability).read(kind, fields);
          default -> throw new UnsupportedPlan("expression " + fields.text("expression_class"));
        };
    fields.end();
    return read;
  }

  List<SortKey> sortKeys(List<JsonNode> orders) {
    List<SortKey> keys = new ArrayList<>();
    for (JsonNode json : orders) {
      JsonObject order = new JsonObject("order", json);
      boolean descending =
          switch (order.text("type")) {
            case "ASCENDING" -> false;
            case "DESCENDING" -> true;
            default -> throw new UnsupportedPlan("order " + order.text("type"));
          };
      boolean nullsFirst =
          switch (order.text("null_order")) {
            case "NULLS FIRST" -> true;
            case "NULLS LAST" -> false;
            default -> throw new UnsupportedPlan("order " + order.text("null_order"));
          };
      keys.add(new SortKey(read(order.get("expression")), descending, nullsFirst));
      order.ignore("stats").end();
    }
    return keys;
  }

  static ComparisonOperator comparison(String type) {
    return switch (type) {
      case "COMPARE_EQUAL" -> ComparisonOperator.EQUAL;
      case "COMPARE_NOTEQUAL" -> ComparisonOperator.NOT_EQUAL;
      case "COMPARE_LESSTHAN" -> ComparisonOperator.LESS;
      case "COMPARE_GREATERTHAN" -> ComparisonOperator.GREATER;
      case "COMPARE_LESSTHANOREQUALTO" -> ComparisonOperator.LESS_OR_EQUAL;
      case "COMPARE_GREATERTHANOREQUALTO" -> ComparisonOperator.GREATER_OR_EQUAL;
      case "COMPARE_NOT_DISTINCT_FROM" -> ComparisonOperator.NOT_DISTINCT;
      case "COMPARE_DISTINCT_FROM" -> ComparisonOperator.DISTINCT;
      default -> throw new UnsupportedPlan("comparison " + type);
    };
  }

  private Column column(JsonObject fields) {
    long index = fields.number("index");
    DataType type = TypeReader.read(fields.get("return_type"));
    fields.empty("depth");
    if (index < 0 || index >= columns.size()) {
      throw new UnsupportedPlan("column " + index + " of " + columns.size());
    }
    DataType actual = columns.get((int) index);
    if (!actual.equals(type)) {
      throw new UnsupportedPlan("column of " + actual.sql() + " read as " + type.sql());
    }
    return new Column((int) index, type);
  }

  private Expression caseOf(JsonObject fields) {
    List<When> whens = new ArrayList<>();
    for (JsonNode json : fields.elements("case_checks")) {
      JsonObject check = new JsonObject("case", json);
      whens.add(new When(read(check.get("when_expr")), read(check.get("then_expr"))));
      check.end();
    }
    DataType type = TypeReader.read(fields.get("return_type"));
    return new Case(whens, read(fields.get("else_expr")), type);
  }

  private Expression conjunction(String kind, JsonObject fields) {
    fields.ignore("return_type");
    List<Expression> operands = readAll(fields.elements("children"));
    boolean and =
        switch (kind) {
          case "CONJUNCTION_AND" -> true;
          case "CONJUNCTION_OR" -> false;
          default -> throw new UnsupportedPlan("conjunction " + kind);
        };
    return operands.size() == 1 ? operands.getFirst() : new Conjunction(and, operands, BOOLEAN);
  }

  private Expression operation(String kind, JsonObject fields) {
    List<Expression> operands = readAll(fields.elements("children"));
    DataType type = TypeReader.read(fields.get("return_type"));
    return switch (kind) {
      case "OPERATOR_NOT" -> fixed(Operator.NOT, operands, 1, type);
      case "OPERATOR_IS_NULL" -> fixed(Operator.IS_NULL, operands, 1, type);
      case "OPERATOR_IS_NOT_NULL" -> fixed(Operator.IS_NOT_NULL, operands, 1, type);
      case "OPERATOR_TRY" -> fixed(Operator.TRY, operands, 1, type);
      case "COMPARE_IN" -> new Operation(Operator.IN, operands, type);
      case "COMPARE_NOT_IN" -> new Operation(Operator.NOT_IN, operands, type);
      case "OPERATOR_COALESCE" -> new Operation(Operator.COALESCE, operands, type);
      default -> throw new UnsupportedPlan("operator " + kind);
    };
  }

  private static Expression fixed(
      Operator operator, List<Expression> operands, int count, DataType type) {
    if (operands.size() != count) {
      throw new UnsupportedPlan(operator + " of " + operands.size());
    }
    return new Operation(operator, operands, type);
  }

  static Expression compare(ComparisonOperator operator, Expression left, Expression right) {
    return new Comparison(operator, left, right, BOOLEAN);
  }

  static Expression cast(Expression operand, boolean tryCast, DataType type) {
    return new Cast(operand, tryCast, type);
  }
}

package io.mangonel.planner.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.SortKey;
import io.mangonel.planner.ir.Expression.UnnestCall;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.ir.Relation.SetKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Operators of the plan, from the top down: one case each. */
final class OperatorReader {
  /** The dummy scan: one row, whose one column nobody can read, because no expression is NULL. */
  private static final Relation ONE_ROW =
      new Relation.Values(
          List.of(List.of(new Expression.Constant("NULL", ScanReader.PSEUDO))),
          List.of(ScanReader.PSEUDO));

  private final FunctionStability stability;
  private final JoinReader joins;

  OperatorReader(FunctionStability stability) {
    this.stability = stability;
    this.joins = new JoinReader(stability);
  }

  Relation read(JsonNode json) {
    String type = json.path("type").asText();
    JsonObject fields = new JsonObject(type, json).ignore("type", "estimated_cardinality");
    List<Relation> inputs = new ArrayList<>();
    if (!type.equals("LOGICAL_EXTENSION_OPERATOR")) {
      fields.elements("children").forEach(child -> inputs.add(read(child)));
    }
    Relation relation = operator(type, fields, inputs);
    fields.end();
    return relation;
  }

  private Relation operator(String type, JsonObject fields, List<Relation> inputs) {
    return switch (type) {
      case "LOGICAL_GET" -> {
        count(type, inputs, 0);
        yield new ScanReader(stability).read(fields);
      }
      case "LOGICAL_DUMMY_SCAN" -> {
        count(type, inputs, 0);
        fields.ignore("table_index");
        yield ONE_ROW;
      }
      case "LOGICAL_EMPTY_RESULT" -> {
        count(type, inputs, 0);
        fields.ignore("bindings");
        yield new Relation.Values(List.of(), fields.map("return_types", TypeReader::read));
      }
      case "LOGICAL_EXPRESSION_GET" -> values(fields, inputs);
      case "LOGICAL_CTE_REF" -> {
        count(type, inputs, 0);
        fields.ignore("table_index", "bound_columns").empty("is_recurring");
        yield new Relation.CommonReference(
            (int) fields.number("cte_index"), fields.map("chunk_types", TypeReader::read));
      }
      case "LOGICAL_MATERIALIZED_CTE" -> {
        count(type, inputs, 2);
        fields.ignore("column_count", "ctename", "materialize");
        int id = (int) fields.number("table_index");
        yield new Relation.Common(id, inputs.get(0), inputs.get(1));
      }
      case "LOGICAL_UNION" -> setOperation(SetKind.UNION, fields, inputs);
      case "LOGICAL_EXCEPT" -> setOperation(SetKind.EXCEPT, fields, inputs);
      case "LOGICAL_INTERSECT" -> setOperation(SetKind.INTERSECT, fields, inputs);
      case "LOGICAL_CROSS_PRODUCT",
          "LOGICAL_POSITIONAL_JOIN",
          "LOGICAL_ANY_JOIN",
          "LOGICAL_COMPARISON_JOIN",
          "LOGICAL_ASOF_JOIN" -> {
        count(type, inputs, 2);
        yield join(type, fields, inputs.get(0), inputs.get(1));
      }
      default -> {
        if (inputs.size() != 1) {
          throw new UnsupportedPlan("operator " + type);
        }
        yield unary(type, fields, inputs.getFirst());
      }
    };
  }

  private Relation join(String type, JsonObject fields, Relation left, Relation right) {
    return switch (type) {
      case "LOGICAL_CROSS_PRODUCT" -> joins.crossProduct(left, right);
      case "LOGICAL_POSITIONAL_JOIN" -> joins.positional(left, right);
      case "LOGICAL_ANY_JOIN" -> joins.any(fields, left, right);
      case "LOGICAL_COMPARISON_JOIN" -> joins.comparison(fields, left, right, false);
      case "LOGICAL_ASOF_JOIN" -> joins.comparison(fields, left, right, true);
      default -> throw new IllegalArgumentException(type);
    };
  }

  private Relation unary(String type, JsonObject fields, Relation input) {
    ExpressionReader expressions = new ExpressionReader(stability, input.types());
    return switch (type) {
      case "LOGICAL_FILTER" -> {
        List<Expression> conditions = expressions.readAll(fields.elements("expressions"));
        List<Integer> map = fields.indexes("projection_map");
        yield Projections.map(new Relation.Filter(input, conditions), map);
      }
      case "LOGICAL_PROJECTION" -> {
        fields.ignore("table_index");
        yield new Relation.Project(input, expressions.readAll(fields.elements("expressions")));
      }
      case "LOGICAL_AGGREGATE_AND_GROUP_BY" -> new AggregateReader(stability).read(fields, input);
      case "LOGICAL_ORDER_BY" -> {
        List<SortKey> keys = expressions.sortKeys(fields.elements("orders"));
        fields.empty("projections");
        yield Projections.map(new Relation.Sort(input, keys), fields.indexes("projection_map"));
      }
      case "LOGICAL_TOP_N" -> {
        fields.ignore("unpruned_offset").empty("projections", "projection_map");
        yield new Relation.TopN(
            input,
            expressions.sortKeys(fields.elements("orders")),
            fields.number("limit"),
            fields.number("offset"));
      }
      case "LOGICAL_LIMIT" -> {
        fields.ignore("unpruned_offset");
        yield new Relation.Limit(
            input, limit(fields.get("limit_val")), limit(fields.get("offset_val")));
      }
      case "LOGICAL_DISTINCT" -> distinct(fields, input, expressions);
      case "LOGICAL_WINDOW" -> {
        fields.ignore("window_index");
        yield new Relation.Window(
            input, fields.map("expressions", json -> new WindowReader(expressions).read(json)));
      }
      case "LOGICAL_UNNEST" -> {
        fields.ignore("unnest_index");
        yield new Relation.Unnest(
            input, fields.map("expressions", json -> unnest(json, expressions)));
      }
      case "LOGICAL_SAMPLE" ->
          new Relation.Sample(input, sample(new JsonObject(type, fields.get("sample_options"))));
      default -> throw new UnsupportedPlan("operator " + type);
    };
  }

  private Relation values(JsonObject fields, List<Relation> inputs) {
    fields.ignore("table_index");
    if (!inputs.stream().allMatch(ONE_ROW::equals)) {
      throw new UnsupportedPlan("values over an input");
    }
    ExpressionReader expressions = new ExpressionReader(stability, List.of());
    List<List<Expression>> rows = new ArrayList<>();
    for (JsonNode row : fields.elements("expressions")) {
      List<Expression> cells = new ArrayList<>();
      row.forEach(cell -> cells.add(expressions.read(cell)));
      rows.add(List.copyOf(cells));
    }
    return new Relation.Values(List.copyOf(rows), fields.map("expr_types", TypeReader::read));
  }

  private static Relation setOperation(SetKind kind, JsonObject fields, List<Relation> inputs) {
    fields.ignore("table_index", "column_count", "allow_out_of_order");
    boolean all = fields.bool("setop_all");
    List<DataType> types = inputs.isEmpty() ? List.of() : inputs.getFirst().types();
    for (Relation input : inputs) {
      if (!input.types().equals(types)) {
        throw new UnsupportedPlan(kind + " of different types");
      }
    }
    if (inputs.size() < 2 || (kind != SetKind.UNION && inputs.size() > 2)) {
      throw new UnsupportedPlan(kind + " of " + inputs.size());
    }
    return new Relation.SetOperation(kind, all, List.copyOf(inputs), types);
  }

  private static Relation distinct(
      JsonObject fields, Relation input, ExpressionReader expressions) {
    List<Expression> targets = expressions.readAll(fields.elements("distinct_targets"));
    JsonNode order = fields.optional("order_by");
    List<SortKey> keys = List.of();
    if (order != null) {
      JsonObject modifier = new JsonObject("distinct order", order);
      keys = expressions.sortKeys(modifier.elements("orders"));
      modifier.ignore("type").end();
    }
    return switch (fields.text("distinct_type")) {
      case "DISTINCT" -> {
        if (targets.size() != input.types().size()) {
          throw new UnsupportedPlan("distinct over some columns");
        }
        yield new Relation.Distinct(input, List.of(), List.of());
      }
      case "DISTINCT_ON" -> new Relation.Distinct(input, targets, keys);
      default -> throw new UnsupportedPlan("distinct " + fields.text("distinct_type"));
    };
  }

  private static Expression unnest(JsonNode json, ExpressionReader expressions) {
    JsonObject fields = ExpressionReader.open(json);
    if (!fields.text("expression_class").equals("BOUND_UNNEST")) {
      throw new UnsupportedPlan("unnest " + fields.text("expression_class"));
    }
    Expression operand = expressions.read(fields.get("child"));
    DataType type = TypeReader.read(fields.get("return_type"));
    fields.end();
    return new UnnestCall(operand, type);
  }

  private static @Nullable String limit(JsonNode json) {
    JsonObject limit = new JsonObject("limit", json);
    limit.empty("expression").ignore("constant_integer", "constant_percentage");
    String text =
        switch (limit.text("type")) {
          case "CONSTANT_VALUE" -> limit.get("constant_integer").asText();
          case "CONSTANT_PERCENTAGE" -> limit.get("constant_percentage").asText() + "%";
          case "UNSET" -> null;
          default -> throw new UnsupportedPlan("limit " + limit.text("type"));
        };
    limit.end();
    return text;
  }

  private static String sample(JsonObject options) {
    JsonObject size = new JsonObject("sample size", options.get("sample_size"));
    String amount = size.get("value").asText();
    size.ignore("type", "is_null").end();
    boolean percentage = options.bool("is_percentage");
    String method = options.text("method");
    if (!List.of("System", "Bernoulli", "Reservoir").contains(method)) {
      throw new UnsupportedPlan("sample " + method);
    }
    String seed =
        options.has("seed") && options.bool("repeatable")
            ? " REPEATABLE (" + options.number("seed") + ")"
            : "";
    options.ignore("seed", "repeatable", "sample_rate").end();
    return method.toLowerCase(Locale.ROOT)
        + "("
        + amount
        + (percentage ? "%" : " ROWS")
        + ")"
        + seed;
  }

  private static void count(String type, List<Relation> inputs, int expected) {
    if (inputs.size() != expected) {
      throw new UnsupportedPlan("operator " + type + " of " + inputs.size() + " inputs");
    }
  }
}

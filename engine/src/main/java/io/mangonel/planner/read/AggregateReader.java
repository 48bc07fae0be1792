package io.mangonel.planner.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.AggregateCall;
import io.mangonel.planner.ir.Expression.SortKey;
import io.mangonel.planner.ir.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** GROUP BY and its aggregate functions. */
final class AggregateReader {
  private static final DataType BIGINT = new DataType.Simple("BIGINT");

  /**
   * Aggregates whose bound data says only what their arguments say. (A constant parameter stays
   * among the arguments.)
   */
  static final Set<String> BINDS_FROM_ARGUMENTS =
      Set.of(
          "quantile",
          "quantile_cont",
          "quantile_disc",
          "median",
          "mad",
          "approx_quantile",
          "reservoir_quantile",
          "string_agg",
          "listagg",
          "group_concat",
          "bitstring_agg");

  private final FunctionStability stability;

  AggregateReader(FunctionStability stability) {
    this.stability = stability;
  }

  Relation read(JsonObject fields, Relation input) {
    ExpressionReader expressions = new ExpressionReader(stability, input.types());
    List<Expression> groups = expressions.readAll(fields.elements("groups"));
    List<AggregateCall> calls = fields.map("expressions", json -> aggregate(json, expressions));
    List<List<Integer>> functions = fields.indexLists("grouping_functions");
    List<List<Integer>> sets = fields.indexLists("grouping_sets");
    if (sets.isEmpty()) {
      sets = List.of(IntStream.range(0, groups.size()).boxed().toList());
    }
    fields.ignore("group_index", "aggregate_index", "groupings_index", "distinct_validity");
    List<DataType> types = new ArrayList<>();
    groups.forEach(group -> types.add(group.type()));
    calls.forEach(call -> types.add(call.type()));
    functions.forEach(function -> types.add(BIGINT));
    return new Relation.Aggregate(input, groups, sets, calls, functions, List.copyOf(types));
  }

  private static AggregateCall aggregate(JsonNode json, ExpressionReader expressions) {
    JsonObject fields = ExpressionReader.open(json);
    if (!fields.text("expression_class").equals("BOUND_AGGREGATE")) {
      throw new UnsupportedPlan("aggregate " + fields.text("expression_class"));
    }
    String name = FunctionReader.name(fields);
    if (BINDS_FROM_ARGUMENTS.contains(name)) {
      fields.ignore("function_data");
    } else {
      fields.empty("function_data");
    }
    fields.expect("state_export", "NONE").ignore("has_serialize");
    boolean distinct =
        switch (fields.text("aggregate_type")) {
          case "DISTINCT" -> true;
          case "NON_DISTINCT" -> false;
          default -> throw new UnsupportedPlan("aggregate " + fields.text("aggregate_type"));
        };
    JsonNode filter = fields.optional("filter");
    List<Expression> arguments = expressions.readAll(fields.elements("children"));
    AggregateCall call =
        new AggregateCall(
            name,
            arguments,
            arguments.stream().map(Expression::type).toList(),
            distinct,
            filter == null ? null : expressions.read(filter),
            order(fields, expressions),
            false,
            TypeReader.read(fields.get("return_type")));
    fields.ignore("arguments").end();
    return call;
  }

  private static List<SortKey> order(JsonObject fields, ExpressionReader expressions) {
    JsonNode json = fields.optional("order_bys");
    if (json == null) {
      return List.of();
    }
    JsonObject order = new JsonObject("aggregate order", json);
    List<SortKey> keys = expressions.sortKeys(order.elements("orders"));
    order.end();
    return keys;
  }
}

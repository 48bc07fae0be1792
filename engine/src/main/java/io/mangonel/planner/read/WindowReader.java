package io.mangonel.planner.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.FrameBound;
import io.mangonel.planner.ir.Expression.SortKey;
import io.mangonel.planner.ir.Expression.WindowCall;
import io.mangonel.planner.ir.Expression.WindowFrame;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Window functions. */
final class WindowReader {
  private static final String PREFIX = "WINDOW_";

  private static final Set<String> FUNCTIONS =
      Set.of(
          "ROW_NUMBER",
          "RANK",
          "DENSE_RANK",
          "RANK_DENSE",
          "PERCENT_RANK",
          "CUME_DIST",
          "NTILE",
          "LEAD",
          "LAG",
          "FIRST_VALUE",
          "LAST_VALUE",
          "NTH_VALUE",
          "FILL");

  private final ExpressionReader expressions;

  WindowReader(ExpressionReader expressions) {
    this.expressions = expressions;
  }

  WindowCall read(JsonNode json) {
    JsonObject fields = ExpressionReader.open(json);
    if (!fields.text("expression_class").equals("BOUND_WINDOW")) {
      throw new UnsupportedPlan("window " + fields.text("expression_class"));
    }
    List<SortKey> orderBy = expressions.sortKeys(fields.elements("orders"));
    JsonNode filter = fields.optional("filters");
    WindowCall call =
        new WindowCall(
            name(fields),
            expressions.readAll(fields.elements("children")),
            fields.bool("distinct"),
            fields.bool("ignore_nulls"),
            filter == null ? null : expressions.read(filter),
            expressions.sortKeys(fields.elements("arg_orders")),
            expressions.readAll(fields.elements("partitions")),
            orderBy,
            frame(fields),
            TypeReader.read(fields.get("return_type")));
    fields
        .empty("offset_expr", "default_expr", "sql_range_start", "sql_range_end")
        .empty("sql_range_start_boundary", "sql_range_end_boundary", "sql_range_order_casts")
        .ignore("sql_range_order_type", "arguments", "has_serialize", "partitions_stats")
        .end();
    return call;
  }

  private static String name(JsonObject fields) {
    String kind = fields.text("type");
    if (kind.equals("WINDOW_AGGREGATE")) {
      String name = FunctionReader.name(fields);
      if (AggregateReader.BINDS_FROM_ARGUMENTS.contains(name)) {
        fields.ignore("function_data");
      } else {
        fields.empty("function_data");
      }
      return name;
    }
    fields.empty("function_data");
    String name = kind.startsWith(PREFIX) ? kind.substring(PREFIX.length()) : kind;
    if (!FUNCTIONS.contains(name)) {
      throw new UnsupportedPlan("window function " + kind);
    }
    return name.equals("RANK_DENSE") ? "dense_rank" : name.toLowerCase(Locale.ROOT);
  }

  private WindowFrame frame(JsonObject fields) {
    String start = fields.text("start");
    String end = fields.text("end");
    FrameBound from = bound(start, fields.optional("start_expr"));
    FrameBound to = bound(end, fields.optional("end_expr"));
    String exclude =
        switch (fields.text("exclude_clause")) {
          case "NO_OTHER" -> "";
          case "CURRENT_ROW" -> "EXCLUDE CURRENT ROW";
          case "GROUP" -> "EXCLUDE GROUP";
          case "TIES" -> "EXCLUDE TIES";
          default -> throw new UnsupportedPlan("window " + fields.text("exclude_clause"));
        };
    boolean isDefault = start.equals("UNBOUNDED_PRECEDING") && end.equals("CURRENT_ROW_RANGE");
    if (isDefault && exclude.isEmpty()) {
      return new WindowFrame("", from, to, "");
    }
    return new WindowFrame(unit(start, end), from, to, exclude);
  }

  private static String unit(String start, String end) {
    boolean rows = start.endsWith("_ROWS") || end.endsWith("_ROWS");
    boolean groups = start.endsWith("_GROUPS") || end.endsWith("_GROUPS");
    boolean range = start.endsWith("_RANGE") || end.endsWith("_RANGE");
    if ((rows && (groups || range)) || (groups && range)) {
      throw new UnsupportedPlan("window frame " + start + " " + end);
    }
    return groups ? "GROUPS" : range ? "RANGE" : "ROWS";
  }

  private FrameBound bound(String kind, @Nullable JsonNode offset) {
    String keyword =
        switch (kind) {
          case "UNBOUNDED_PRECEDING" -> "UNBOUNDED PRECEDING";
          case "UNBOUNDED_FOLLOWING" -> "UNBOUNDED FOLLOWING";
          case "CURRENT_ROW_ROWS", "CURRENT_ROW_RANGE", "CURRENT_ROW_GROUPS" -> "CURRENT ROW";
          case "EXPR_PRECEDING_ROWS", "EXPR_PRECEDING_GROUPS" -> "PRECEDING";
          case "EXPR_FOLLOWING_ROWS", "EXPR_FOLLOWING_GROUPS" -> "FOLLOWING";
          // Its offset is already added to the order's value: not what SQL writes.
          default -> throw new UnsupportedPlan("window frame " + kind);
        };
    boolean needsOffset = keyword.equals("PRECEDING") || keyword.equals("FOLLOWING");
    if (needsOffset != (offset != null)) {
      throw new UnsupportedPlan("window frame " + kind + " without its offset");
    }
    Expression read = offset == null ? null : expressions.read(offset);
    return new FrameBound(keyword, read);
  }
}

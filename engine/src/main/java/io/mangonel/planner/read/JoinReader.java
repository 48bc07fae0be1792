package io.mangonel.planner.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Conjunction;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.ir.Relation.Join;
import io.mangonel.planner.ir.Relation.JoinCondition;
import io.mangonel.planner.ir.Relation.JoinType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Joins of every kind. */
final class JoinReader {
  private final FunctionStability stability;

  JoinReader(FunctionStability stability) {
    this.stability = stability;
  }

  Relation crossProduct(Relation left, Relation right) {
    return join(left, right, JoinType.INNER, List.of(), 0, null);
  }

  Relation positional(Relation left, Relation right) {
    return join(left, right, JoinType.POSITIONAL, List.of(), 0, null);
  }

  /** LOGICAL_ANY_JOIN: one condition of any form. */
  Relation any(JsonObject fields, Relation left, Relation right) {
    JoinType type = type(fields.text("join_type"));
    if (type == JoinType.MARK || type == JoinType.SINGLE) {
      throw new UnsupportedPlan("join " + type + " on any condition");
    }
    Expression condition = both(left, right).read(fields.get("condition"));
    fields.ignore("mark_index");
    return mapped(fields, left, right, join(left, right, type, List.of(), 0, condition));
  }

  /** LOGICAL_COMPARISON_JOIN and LOGICAL_ASOF_JOIN. */
  Relation comparison(JsonObject fields, Relation left, Relation right, boolean asof) {
    JoinType type = type(fields.text("join_type"));
    if (asof) {
      type =
          switch (type) {
            case INNER -> JoinType.ASOF;
            case LEFT -> JoinType.ASOF_LEFT;
            default -> throw new UnsupportedPlan("asof join " + type);
          };
    }
    List<JoinCondition> conditions = new ArrayList<>();
    List<Expression> residuals = new ArrayList<>();
    for (JsonNode json : fields.elements("conditions")) {
      condition(json, left, right, conditions, residuals);
    }
    JsonNode predicate = fields.optional("predicate");
    if (predicate != null) {
      residuals.add(both(left, right).read(predicate));
    }
    fields.empty("duplicate_eliminated_columns", "delim_flipped").ignore("mark_index");
    int correlated = fields.elements("mark_types").size();
    boolean plain = type != JoinType.MARK;
    if (!plain && (correlated > conditions.size() || !residuals.isEmpty())) {
      throw new UnsupportedPlan("join MARK with other conditions");
    }
    if (type == JoinType.SINGLE && residuals.isEmpty() && UniqueRows.match(right, conditions)) {
      type = JoinType.LEFT;
    }
    Relation join = join(left, right, type, conditions, plain ? 0 : correlated, and(residuals));
    return mapped(fields, left, right, join);
  }

  private void condition(
      JsonNode json,
      Relation left,
      Relation right,
      List<JoinCondition> conditions,
      List<Expression> residuals) {
    JsonObject condition = new JsonObject("join condition", json);
    JsonNode rightSide = condition.optional("right");
    if (rightSide == null) {
      residuals.add(both(left, right).read(condition.get("left")));
      condition.ignore("comparison").end();
      return;
    }
    conditions.add(
        new JoinCondition(
            ExpressionReader.comparison(condition.text("comparison")),
            new ExpressionReader(stability, left.types()).read(condition.get("left")),
            new ExpressionReader(stability, right.types()).read(rightSide)));
    condition.ignore("left_stats", "right_stats").end();
  }

  private ExpressionReader both(Relation left, Relation right) {
    return new ExpressionReader(
        stability, Stream.concat(left.types().stream(), right.types().stream()).toList());
  }

  private static @Nullable Expression and(List<Expression> conditions) {
    return switch (conditions.size()) {
      case 0 -> null;
      case 1 -> conditions.getFirst();
      default -> new Conjunction(true, conditions, ExpressionReader.BOOLEAN);
    };
  }

  private static Relation join(
      Relation left,
      Relation right,
      JoinType type,
      List<JoinCondition> conditions,
      int correlated,
      @Nullable Expression residual) {
    List<DataType> types = new ArrayList<>();
    if (type.keepsLeft()) {
      types.addAll(left.types());
    }
    if (type.keepsRight()) {
      types.addAll(right.types());
    }
    if (type == JoinType.MARK) {
      types.add(ExpressionReader.BOOLEAN);
    }
    return new Join(
        left, right, type, List.copyOf(conditions), correlated, residual, List.copyOf(types));
  }

  /** What the join's projection maps leave of its columns. */
  private static Relation mapped(JsonObject fields, Relation left, Relation right, Relation join) {
    JoinType type = ((Join) join).joinType();
    List<Integer> leftMap = fields.indexes("left_projection_map");
    List<Integer> rightMap = fields.indexes("right_projection_map");
    List<Integer> columns = new ArrayList<>();
    if (type.keepsLeft()) {
      columns.addAll(leftMap.isEmpty() ? all(left) : leftMap);
    }
    int offset = type.keepsLeft() ? left.types().size() : 0;
    if (type.keepsRight()) {
      for (int index : rightMap.isEmpty() ? all(right) : rightMap) {
        columns.add(offset + index);
      }
    }
    if (type == JoinType.MARK) {
      columns.add(offset);
    }
    return Projections.pick(join, columns);
  }

  private static List<Integer> all(Relation relation) {
    return IntStream.range(0, relation.types().size()).boxed().toList();
  }

  private static JoinType type(String name) {
    return switch (name) {
      case "INNER" -> JoinType.INNER;
      case "LEFT" -> JoinType.LEFT;
      case "RIGHT" -> JoinType.RIGHT;
      case "FULL", "OUTER" -> JoinType.FULL;
      case "SINGLE" -> JoinType.SINGLE;
      case "SEMI" -> JoinType.SEMI;
      case "ANTI" -> JoinType.ANTI;
      case "RIGHT_SEMI" -> JoinType.RIGHT_SEMI;
      case "RIGHT_ANTI" -> JoinType.RIGHT_ANTI;
      case "MARK" -> JoinType.MARK;
      default -> throw new UnsupportedPlan("join " + name);
    };
  }
}

package io.mangonel.planner.distribute;

import io.mangonel.planner.ir.Columns;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.AggregateCall;
import io.mangonel.planner.ir.Expression.Call;
import io.mangonel.planner.ir.Expression.SortKey;
import io.mangonel.planner.ir.Expression.WindowCall;
import io.mangonel.planner.ir.Relation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a stage gives the same rows each time it reads the same inputs: a white list (rule T7).
 * What is not listed differs between attempts: it depends on the order in which threads deliver
 * rows, or on chance.
 */
final class Determinism {
  /** Exact whatever the order of their rows, unless over floating point. */
  private static final Set<String> EXACT_AGGREGATES =
      Set.of(
          "count",
          "count_star",
          "count_if",
          "countif",
          "sum",
          "sum_no_overflow",
          "avg",
          "mean",
          "min",
          "max",
          "bool_and",
          "bool_or",
          "bit_and",
          "bit_or",
          "bit_xor",
          "regr_count",
          "median",
          "quantile",
          "quantile_disc",
          "quantile_cont",
          "histogram",
          "approx_count_distinct");

  private static final Set<String> ORDER_FREE =
      Set.of("min", "max", "count", "count_star", "median", "quantile", "quantile_disc");

  /** Exact when their own ORDER BY names every argument. */
  private static final Set<String> ORDERED_AGGREGATES =
      Set.of("list", "array_agg", "string_agg", "listagg", "group_concat", "first", "last");

  /** Of window functions: what depends on the values of the order keys only, not on ties. */
  private static final Set<String> TIE_FREE_WINDOWS =
      Set.of("rank", "dense_rank", "rank_dense", "percent_rank", "cume_dist");

  private static final Set<String> FLOATS = Set.of("FLOAT", "DOUBLE");

  private Determinism() {}

  static boolean isDeterministic(Relation relation) {
    return isExact(relation) && relation.inputs().stream().allMatch(Determinism::isDeterministic);
  }

  private static boolean isExact(Relation relation) {
    return switch (relation) {
      case Relation.Scan scan -> areStable(scan.filters());
      case Relation.Input _, Relation.CommonReference _, Relation.Common _ -> true;
      case Relation.Values values -> values.rows().stream().allMatch(Determinism::areStable);
      case Relation.Filter filter -> areStable(filter.conditions());
      case Relation.Project project -> areStable(project.expressions());
      case Relation.Aggregate aggregate ->
          areStable(aggregate.groups())
              && aggregate.aggregates().stream().allMatch(Determinism::isExact);
      case Relation.Join join -> isExact(join);
      case Relation.Sort sort -> sort.keys().stream().allMatch(key -> isStable(key.expression()));
      case Relation.TopN top -> isTotal(top.keys(), top.input());
      case Relation.Limit _, Relation.Sample _ -> false;
      case Relation.Distinct distinct -> distinct.on().isEmpty();
      case Relation.Window window -> window.calls().stream().allMatch(Determinism::isExact);
      case Relation.Unnest unnest -> areStable(unnest.calls());
      case Relation.SetOperation _ -> true;
    };
  }

  private static boolean isExact(Relation.Join join) {
    boolean stable =
        isStable(join.residual())
            && join.conditions().stream()
                .allMatch(each -> isStable(each.left()) && isStable(each.right()));
    return switch (join.joinType()) {
      case INNER, LEFT, RIGHT, FULL, SEMI, ANTI, RIGHT_SEMI, RIGHT_ANTI, MARK -> stable;
      // Which of several matches is taken is open.
      case SINGLE, ASOF, ASOF_LEFT, POSITIONAL -> false;
    };
  }

  private static boolean isExact(AggregateCall call) {
    if (!areStable(call.arguments()) || !isStable(call.filter())) {
      return false;
    }
    if (ORDERED_AGGREGATES.contains(call.name())) {
      Set<Expression> keys = new HashSet<>(call.order().stream().map(SortKey::expression).toList());
      return !call.order().isEmpty()
          && call.arguments().stream()
              .allMatch(each -> each instanceof Expression.Constant || keys.contains(each));
    }
    return EXACT_AGGREGATES.contains(call.name())
        && call.order().isEmpty()
        && (ORDER_FREE.contains(call.name())
            || call.argumentTypes().stream().noneMatch(Determinism::isFloat));
  }

  private static boolean isExact(WindowCall call) {
    boolean stable = Columns.children(call).stream().allMatch(Determinism::isStable);
    boolean exactAggregate =
        EXACT_AGGREGATES.contains(call.name())
            && call.arguments().stream().noneMatch(each -> isFloat(each.type()))
            && call.frame().unit().isEmpty();
    return stable && (TIE_FREE_WINDOWS.contains(call.name()) || exactAggregate);
  }

  /** Whether rows that tie under the keys are the same rows. */
  private static boolean isTotal(List<SortKey> keys, Relation input) {
    Set<Integer> columns = new HashSet<>();
    for (SortKey key : keys) {
      if (key.expression() instanceof Expression.Column(int index, var _)) {
        columns.add(index);
      }
    }
    return columns.containsAll(unique(input));
  }

  /** Columns whose values together name a row: the groups of an aggregate, or all columns. */
  private static List<Integer> unique(Relation input) {
    if (input instanceof Relation.Aggregate aggregate && aggregate.groupingSets().size() == 1) {
      return IntStream.range(0, aggregate.groups().size()).boxed().toList();
    }
    return IntStream.range(0, input.types().size()).boxed().toList();
  }

  static boolean areStable(List<? extends Expression> expressions) {
    return expressions.stream().allMatch(Determinism::isStable);
  }

  static boolean isStable(@Nullable Expression expression) {
    if (expression == null) {
      return true;
    }
    if (expression instanceof Call call && !call.stable()) {
      return false;
    }
    return Columns.children(expression).stream().allMatch(Determinism::isStable);
  }

  private static boolean isFloat(DataType type) {
    return type instanceof DataType.Simple(var name) && FLOATS.contains(name);
  }
}

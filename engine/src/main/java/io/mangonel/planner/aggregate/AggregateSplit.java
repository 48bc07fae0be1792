package io.mangonel.planner.aggregate;

import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.AggregateCall;
import io.mangonel.planner.ir.Expression.Call;
import io.mangonel.planner.ir.Expression.Cast;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Expression.Constant;
import io.mangonel.planner.ir.Sql;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An aggregate in two phases: partial values per task, combined later.
 *
 * @param partials the calls of the first phase
 * @param carried the type each partial value travels as: that of the call, or its state's STRUCT
 * @param combine the calls of the second phase, over the partial values; the argument tells the
 *     column of each
 * @param finish the aggregate's value from the combined values; the argument tells the column of
 *     each
 */
public record AggregateSplit(
    List<AggregateCall> partials,
    List<DataType> carried,
    IntFunction<List<AggregateCall>> combine,
    IntFunction<Expression> finish) {

  private static final DataType DOUBLE = new DataType.Simple("DOUBLE");
  private static final DataType BIGINT = new DataType.Simple("BIGINT");
  private static final DataType HUGEINT = new DataType.Simple("HUGEINT");

  /** Known to DuckDB only; such a value never leaves its stage. */
  private static final DataType STATE = new DataType.Simple("AGGREGATE_STATE");

  /** The aggregate of partial values of these is the aggregate of all values. */
  private static final Set<String> SELF_COMBINING =
      Set.of(
          "min",
          "max",
          "bool_and",
          "bool_or",
          "bit_and",
          "bit_or",
          "bit_xor",
          "product",
          "any_value",
          "arbitrary");

  /** A value more or less of the same makes no difference to these. */
  private static final Set<String> DUPLICATE_FREE =
      Set.of("min", "max", "bool_and", "bool_or", "bit_and", "bit_or");

  private static final Set<String> INTEGERS =
      Set.of("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT");

  /** Empty for an aggregate that needs all of its rows at once. */
  public static Optional<AggregateSplit> of(AggregateCall call) {
    if (!call.order().isEmpty()
        || (call.distinct() && !DUPLICATE_FREE.contains(call.name()))
        || (call.arguments().size() > 1 && SELF_COMBINING.contains(call.name()))) {
      return Optional.empty();
    }
    if (SELF_COMBINING.contains(call.name())) {
      return Optional.of(selfCombining(call));
    }
    return switch (call.name()) {
      case "count", "count_star" -> Optional.of(count(call));
      case "count_if", "countif" ->
          call.type().equals(HUGEINT) ? Optional.of(sum(call, call.name())) : Optional.empty();
      case "sum", "sum_no_overflow" ->
          isSummable(call.type()) ? Optional.of(sum(call, "sum")) : Optional.empty();
      case "avg", "mean" -> average(call);
      default ->
          AggregateStates.of(call.name(), call.argumentTypes()).map(state -> state(call, state));
    };
  }

  private static boolean isSummable(DataType type) {
    return type.equals(HUGEINT) || type.equals(DOUBLE) || type instanceof DataType.Decimal;
  }

  private static AggregateSplit selfCombining(AggregateCall call) {
    return new AggregateSplit(
        List.of(aggregate(call, call.name(), call.type(), false)),
        List.of(call.type()),
        at -> List.of(over(call.name(), new Column(at, call.type()), call.type())),
        at -> new Column(at, call.type()));
  }

  private static AggregateSplit count(AggregateCall call) {
    return new AggregateSplit(
        List.of(call),
        List.of(BIGINT),
        at -> List.of(over("sum", new Column(at, BIGINT), HUGEINT)),
        at -> new Cast(new Column(at, HUGEINT), false, call.type()));
  }

  private static AggregateSplit sum(AggregateCall call, String partial) {
    DataType total =
        call.type() instanceof DataType.Decimal(var _, var scale)
            ? new DataType.Decimal(38, scale)
            : call.type();
    return new AggregateSplit(
        List.of(aggregate(call, partial, total, false)),
        List.of(total),
        at -> List.of(over("sum", new Column(at, total), total)),
        at ->
            total.equals(call.type())
                ? new Column(at, total)
                : new Cast(new Column(at, total), false, call.type()));
  }

  /** The sum and the count: what DuckDB's own average divides. */
  private static Optional<AggregateSplit> average(AggregateCall call) {
    DataType argument = call.argumentTypes().getFirst();
    DataType total =
        switch (argument) {
          case DataType.Simple(var name) when INTEGERS.contains(name) -> HUGEINT;
          case DataType.Simple(var name) when name.equals("DOUBLE") -> DOUBLE;
          case DataType.Decimal(var _, var scale) -> new DataType.Decimal(38, scale);
          default -> STATE;
        };
    if (total.equals(STATE) || !call.type().equals(DOUBLE)) {
      return Optional.empty();
    }
    return Optional.of(
        new AggregateSplit(
            List.of(aggregate(call, "sum", total, false), aggregate(call, "count", BIGINT, false)),
            List.of(total, BIGINT),
            at ->
                List.of(
                    over("sum", new Column(at, total), total),
                    over("sum", new Column(at + 1, BIGINT), HUGEINT)),
            at ->
                new Call(
                    "/",
                    List.of(
                        new Cast(new Column(at, total), false, DOUBLE),
                        new Cast(new Column(at + 1, HUGEINT), false, DOUBLE)),
                    List.of(),
                    true,
                    DOUBLE)));
  }

  private static AggregateSplit state(AggregateCall call, DataType state) {
    String arguments =
        call.argumentTypes().stream()
            .map(type -> Sql.literal(type.sql()))
            .collect(Collectors.joining(", ", "[", "]"));
    List<Expression> signature =
        List.of(
            new Constant(Sql.literal(call.name()), new DataType.Simple("VARCHAR")),
            new Constant(arguments, new DataType.ListOf(new DataType.Simple("VARCHAR"))));
    return new AggregateSplit(
        List.of(aggregate(call, call.name(), STATE, true)),
        List.of(state),
        at ->
            List.of(
                over(
                    "combine_aggr",
                    new Call(
                        "to_aggregate_state",
                        List.of(new Column(at, state), signature.get(0), signature.get(1)),
                        List.of(),
                        true,
                        STATE),
                    STATE)),
        at -> new Call("finalize", List.of(new Column(at, STATE)), List.of(), true, call.type()));
  }

  /** The same arguments and filter under another function. */
  private static AggregateCall aggregate(
      AggregateCall call, String name, DataType type, boolean exportState) {
    return new AggregateCall(
        name,
        call.arguments(),
        call.argumentTypes(),
        false,
        call.filter(),
        List.of(),
        exportState,
        type);
  }

  private static AggregateCall over(String name, Expression argument, DataType type) {
    return new AggregateCall(
        name, List.of(argument), List.of(argument.type()), false, null, List.of(), false, type);
  }

  /** Which of the groups a row of a grouping set is grouped by: DuckDB's {@code grouping(...)}. */
  public static Expression groupingFunction(Column groupingId, int groups, List<Integer> indexes) {
    Expression result = new Constant("0", BIGINT);
    for (int i = 0; i < indexes.size(); i++) {
      Expression bit =
          call("&", call(">>", groupingId, number(groups - 1 - indexes.get(i))), number(1));
      result = call("|", result, call("<<", bit, number(indexes.size() - 1 - i)));
    }
    return result;
  }

  private static Expression call(String name, Expression left, Expression right) {
    return new Call(name, List.of(left, right), List.of(), true, BIGINT);
  }

  private static Expression number(int value) {
    return new Cast(
        new Constant(Integer.toString(value), new DataType.Simple("INTEGER")), false, BIGINT);
  }

  /** All groups, as one list of indexes. */
  public static List<Integer> allGroups(int groups) {
    return IntStream.range(0, groups).boxed().toList();
  }
}

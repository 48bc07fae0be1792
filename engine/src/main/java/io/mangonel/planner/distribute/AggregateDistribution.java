package io.mangonel.planner.distribute;

import io.mangonel.planner.aggregate.AggregateSplit;
import io.mangonel.planner.cost.Cardinality;
import io.mangonel.planner.cost.Estimate;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.AggregateCall;
import io.mangonel.planner.ir.Expression.Cast;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.ir.Relation.Aggregate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Grouping: in place where the groups are together, in two phases, or with all rows by group. */
final class AggregateDistribution {
  private static final DataType BIGINT = new DataType.Simple("BIGINT");

  /** Partial rows below this go to one task at once: a second parallel phase would cost more. */
  private static final double GATHER_ROWS_MAX = 300_000;

  /** Two phases do not pay when the first leaves more than this share of the rows ... */
  private static final double PARTIAL_SHARE_MAX = 0.6;

  /** ... and that is many rows. */
  private static final double PARTIAL_ROWS_MIN = 1_000_000;

  private final Exchanges exchanges;
  private final Cardinality cardinality;
  private final int tasks;

  AggregateDistribution(Exchanges exchanges, Cardinality cardinality, int tasks) {
    this.exchanges = exchanges;
    this.cardinality = cardinality;
    this.tasks = tasks;
  }

  Located aggregate(Aggregate aggregate, Located input) {
    int further = aggregate.types().size() - aggregate.groups().size();
    Estimate estimate = cardinality.aggregate(aggregate.groups(), further, input.estimate());
    boolean plain = isPlain(aggregate);
    boolean together =
        plain
            && !aggregate.groups().isEmpty()
            && input.distribution().isTogether(groupColumns(aggregate));
    if (!input.isPartitioned() || together) {
      return inPlace(aggregate, input, estimate);
    }
    Optional<List<AggregateSplit>> splits = splits(aggregate);
    double partialRows = Math.min(input.estimate().rows(), estimate.rows() * tasks);
    boolean pays =
        aggregate.groups().isEmpty()
            || partialRows < PARTIAL_ROWS_MIN
            || partialRows < PARTIAL_SHARE_MAX * input.estimate().rows();
    if (splits.isPresent() && (pays || !plain)) {
      return new TwoPhases(aggregate, splits.get()).distribute(input, estimate, partialRows);
    }
    return rawRows(aggregate, plain, input, estimate);
  }

  /** All rows of a group go to one task. */
  private Located rawRows(Aggregate aggregate, boolean plain, Located input, Estimate estimate) {
    if (!plain || aggregate.groups().isEmpty() || !Determinism.areStable(aggregate.groups())) {
      Located rows = plain ? withoutDuplicates(aggregate, input) : input;
      return inPlace(aggregateOver(aggregate, rows), exchanges.gather(rows), estimate);
    }
    Located together = exchanges.hash(input, aggregate.groups());
    Located result = inPlace(aggregate, together, estimate);
    // The keys are the groups whatever expressions they are.
    return new Located(
        result.relation(), Distribution.hashOfAll(aggregate.groups().size()), result.estimate());
  }

  /**
   * For aggregates that are all DISTINCT over the same arguments: the rows without duplicates, each
   * task for itself.
   */
  private Located withoutDuplicates(Aggregate aggregate, Located input) {
    return distinctArguments(aggregate)
        .map(
            arguments -> {
              Relation projected = new Relation.Project(input.relation(), arguments);
              return new Located(
                  new Relation.Distinct(projected, List.of(), List.of()),
                  new Distribution.Random(),
                  cardinality.project(arguments, input.estimate()));
            })
        .orElse(input);
  }

  /** The aggregate over what {@link #withoutDuplicates} left. */
  private static Aggregate aggregateOver(Aggregate aggregate, Located rows) {
    Optional<List<Expression>> arguments = distinctArguments(aggregate);
    if (arguments.isEmpty() || !aggregate.groups().isEmpty()) {
      return aggregate;
    }
    List<AggregateCall> calls =
        aggregate.aggregates().stream()
            .map(
                call ->
                    new AggregateCall(
                        call.name(),
                        List.of(new Column(0, call.argumentTypes().getFirst())),
                        call.argumentTypes(),
                        true,
                        null,
                        List.of(),
                        false,
                        call.type()))
            .toList();
    return new Aggregate(
        rows.relation(),
        aggregate.groups(),
        aggregate.groupingSets(),
        calls,
        aggregate.groupingFunctions(),
        aggregate.types());
  }

  private static Optional<List<Expression>> distinctArguments(Aggregate aggregate) {
    Set<List<Expression>> arguments = new HashSet<>();
    for (AggregateCall call : aggregate.aggregates()) {
      if (!call.distinct()
          || call.filter() != null
          || !call.order().isEmpty()
          || call.arguments().size() != 1
          || !Determinism.isStable(call.arguments().getFirst())) {
        return Optional.empty();
      }
      arguments.add(call.arguments());
    }
    return arguments.size() == 1 && aggregate.groups().isEmpty()
        ? Optional.of(arguments.iterator().next())
        : Optional.empty();
  }

  private static Located inPlace(Aggregate aggregate, Located input, Estimate estimate) {
    Relation relation =
        new Aggregate(
            input.relation(),
            aggregate.groups(),
            aggregate.groupingSets(),
            aggregate.aggregates(),
            aggregate.groupingFunctions(),
            aggregate.types());
    Distribution distribution = input.distribution().mapped(column -> groupsOf(aggregate, column));
    return new Located(relation, distribution, estimate);
  }

  private static Set<Integer> groupsOf(Aggregate aggregate, int column) {
    Set<Integer> groups = new TreeSet<>();
    for (int i = 0; i < aggregate.groups().size(); i++) {
      if (aggregate.groups().get(i) instanceof Column(int index, var _) && index == column) {
        groups.add(i);
      }
    }
    return groups;
  }

  private static Set<Integer> groupColumns(Aggregate aggregate) {
    Set<Integer> columns = new TreeSet<>();
    for (Expression group : aggregate.groups()) {
      if (group instanceof Column(int index, var _)) {
        columns.add(index);
      }
    }
    return columns;
  }

  private static boolean isPlain(Aggregate aggregate) {
    return aggregate.groupingFunctions().isEmpty()
        && aggregate.groupingSets().size() == 1
        && new HashSet<>(aggregate.groupingSets().getFirst()).size() == aggregate.groups().size();
  }

  /** Empty when an aggregate needs all rows at once, or a repeated grouping set would be lost. */
  private static Optional<List<AggregateSplit>> splits(Aggregate aggregate) {
    List<Set<Integer>> sets =
        aggregate.groupingSets().stream().map(set -> (Set<Integer>) new TreeSet<>(set)).toList();
    if (new HashSet<>(sets).size() < sets.size()) {
      return Optional.empty();
    }
    List<AggregateSplit> splits = new ArrayList<>();
    for (AggregateCall call : aggregate.aggregates()) {
      Optional<AggregateSplit> split = AggregateSplit.of(call);
      if (split.isEmpty()) {
        return Optional.empty();
      }
      splits.add(split.get());
    }
    return Optional.of(splits);
  }

  /**
   * Partial values per task, combined by group. The rows of different grouping sets are kept apart
   * by a number, DuckDB's {@code grouping} of all groups.
   */
  private final class TwoPhases {
    private final Aggregate aggregate;
    private final List<AggregateSplit> splits;
    private final boolean plain;
    private final int groups;

    TwoPhases(Aggregate aggregate, List<AggregateSplit> splits) {
      this.aggregate = aggregate;
      this.splits = splits;
      this.plain = isPlain(aggregate);
      this.groups = aggregate.groups().size();
    }

    Located distribute(Located input, Estimate estimate, double partialRows) {
      Relation partial = partial(input.relation());
      int keyCount = plain ? groups : groups + 1;
      Estimate carried =
          cardinality
              .aggregate(aggregate.groups(), partial.types().size() - groups, input.estimate())
              .withRows(groups == 0 ? tasks : partialRows);
      Located rows = new Located(partial, new Distribution.Random(), carried);
      boolean gathered = (plain && groups == 0) || partialRows < GATHER_ROWS_MAX;
      Located together =
          gathered
              ? exchanges.gather(rows)
              : exchanges.hash(rows, columns(partial.types().subList(0, keyCount)));
      Distribution distribution =
          gathered
              ? new Distribution.Single()
              : plain ? Distribution.hashOfAll(groups) : new Distribution.Random();
      return new Located(combined(together.relation(), keyCount), distribution, estimate);
    }

    /** Groups, the grouping number if there are sets, partial values as they travel. */
    private Relation partial(Relation input) {
      List<AggregateCall> calls = new ArrayList<>();
      List<DataType> carried = new ArrayList<>();
      for (AggregateSplit split : splits) {
        calls.addAll(split.partials());
        carried.addAll(split.carried());
      }
      List<DataType> types = new ArrayList<>();
      aggregate.groups().forEach(group -> types.add(group.type()));
      calls.forEach(call -> types.add(call.type()));
      List<List<Integer>> functions = plain ? List.of() : List.of(AggregateSplit.allGroups(groups));
      functions.forEach(function -> types.add(BIGINT));
      Relation rows =
          new Aggregate(
              input, aggregate.groups(), aggregate.groupingSets(), calls, functions, types);
      List<Expression> travelling = new ArrayList<>(columns(types.subList(0, groups)));
      if (!plain) {
        travelling.add(new Column(groups + calls.size(), BIGINT));
      }
      boolean changed = !plain;
      for (int i = 0; i < calls.size(); i++) {
        Column value = new Column(groups + i, calls.get(i).type());
        boolean same = value.type().equals(carried.get(i));
        travelling.add(same ? value : new Cast(value, false, carried.get(i)));
        changed |= !same;
      }
      return changed ? new Relation.Project(rows, travelling) : rows;
    }

    private Relation combined(Relation partial, int keyCount) {
      List<Expression> keys = columns(partial.types().subList(0, keyCount));
      List<AggregateCall> calls = new ArrayList<>();
      List<Expression> results = new ArrayList<>(keys.subList(0, groups));
      int from = keyCount;
      for (AggregateSplit split : splits) {
        results.add(split.finish().apply(keyCount + calls.size()));
        calls.addAll(split.combine().apply(from));
        from += split.carried().size();
      }
      for (List<Integer> function : aggregate.groupingFunctions()) {
        results.add(AggregateSplit.groupingFunction(new Column(groups, BIGINT), groups, function));
      }
      List<DataType> types = new ArrayList<>(partial.types().subList(0, keyCount));
      calls.forEach(call -> types.add(call.type()));
      Relation combined =
          new Aggregate(
              partial, keys, List.of(AggregateSplit.allGroups(keyCount)), calls, List.of(), types);
      return new Relation.Project(combined, results);
    }

    private List<Expression> columns(List<DataType> types) {
      return IntStream.range(0, types.size())
          .mapToObj(i -> (Expression) new Column(i, types.get(i)))
          .toList();
    }
  }
}

package io.mangonel.planner.distribute;

import io.mangonel.planner.cost.Cardinality;
import io.mangonel.planner.cost.CostModel;
import io.mangonel.planner.cost.Estimate;
import io.mangonel.planner.cost.TableSource.ColumnStatistics;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Expression.WindowCall;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.split.Colocation;
import io.mangonel.planner.split.RangeSplit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Bottom-up: for each operator where its rows are, and which exchanges it needs below. */
final class Distributor {
  private final Exchanges exchanges;
  private final Colocation colocation;
  private final Cardinality cardinality;
  private final JoinDistribution joins;
  private final AggregateDistribution aggregates;
  private final int tasks;
  private final Map<Integer, Common> commons = new HashMap<>();

  Distributor(
      Exchanges exchanges,
      Cardinality cardinality,
      CostModel cost,
      JoinMode mode,
      Colocation colocation) {
    this.exchanges = exchanges;
    this.colocation = colocation;
    this.cardinality = cardinality;
    this.joins = new JoinDistribution(exchanges, cardinality, cost, mode);
    this.aggregates = new AggregateDistribution(exchanges, cardinality, cost.tasks());
    this.tasks = cost.tasks();
  }

  /** A common sub-plan: becomes a stage when it is first read. */
  private static final class Common {
    final Relation definition;
    @Nullable Located shared;

    Common(Relation definition) {
      this.definition = definition;
    }
  }

  Located distribute(Relation relation) {
    return switch (relation) {
      case Relation.Scan scan -> new Located(scan, distribution(scan), cardinality.scan(scan));
      case Relation.Values values ->
          new Located(
              values,
              new Distribution.Single(),
              Cardinality.unknown(values.rows().size(), values.types().size()));
      case Relation.Filter filter -> filter(filter, distribute(filter.input()));
      case Relation.Project project -> project(project, distribute(project.input()));
      case Relation.Aggregate aggregate ->
          aggregates.aggregate(aggregate, distribute(aggregate.input()));
      case Relation.Join join -> {
        Located left = distribute(join.left());
        yield joins.join(join, left, distribute(join.right()));
      }
      case Relation.Sort sort -> {
        Located input = exchanges.gather(distribute(sort.input()));
        yield above(input, new Relation.Sort(input.relation(), sort.keys()));
      }
      case Relation.TopN top -> topN(top, distribute(top.input()));
      case Relation.Limit limit -> limit(limit, distribute(limit.input()));
      case Relation.Distinct distinct -> distinct(distinct, distribute(distinct.input()));
      case Relation.Window window -> window(window, distribute(window.input()));
      case Relation.Unnest unnest -> unnest(unnest, distribute(unnest.input()));
      case Relation.SetOperation operation -> setOperation(operation);
      case Relation.Sample sample -> {
        Located input = exchanges.gather(distribute(sample.input()));
        yield above(input, new Relation.Sample(input.relation(), sample.clause()));
      }
      case Relation.Common common -> {
        commons.put(common.id(), new Common(common.definition()));
        yield distribute(common.input());
      }
      case Relation.CommonReference reference -> common(reference);
      case Relation.Input input ->
          throw new IllegalStateException("input of a stage in a statement: " + input.name());
    };
  }

  /** By ranges of its key, when the table is divided so and the scan gives the key. */
  private Distribution distribution(Relation.Scan scan) {
    Optional<RangeSplit> split = colocation.of(scan.table());
    if (split.isEmpty()) {
      return new Distribution.Random();
    }
    Set<Integer> keys = new TreeSet<>();
    for (int i = 0; i < scan.columns().size(); i++) {
      if (split.get().column().equals(scan.columns().get(i))
          && split.get().type().equals(scan.types().get(i))) {
        keys.add(i);
      }
    }
    PartitionFunction ranges = new PartitionFunction.RangesOfKey(split.get().ranges());
    return keys.isEmpty()
        ? new Distribution.Random()
        : new Distribution.Hash(ranges, List.of(keys));
  }

  /** The same rows, or some of them, in the same place. */
  private static Located above(Located input, Relation relation) {
    return new Located(relation, input.distribution(), input.estimate());
  }

  private Located filter(Relation.Filter filter, Located input) {
    return new Located(
        new Relation.Filter(input.relation(), filter.conditions()),
        input.distribution(),
        cardinality.filter(filter, input.estimate()));
  }

  private Located project(Relation.Project project, Located input) {
    List<Expression> expressions = project.expressions();
    Distribution distribution =
        input
            .distribution()
            .mapped(
                column -> {
                  Set<Integer> positions = new TreeSet<>();
                  for (int i = 0; i < expressions.size(); i++) {
                    if (expressions.get(i) instanceof Column(int index, var _) && index == column) {
                      positions.add(i);
                    }
                  }
                  return positions;
                });
    return new Located(
        new Relation.Project(input.relation(), expressions),
        distribution,
        cardinality.project(expressions, input.estimate()));
  }

  /** Each task's best rows first, then the best of them. */
  private Located topN(Relation.TopN top, Located input) {
    double rows = Math.min(input.estimate().rows(), (double) top.limit());
    boolean huge = top.limit() > Long.MAX_VALUE - top.offset();
    if (!input.isPartitioned() || huge) {
      Located all = exchanges.gather(input);
      return above(all, new Relation.TopN(all.relation(), top.keys(), top.limit(), top.offset()));
    }
    long needed = top.limit() + top.offset();
    Located partial =
        new Located(
            new Relation.TopN(input.relation(), top.keys(), needed, 0),
            new Distribution.Random(),
            input.estimate().withRows(Math.min(input.estimate().rows(), (double) needed * tasks)));
    Located gathered = exchanges.gather(partial);
    return new Located(
        new Relation.TopN(gathered.relation(), top.keys(), top.limit(), top.offset()),
        gathered.distribution(),
        input.estimate().withRows(rows));
  }

  private Located limit(Relation.Limit limit, Located input) {
    Located rows = input;
    String count = limit.limit();
    String offset = limit.offset() == null ? "0" : limit.offset();
    if (input.isPartitioned() && count != null && isWhole(count) && isWhole(offset)) {
      long needed = Math.addExact(Long.parseLong(count), Long.parseLong(offset));
      rows =
          new Located(
              new Relation.Limit(input.relation(), Long.toString(needed), null),
              new Distribution.Random(),
              input
                  .estimate()
                  .withRows(Math.min(input.estimate().rows(), (double) needed * tasks)));
    }
    Located gathered = exchanges.gather(rows);
    return above(gathered, new Relation.Limit(gathered.relation(), limit.limit(), limit.offset()));
  }

  private static boolean isWhole(String number) {
    return number.length() < 18 && !number.isEmpty() && number.chars().allMatch(Character::isDigit);
  }

  private Located distinct(Relation.Distinct distinct, Located input) {
    if (!input.isPartitioned()) {
      return above(input, new Relation.Distinct(input.relation(), distinct.on(), distinct.order()));
    }
    if (distinct.on().isEmpty()) {
      return distinctRows(input);
    }
    Located together =
        Determinism.areStable(distinct.on())
            ? exchanges.hash(input, distinct.on())
            : exchanges.gather(input);
    return above(
        together, new Relation.Distinct(together.relation(), distinct.on(), distinct.order()));
  }

  /** Without duplicates in each task, then by the hash of the row without duplicates at all. */
  private Located distinctRows(Located input) {
    Located once = above(input, withoutDuplicates(input.relation()));
    if (!input.isPartitioned() || input.distribution() instanceof Distribution.Hash) {
      return once;
    }
    Located together = exchanges.hashOfAll(once);
    return above(together, withoutDuplicates(together.relation()));
  }

  private static Relation withoutDuplicates(Relation relation) {
    return new Relation.Distinct(relation, List.of(), List.of());
  }

  private Located window(Relation.Window window, Located input) {
    Located together = input;
    if (input.isPartitioned()) {
      Set<Expression> common = commonPartition(window.calls());
      Set<Integer> columns = new TreeSet<>();
      common.forEach(
          key -> {
            if (key instanceof Column(int index, var _)) {
              columns.add(index);
            }
          });
      if (common.isEmpty()) {
        together = exchanges.gather(input);
      } else if (!input.distribution().isTogether(columns)) {
        together = exchanges.hash(input, List.copyOf(common));
      }
    }
    Estimate estimate =
        together
            .estimate()
            .append(
                Collections.nCopies(
                    window.calls().size(), new ColumnStatistics(together.estimate().rows(), 8)));
    return new Located(
        new Relation.Window(together.relation(), window.calls()),
        together.distribution(),
        estimate);
  }

  private static Set<Expression> commonPartition(List<WindowCall> calls) {
    Set<Expression> common = new LinkedHashSet<>(calls.getFirst().partitionBy());
    calls.forEach(call -> common.retainAll(call.partitionBy()));
    common.removeIf(key -> !Determinism.isStable(key));
    return common;
  }

  private Located unnest(Relation.Unnest unnest, Located input) {
    return new Located(
        new Relation.Unnest(input.relation(), unnest.calls()),
        input.distribution(),
        input
            .estimate()
            .append(
                Collections.nCopies(
                    unnest.calls().size(), new ColumnStatistics(input.estimate().rows(), 8))));
  }

  private Located setOperation(Relation.SetOperation operation) {
    List<Located> inputs = operation.inputs().stream().map(this::distribute).toList();
    boolean sameTypes = inputs.stream().allMatch(input -> input.types().equals(operation.types()));
    boolean union = operation.kind() == Relation.SetKind.UNION;
    if (!sameTypes && !(union && operation.all())) {
      throw new Undistributable("set operation over different types");
    }
    if (inputs.stream().noneMatch(Located::isPartitioned)) {
      return combined(
          operation, inputs.stream().map(exchanges::gather).toList(), new Distribution.Single());
    }
    if (union && operation.all()) {
      return combined(
          operation,
          inputs.stream()
              .map(input -> input.isPartitioned() ? input : exchanges.hashOfAll(input))
              .toList(),
          new Distribution.Random());
    }
    List<Located> together = new ArrayList<>();
    for (Located input : inputs) {
      Located once =
          operation.all() || !input.isPartitioned()
              ? input
              : above(input, withoutDuplicates(input.relation()));
      together.add(exchanges.hashOfAll(once));
    }
    return combined(operation, together, Distribution.hashOfAll(operation.types().size()));
  }

  private static Located combined(
      Relation.SetOperation operation, List<Located> inputs, Distribution distribution) {
    double rows = inputs.stream().mapToDouble(input -> input.estimate().rows()).sum();
    return new Located(
        new Relation.SetOperation(
            operation.kind(),
            operation.all(),
            inputs.stream().map(Located::relation).toList(),
            operation.types()),
        distribution,
        inputs.getFirst().estimate().withRows(rows));
  }

  private Located common(Relation.CommonReference reference) {
    Common common = commons.get(reference.id());
    if (common == null) {
      throw new Undistributable("recursive common table expression");
    }
    if (common.shared == null) {
      common.shared = exchanges.share(distribute(common.definition));
    }
    return common.shared;
  }
}

package io.mangonel.planner.prune;

import io.mangonel.planner.ir.Columns;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.AggregateCall;
import io.mangonel.planner.ir.Expression.SortKey;
import io.mangonel.planner.ir.Expression.WindowCall;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.ir.Relation.SetKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Drops columns that no operator above reads, so that scans read and exchanges move only what is
 * needed. DuckDB's own pass cannot be used: plans that went through it do not serialise.
 *
 * <p>A common sub-plan keeps what any of its readers needs. It is found in a first walk, in which
 * readers come before the definitions; the second walk is the same with that known.
 */
public final class ColumnPruning {
  /** What the readers of each common sub-plan need. */
  private final Map<Integer, NavigableSet<Integer>> commons = new HashMap<>();

  /** Whether {@link #commons} is complete. */
  private boolean commonsKnown;

  private ColumnPruning() {}

  /** The same rows with the same columns in the same order. */
  public static Relation prune(Relation relation) {
    ColumnPruning pruning = new ColumnPruning();
    NavigableSet<Integer> all = all(relation);
    pruning.prune(relation, all);
    pruning.commonsKnown = true;
    return pruning.prune(relation, all).exactly(all).relation();
  }

  /** At least the needed columns; never none, if the relation has any. */
  private Pruned prune(Relation relation, NavigableSet<Integer> needed) {
    NavigableSet<Integer> some = needed.isEmpty() ? cheapest(relation) : needed;
    return switch (relation) {
      case Relation.Scan scan -> scan(scan, some);
      case Relation.Input input -> Pruned.whole(input);
      case Relation.Values values -> values(values, some);
      case Relation.Filter(var input, var conditions) -> {
        Pruned inner = prune(input, union(some, Columns.read(conditions)));
        List<Expression> moved = Columns.remap(conditions, inner::position);
        yield new Pruned(new Relation.Filter(inner.relation(), moved), inner.kept());
      }
      case Relation.Project project -> project(project, some);
      case Relation.Aggregate aggregate -> aggregate(aggregate, some);
      case Relation.Join join -> new JoinPruning(this::exactly).prune(join, some);
      case Relation.Sort(var input, var keys) -> {
        Pruned inner = exactly(input, union(some, readKeys(keys)));
        List<SortKey> moved = Columns.remapKeys(keys, inner::position);
        yield new Pruned(new Relation.Sort(inner.relation(), moved), inner.kept());
      }
      case Relation.TopN(var input, var keys, var limit, var offset) -> {
        Pruned inner = exactly(input, union(some, readKeys(keys)));
        List<SortKey> moved = Columns.remapKeys(keys, inner::position);
        Relation top = new Relation.TopN(inner.relation(), moved, limit, offset);
        yield new Pruned(top, inner.kept());
      }
      case Relation.Limit(var input, var limit, var offset) -> {
        Pruned inner = exactly(input, some);
        yield new Pruned(new Relation.Limit(inner.relation(), limit, offset), inner.kept());
      }
      case Relation.Sample(var input, var clause) -> {
        Pruned inner = exactly(input, some);
        yield new Pruned(new Relation.Sample(inner.relation(), clause), inner.kept());
      }
      case Relation.Distinct distinct -> distinct(distinct, some);
      case Relation.Window window -> window(window, some);
      case Relation.Unnest unnest -> unnest(unnest, some);
      case Relation.SetOperation operation -> setOperation(operation, some);
      case Relation.Common(var id, var definition, var input) -> {
        commons.putIfAbsent(id, new TreeSet<>());
        Pruned body = prune(input, some);
        NavigableSet<Integer> read = readOf(id, definition);
        Relation pruned = exactly(definition, read).relation();
        yield new Pruned(new Relation.Common(id, pruned, body.relation()), body.kept());
      }
      case Relation.CommonReference reference -> reference(reference, some);
    };
  }

  private Pruned exactly(Relation relation, NavigableSet<Integer> needed) {
    NavigableSet<Integer> some = needed.isEmpty() ? cheapest(relation) : needed;
    return prune(relation, some).exactly(some);
  }

  /** A column that costs little to keep, where only the number of rows counts. */
  private static NavigableSet<Integer> cheapest(Relation relation) {
    int width = relation.types().size();
    if (width == 0) {
      return new TreeSet<>();
    }
    int column =
        switch (relation) {
          case Relation.Scan scan when scan.columns().contains(null) ->
              scan.columns().indexOf(null);
          case Relation.Scan scan when !scan.filters().isEmpty() ->
              Columns.read(scan.filters()).first();
          case Relation.Project(var input, var expressions) ->
              IntStream.range(0, width)
                  .filter(i -> expressions.get(i) instanceof Expression.Constant)
                  .findFirst()
                  .orElse(0);
          case Relation.Filter(var input, var conditions)
              when !Columns.read(conditions).isEmpty() ->
              Columns.read(conditions).first();
          default -> 0;
        };
    return new TreeSet<>(List.of(column));
  }

  private static Pruned scan(Relation.Scan scan, NavigableSet<Integer> needed) {
    NavigableSet<Integer> kept = union(needed, Columns.read(scan.filters()));
    if (kept.isEmpty()) {
      return Pruned.whole(scan);
    }
    List<@Nullable String> columns = new ArrayList<>();
    List<DataType> types = new ArrayList<>();
    List<Integer> order = List.copyOf(kept);
    for (int column : order) {
      columns.add(scan.columns().get(column));
      types.add(scan.types().get(column));
    }
    List<Expression> filters = Columns.remap(scan.filters(), order::indexOf);
    Relation pruned = new Relation.Scan(scan.table(), columns, List.copyOf(types), filters);
    return new Pruned(pruned, order);
  }

  private static Pruned values(Relation.Values values, NavigableSet<Integer> needed) {
    List<Integer> order = List.copyOf(needed);
    List<List<Expression>> rows =
        values.rows().stream().map(row -> order.stream().map(row::get).toList()).toList();
    List<DataType> types = order.stream().map(values.types()::get).toList();
    return new Pruned(new Relation.Values(rows, types), order);
  }

  private Pruned project(Relation.Project project, NavigableSet<Integer> needed) {
    List<Integer> order = List.copyOf(needed);
    List<Expression> expressions = order.stream().map(project.expressions()::get).toList();
    Pruned inner = prune(project.input(), Columns.read(expressions));
    List<Expression> moved = Columns.remap(expressions, inner::position);
    return new Pruned(Projection.of(inner.relation(), moved), order);
  }

  private Pruned aggregate(Relation.Aggregate aggregate, NavigableSet<Integer> needed) {
    int groups = aggregate.groups().size();
    int calls = aggregate.aggregates().size();
    List<Integer> kept = new ArrayList<>();
    List<AggregateCall> keptCalls = new ArrayList<>();
    boolean nothing = groups == 0 && aggregate.groupingFunctions().isEmpty();
    for (int i = 0; i < aggregate.types().size(); i++) {
      boolean isCall = i >= groups && i < groups + calls;
      boolean last = nothing && keptCalls.isEmpty() && i == calls - 1;
      if (!isCall) {
        kept.add(i);
      } else if (needed.contains(i) || last) {
        kept.add(i);
        keptCalls.add(aggregate.aggregates().get(i - groups));
      }
    }
    NavigableSet<Integer> read = Columns.read(aggregate.groups());
    read.addAll(Columns.read(keptCalls));
    Pruned inner = exactly(aggregate.input(), read);
    Relation pruned =
        new Relation.Aggregate(
            inner.relation(),
            Columns.remap(aggregate.groups(), inner::position),
            aggregate.groupingSets(),
            keptCalls.stream().map(call -> Columns.remap(call, inner::position)).toList(),
            aggregate.groupingFunctions(),
            kept.stream().map(aggregate.types()::get).toList());
    return new Pruned(pruned, kept);
  }

  /** Rows are compared by all columns, unless the statement says by which. */
  private Pruned distinct(Relation.Distinct distinct, NavigableSet<Integer> needed) {
    if (distinct.on().isEmpty()) {
      Pruned inner = exactly(distinct.input(), all(distinct.input()));
      Relation pruned = new Relation.Distinct(inner.relation(), List.of(), List.of());
      return new Pruned(pruned, inner.kept());
    }
    NavigableSet<Integer> read = union(needed, Columns.read(distinct.on()));
    Pruned inner = exactly(distinct.input(), union(read, readKeys(distinct.order())));
    Relation pruned =
        new Relation.Distinct(
            inner.relation(),
            Columns.remap(distinct.on(), inner::position),
            Columns.remapKeys(distinct.order(), inner::position));
    return new Pruned(pruned, inner.kept());
  }

  private Pruned window(Relation.Window window, NavigableSet<Integer> needed) {
    int width = window.input().types().size();
    List<Integer> kept = needed.stream().filter(column -> column >= width).toList();
    List<WindowCall> calls = kept.stream().map(c -> window.calls().get(c - width)).toList();
    NavigableSet<Integer> read = union(needed.headSet(width), Columns.read(calls));
    if (calls.isEmpty()) {
      return prune(window.input(), read);
    }
    Pruned inner = exactly(window.input(), read);
    List<WindowCall> moved =
        calls.stream().map(call -> Columns.remap(call, inner::position)).toList();
    return new Pruned(new Relation.Window(inner.relation(), moved), concat(inner.kept(), kept));
  }

  /** Every call stays: each may make rows. */
  private Pruned unnest(Relation.Unnest unnest, NavigableSet<Integer> needed) {
    int width = unnest.input().types().size();
    NavigableSet<Integer> read = union(needed.headSet(width), Columns.read(unnest.calls()));
    Pruned inner = exactly(unnest.input(), read);
    List<Expression> moved = Columns.remap(unnest.calls(), inner::position);
    List<Integer> calls = IntStream.range(width, width + unnest.calls().size()).boxed().toList();
    return new Pruned(new Relation.Unnest(inner.relation(), moved), concat(inner.kept(), calls));
  }

  /** Only UNION ALL does not compare rows. */
  private Pruned setOperation(Relation.SetOperation operation, NavigableSet<Integer> needed) {
    boolean appends = operation.kind() == SetKind.UNION && operation.all();
    NavigableSet<Integer> columns = appends ? needed : all(operation);
    List<Relation> inputs =
        operation.inputs().stream().map(i -> exactly(i, columns).relation()).toList();
    List<DataType> types = columns.stream().map(operation.types()::get).toList();
    Relation pruned = new Relation.SetOperation(operation.kind(), operation.all(), inputs, types);
    return new Pruned(pruned, List.copyOf(columns));
  }

  private Pruned reference(Relation.CommonReference reference, NavigableSet<Integer> needed) {
    if (!commonsKnown) {
      commons.computeIfAbsent(reference.id(), id -> new TreeSet<>()).addAll(needed);
      return Pruned.whole(reference);
    }
    List<Integer> kept = List.copyOf(commons.getOrDefault(reference.id(), needed));
    List<DataType> types = kept.stream().map(reference.types()::get).toList();
    return new Pruned(new Relation.CommonReference(reference.id(), types), kept);
  }

  /** A sub-plan nobody reads keeps a column, so that it stays a relation. */
  private NavigableSet<Integer> readOf(int id, Relation definition) {
    NavigableSet<Integer> read = commons.getOrDefault(id, new TreeSet<>());
    return read.isEmpty() ? cheapest(definition) : read;
  }

  private static NavigableSet<Integer> readKeys(List<SortKey> keys) {
    return Columns.read(keys.stream().map(SortKey::expression).toList());
  }

  private static NavigableSet<Integer> all(Relation relation) {
    return new TreeSet<>(IntStream.range(0, relation.types().size()).boxed().toList());
  }

  private static NavigableSet<Integer> union(
      Collection<Integer> first, Collection<Integer> second) {
    NavigableSet<Integer> union = new TreeSet<>(first);
    union.addAll(second);
    return union;
  }

  private static List<Integer> concat(List<Integer> first, List<Integer> second) {
    List<Integer> both = new ArrayList<>(first);
    both.addAll(second);
    return both;
  }
}

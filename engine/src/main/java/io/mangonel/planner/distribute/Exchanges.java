package io.mangonel.planner.distribute;

import io.mangonel.core.graph.EdgeKind;
import io.mangonel.planner.cost.CostModel;
import io.mangonel.planner.cost.Estimate;
import io.mangonel.planner.cost.TableSource;
import io.mangonel.planner.cost.Tables;
import io.mangonel.planner.ir.Columns;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.split.ReplicatedScans;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Moves relations from one distribution to another, which cuts the plan into stages. */
final class Exchanges {
  private final Tables tables;
  private final CostModel cost;
  private final List<StageDraft> drafts = new ArrayList<>();

  Exchanges(Tables tables, CostModel cost) {
    this.tables = tables;
    this.cost = cost;
  }

  /** The stages cut so far, producers first. */
  List<StageDraft> drafts() {
    return List.copyOf(drafts);
  }

  /** All rows in one task. */
  Located gather(Located rows) {
    return switch (rows.distribution()) {
      case Distribution.Single _ -> rows;
      case Distribution.Broadcast _ -> single(rows);
      case Distribution.Random _, Distribution.Hash _ ->
          read(cut(rows, EdgeKind.ALL), new Distribution.Single());
    };
  }

  /** All rows in every task. */
  Located broadcast(Located rows) {
    if (rows.distribution() instanceof Distribution.Broadcast) {
      return rows;
    }
    if (isReadWhole(rows.relation())) {
      return new Located(rows.relation(), new Distribution.Broadcast(), rows.estimate());
    }
    if (replicationCost(rows) < cost.broadcast(rows.estimate())) {
      return new Located(
          ReplicatedScans.in(rows.relation()), new Distribution.Broadcast(), rows.estimate());
    }
    return read(cut(rows, EdgeKind.ALL), new Distribution.Broadcast());
  }

  /** Rows of equal keys in one task. */
  Located hash(Located rows, List<? extends Expression> keys) {
    return partition(rows, new PartitionFunction.HashOfKeys(), keys);
  }

  /**
   * Each row in the task that the function names. Keys that are no columns leave no trace in the
   * distribution.
   */
  Located partition(Located rows, PartitionFunction function, List<? extends Expression> keys) {
    Located source = rows.distribution() instanceof Distribution.Broadcast ? single(rows) : rows;
    boolean allColumns = keys.stream().allMatch(Column.class::isInstance);
    Distribution distribution =
        allColumns
            ? new Distribution.Hash(
                function, keys.stream().map(key -> Set.of(((Column) key).index())).toList())
            : new Distribution.Random();
    return read(cut(source, EdgeKind.HASH, function, keys), distribution);
  }

  Located hashOfAll(Located rows) {
    return hash(rows, Columns.all(rows.types()));
  }

  /** What is computed once and read several times: the readers' task p reads the task p. */
  Located share(Located rows) {
    Located source = rows.distribution() instanceof Distribution.Broadcast ? single(rows) : rows;
    EdgeKind kind = source.isPartitioned() ? EdgeKind.SAME : EdgeKind.ALL;
    return read(cut(source, kind), source.distribution());
  }

  /** The cost of {@link #broadcast}, whichever way it goes. */
  double broadcastCost(Located rows) {
    if (rows.distribution() instanceof Distribution.Broadcast || isReadWhole(rows.relation())) {
      return cost.buildEverywhere(rows.estimate());
    }
    return Math.min(replicationCost(rows), cost.broadcast(rows.estimate()));
  }

  /** Whether it is the output of a stage whose readers get all rows anyway. */
  private boolean isReadWhole(Relation relation) {
    return relation instanceof Relation.Input(var name, var _)
        && drafts.stream()
            .anyMatch(draft -> draft.name().equals(name) && draft.kind() == EdgeKind.ALL);
  }

  private static Located single(Located rows) {
    return new Located(rows.relation(), new Distribution.Single(), rows.estimate());
  }

  private StageDraft cut(Located rows, EdgeKind kind) {
    return cut(rows, kind, new PartitionFunction.HashOfKeys(), List.of());
  }

  private StageDraft cut(
      Located rows, EdgeKind kind, PartitionFunction function, List<? extends Expression> keys) {
    StageDraft draft = new StageDraft(drafts.size(), rows, kind, function, List.copyOf(keys));
    drafts.add(draft);
    return draft;
  }

  private static Located read(StageDraft draft, Distribution distribution) {
    Estimate estimate = draft.rows().estimate();
    return new Located(
        new Relation.Input(draft.name(), draft.rows().types()), distribution, estimate);
  }

  /**
   * What it costs that every task computes the rows from the input files; infinite if it cannot.
   */
  private double replicationCost(Located rows) {
    Relation relation = rows.relation();
    while (relation instanceof Relation.Filter || relation instanceof Relation.Project) {
      relation = relation.inputs().getFirst();
    }
    if (!Determinism.isDeterministic(rows.relation())) {
      return Double.POSITIVE_INFINITY;
    }
    if (relation instanceof Relation.Values) {
      return 0;
    }
    if (relation instanceof Relation.Scan scan) {
      TableSource source = tables.sources().get(scan.table());
      if (source != null) {
        return cost.replicate(source.statistics().rows(), scan.columns().size(), rows.estimate());
      }
    }
    return Double.POSITIVE_INFINITY;
  }
}

package io.mangonel.planner.distribute;

import io.mangonel.planner.carrier.ClientType;
import io.mangonel.planner.cost.Cardinality;
import io.mangonel.planner.cost.CostModel;
import io.mangonel.planner.cost.TableSource;
import io.mangonel.planner.ir.DataType;
import io.mangonel.planner.ir.Expression;
import io.mangonel.planner.ir.Expression.Cast;
import io.mangonel.planner.ir.Expression.Column;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.split.Colocation;
import io.mangonel.planner.split.ScanSplits;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StagePlan;
import java.util.ArrayList;
import java.util.List;

/** A bound relation to stages: distributed bottom-up, cut at the exchanges, written as SQL. */
public final class QueryDistributor {
  private static final double NS_PER_MS = 1e6;

  private QueryDistributor() {}

  public static DistributeOutcome distribute(DistributeRequest request) {
    try {
      int tasks = tasks(request);
      return new DistributeOutcome.Stages(tasks == 1 ? oneStage(request) : stages(request, tasks));
    } catch (Undistributable e) {
      return new DistributeOutcome.Unsupported(e.reason());
    }
  }

  /** As many tasks as slots, but no more than the biggest table has parts. */
  private static int tasks(DistributeRequest request) {
    int parts = 1;
    for (Relation.Scan scan : scans(request)) {
      TableSource source = request.tables().sources().get(scan.table());
      if (source != null) {
        parts = Math.max(parts, ScanSplits.parts(source));
      }
    }
    boolean one = scanMs(request) < request.oneStageBelowMs();
    return request.joinMode() == JoinMode.AUTO && one ? 1 : Math.min(request.slots(), parts);
  }

  /** Estimated CPU time of all scans. */
  private static double scanMs(DistributeRequest request) {
    double ns = 0;
    for (Relation.Scan scan : scans(request)) {
      TableSource source = request.tables().sources().get(scan.table());
      if (source != null) {
        ns += CostModel.scan(source.statistics().rows(), scan.columns().size());
      }
    }
    return ns / NS_PER_MS;
  }

  private static List<Relation.Scan> scans(DistributeRequest request) {
    List<Relation.Scan> scans = new ArrayList<>();
    collectScans(request.relation(), scans);
    return scans;
  }

  /**
   * Of the largest table. A statement in one stage is not estimated step by step, nor is its filter
   * tried on a sample: that would take as long as all other planning of a look-up, for a figure
   * that only EXPLAIN shows.
   */
  private static double scannedRows(DistributeRequest request) {
    return scans(request).stream()
        .map(scan -> request.tables().sources().get(scan.table()))
        .mapToDouble(source -> source == null ? 1 : source.statistics().rows())
        .max()
        .orElse(1);
  }

  private static void collectScans(Relation relation, List<Relation.Scan> scans) {
    if (relation instanceof Relation.Scan scan) {
      scans.add(scan);
    }
    relation.inputs().forEach(input -> collectScans(input, scans));
  }

  private static QueryPlan oneStage(DistributeRequest request) {
    StageWriter writer =
        new StageWriter(request.tables(), Colocation.none(), List.of(), request.prelude(), 1);
    Located all =
        new Located(
            forRoot(request, request.relation()),
            new Distribution.Single(),
            Cardinality.unknown(scannedRows(request), request.relation().types().size()));
    return plan(request, List.of(writer.root(0, all, request.root())));
  }

  /**
   * A relation distributed and cut, and not yet written.
   *
   * @param stages that others read, in the order in which they can run
   * @param answer what the last stage computes
   * @param colocation how the tables that it reads are divided
   */
  record Distributed(List<StageDraft> stages, Located answer, Colocation colocation) {
    Distributed {
      stages = List.copyOf(stages);
    }
  }

  /**
   * @throws Undistributable when it has to run whole
   */
  static Distributed cut(DistributeRequest request, int tasks) {
    CostModel cost = new CostModel(tasks);
    Exchanges exchanges = new Exchanges(request.tables(), cost);
    Colocation colocation = Colocation.of(request.relation(), request.tables(), tasks);
    Distributor distributor =
        new Distributor(
            exchanges, new Cardinality(request.tables()), cost, request.joinMode(), colocation);
    Located rows = distributor.distribute(request.relation());
    Located answer = request.apart() && rows.isPartitioned() ? rows : exchanges.gather(rows);
    return new Distributed(exchanges.drafts(), answer, colocation);
  }

  private static QueryPlan stages(DistributeRequest request, int tasks) {
    Distributed distributed = cut(request, tasks);
    List<StageDraft> drafts = distributed.stages();
    Located answer = distributed.answer();
    StageWriter writer =
        new StageWriter(
            request.tables(), distributed.colocation(), drafts, request.prelude(), tasks);
    List<StagePlan> stages = new ArrayList<>();
    drafts.forEach(draft -> stages.add(writer.shuffle(draft)));
    Located root =
        new Located(forRoot(request, answer.relation()), answer.distribution(), answer.estimate());
    stages.add(writer.root(drafts.size(), root, request.root()));
    return plan(request, stages);
  }

  /** Files get the types that the statement has. */
  private static Relation forRoot(DistributeRequest request, Relation relation) {
    return request.root() instanceof StageOutput.Result ? forClients(relation) : relation;
  }

  /** Casts the columns that do not reach a client as they are. */
  private static Relation forClients(Relation relation) {
    List<DataType> types = relation.types();
    List<Expression> columns = new ArrayList<>();
    boolean changed = false;
    for (int i = 0; i < types.size(); i++) {
      Column column = new Column(i, types.get(i));
      DataType client = ClientType.of(types.get(i));
      boolean same = client.equals(types.get(i));
      columns.add(same ? column : new Cast(column, false, client));
      changed |= !same;
    }
    return changed ? new Relation.Project(relation, columns) : relation;
  }

  private static QueryPlan plan(DistributeRequest request, List<StagePlan> stages) {
    List<DataType> types = request.relation().types();
    List<ResultColumn> columns = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      columns.add(
          new ResultColumn(
              request.columnNames().get(i), types.get(i).sql(), ClientType.of(types.get(i)).sql()));
    }
    boolean small = stages.size() == 1 && scanMs(request) < DistributeRequest.ONE_STAGE_BELOW_MS;
    return QueryPlan.of(stages, columns, null, small);
  }
}

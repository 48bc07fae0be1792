package io.mangonel.scheduler.job;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.EdgeKind;
import io.mangonel.core.graph.StageEdge;
import io.mangonel.core.graph.StageKind;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.record.JobPlan;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.stage.StageInput;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StagePlan;
import io.mangonel.planner.stage.StagePlanCodec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A plan in the forms in which it is needed: to look at, to store, to send.
 *
 * @param body the whole plan, as it is stored
 * @param stageBytes each stage, as executors get it
 */
public record PlannedQuery(QueryPlan plan, Bytes body, List<Bytes> stageBytes) {
  public PlannedQuery {
    stageBytes = List.copyOf(stageBytes);
  }

  public static PlannedQuery of(QueryPlan plan) {
    return new PlannedQuery(
        plan,
        Bytes.of(StagePlanCodec.encode(plan)),
        plan.stages().stream().map(stage -> Bytes.of(StagePlanCodec.encode(stage))).toList());
  }

  /**
   * @param body as {@link #body}
   * @throws IllegalArgumentException when it is of a newer format
   */
  public static PlannedQuery decode(Bytes body) {
    return of(StagePlanCodec.decodeQuery(body.toByteArray()));
  }

  /** What the core needs of it. */
  public JobPlan jobPlan() {
    return new JobPlan(
        plan.stages().stream().map(PlannedQuery::spec).toList(),
        body,
        readsOnly(plan),
        plan.small());
  }

  /** Whether running it changes nothing but its own result. */
  public static boolean readsOnly(QueryPlan plan) {
    return plan.stages().stream().allMatch(PlannedQuery::readsOnly);
  }

  /** A stage with another kind of output than these may change something. */
  private static boolean readsOnly(StagePlan stage) {
    return switch (stage.output()) {
      case StageOutput.Result _, StageOutput.Shuffle _ -> true;
      case StageOutput.Write _, StageOutput.Publish _ -> false;
    };
  }

  private static StageSpec spec(StagePlan stage) {
    Map<Integer, EdgeKind> kinds = new TreeMap<>();
    for (StageInput input : stage.inputs()) {
      if (input instanceof StageInput.Exchange exchange) {
        EdgeKind before = kinds.put(exchange.stage(), exchange.kind());
        if (before != null && before != exchange.kind()) {
          throw new IllegalStateException(
              "stage %d reads stage %d in two ways".formatted(stage.id(), exchange.stage()));
        }
      }
    }
    List<StageEdge> edges =
        kinds.entrySet().stream()
            .map(kind -> new StageEdge(kind.getKey(), kind.getValue()))
            .toList();
    StageKind kind =
        switch (stage.output()) {
          case StageOutput.Result _, StageOutput.Shuffle _ -> StageKind.ROWS;
          case StageOutput.Write _ -> StageKind.WRITE;
          case StageOutput.Publish _ -> StageKind.PUBLISH;
        };
    return new StageSpec(stage.id(), stage.tasks(), edges, stage.deterministic(), kind);
  }
}

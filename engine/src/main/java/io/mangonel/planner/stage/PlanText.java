package io.mangonel.planner.stage;

import io.mangonel.planner.stage.StageInput.Column;
import io.mangonel.planner.stage.StageInput.Exchange;
import io.mangonel.planner.stage.StageInput.FileSlice;
import io.mangonel.planner.stage.StageInput.Named;
import io.mangonel.planner.stage.StageInput.Scan;
import io.mangonel.planner.stage.StageOutput.Partitioning;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** A plan as EXPLAIN shows it: stages, what moves between them, and the SQL of each. */
public final class PlanText {
  private static final int BOUNDARIES_SHOWN_MAX = 8;

  private PlanText() {}

  /** Many lines, the last one with its line break. The same plan gives the same text. */
  public static String of(QueryPlan plan) {
    return of(plan, _ -> List.of());
  }

  /**
   * The same, with something about each stage.
   *
   * @param notes lines about the stage of a number
   */
  public static String of(QueryPlan plan, IntFunction<List<String>> notes) {
    int tasks = plan.stages().stream().mapToInt(StagePlan::tasks).sum();
    StringBuilder text = new StringBuilder();
    text.append(count(plan.stages().size(), "stage")).append(", ").append(count(tasks, "task"));
    if (plan.fallback() != null) {
      text.append(", runs whole on one executor: ").append(plan.fallback());
    }
    text.append('\n');
    for (StagePlan stage : plan.stages()) {
      text.append('\n').append(stage(stage, plan, notes.apply(stage.id())));
    }
    return text.toString();
  }

  private static String stage(StagePlan stage, QueryPlan plan, List<String> notes) {
    StringBuilder text = new StringBuilder();
    text.append("stage ").append(stage.id()).append(": ").append(count(stage.tasks(), "task"));
    if (plan.fallback() == null) {
      text.append(", about ").append(count(Math.round(stage.estimatedRows()), "row"));
    }
    text.append(stage.deterministic() ? "" : ", not deterministic").append('\n');
    for (StageInput input : stage.inputs()) {
      // What a statement reads by itself is in its text.
      if (input instanceof Named named) {
        text.append("  reads ").append(input(named, plan)).append('\n');
      }
    }
    text.append("  gives ").append(output(stage, plan)).append('\n');
    notes.forEach(note -> text.append("  ").append(note).append('\n'));
    for (String line : stage.sql().lines().toList()) {
      text.append(line.isEmpty() ? "" : "    " + line).append('\n');
    }
    return text.toString();
  }

  private static String input(Named input, QueryPlan plan) {
    return switch (input) {
      case Scan scan ->
          scan.name()
              + ": "
              + scan.columns().stream().map(Column::name).collect(Collectors.joining(", "))
              + " of "
              + count(scan.files().size(), "file")
              + (isReplicated(scan)
                  ? ", all in each task"
                  : scan.splits().size() > 1 ? " in " + splits(scan) : "");
      case Exchange exchange ->
          exchange.name()
              + ": "
              + switch (exchange.kind()) {
                case HASH -> "its partition of stage " + exchange.stage();
                case ALL -> "all rows of stage " + exchange.stage();
                case SAME -> "the same task's rows of stage " + exchange.stage();
              }
              + " ("
              + count(plan.stages().get(exchange.stage()).tasks(), "task")
              + ")";
    };
  }

  private static String splits(Scan scan) {
    if (scan.cut() != null) {
      List<String> boundaries = scan.cut().ranges().boundaries();
      return count(boundaries.size() + 1, "range")
          + " of "
          + scan.cut().column()
          + ", cut at "
          + boundaries.stream().limit(BOUNDARIES_SHOWN_MAX).collect(Collectors.joining(", "))
          + (boundaries.size() > BOUNDARIES_SHOWN_MAX ? ", ..." : "");
    }
    boolean ranges =
        scan.splits().stream().flatMap(List::stream).anyMatch(slice -> slice.range() != null);
    long used = scan.splits().stream().filter(slices -> !slices.isEmpty()).count();
    return count(used, "part") + (ranges ? " by row groups" : "");
  }

  private static boolean isReplicated(Scan scan) {
    List<FileSlice> first = scan.splits().getFirst();
    return scan.splits().size() > 1
        && !first.isEmpty()
        && scan.splits().stream().allMatch(first::equals);
  }

  private static String output(StagePlan stage, QueryPlan plan) {
    return switch (stage.output()) {
      case StageOutput.Result _ -> "the result";
      case StageOutput.Write(WriteTarget target, var _, String options, String partitionBy) ->
          "files of "
              + target.path()
              + " ("
              + options
              + (partitionBy.isEmpty() ? "" : ", by " + partitionBy)
              + ")";
      case StageOutput.Publish _ -> "these files their names";
      case StageOutput.Shuffle(var _, var partitioning) -> {
        String consumers =
            plan.stages().stream()
                .filter(consumer -> reads(consumer, stage.id()))
                .map(consumer -> "stage " + consumer.id())
                .collect(Collectors.joining(", "));
        yield switch (partitioning) {
          case Partitioning.None _ -> "all rows to " + consumers;
          case Partitioning.ByExpression(var expression, var _) ->
              "rows by " + expression + " to " + consumers;
        };
      }
    };
  }

  private static boolean reads(StagePlan consumer, int producer) {
    return consumer.inputs().stream()
        .anyMatch(input -> input instanceof Exchange exchange && exchange.stage() == producer);
  }

  private static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }
}

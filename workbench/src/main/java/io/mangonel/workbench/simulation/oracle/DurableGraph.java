package io.mangonel.workbench.simulation.oracle;

import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.graph.StageEdge;
import io.mangonel.core.graph.StageKind;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.TaskAttemptId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One job by its durable transitions, as the rules say it, without the graph that made them: one
 * winner per partition, of consistent inputs, and nothing that has a winner is launched again.
 */
final class DurableGraph {
  private record Running(TaskAttemptId id, ExecutorId executor) {}

  private record Winner(TaskAttemptId id, ExecutorId executor, boolean losable) {}

  private final List<StageSpec> plan;
  private final Lineage lineage;
  private final Map<String, Running> running = new TreeMap<>();
  private final Map<String, Winner> winners = new TreeMap<>();
  private final Set<TaskAttemptId> launched = new HashSet<>();
  private final Limits limits;
  private final Map<String, Integer> failures = new TreeMap<>(); // Those that cost an attempt.
  private final Map<String, Integer> deaths = new TreeMap<>(); // Of executors, while it ran there.
  private boolean rowsSent;
  private boolean publishing;

  DurableGraph(List<StageSpec> plan, Lineage lineage, Limits limits) {
    this.plan = plan;
    this.lineage = lineage;
    this.limits = limits;
  }

  /** The attempts that the most unlucky task has lost. */
  int failuresMost() {
    return failures.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  boolean rowsSent() {
    return rowsSent;
  }

  boolean isWinner(TaskAttemptId id) {
    Winner winner = winners.get(Lineage.place(id));
    return winner != null && winner.id.equals(id);
  }

  /** Whether it was launched and does not run any more, or a later attempt took its place. */
  boolean hasEnded(TaskAttemptId id) {
    Running attempt = running.get(Lineage.place(id));
    return launched.stream().anyMatch(other -> isLater(other, id))
        || (launched.contains(id) && (attempt == null || !attempt.id.equals(id)));
  }

  /** One of the same number is of another owner, who never heard of this one. */
  private static boolean isLater(TaskAttemptId other, TaskAttemptId id) {
    return !other.equals(id)
        && Lineage.place(other).equals(Lineage.place(id))
        && (other.stageAttempt() > id.stageAttempt() || other.attempt() >= id.attempt());
  }

  int runningTasks() {
    return running.size();
  }

  /** Whether there is no way back (rule T16). */
  boolean publishing() {
    return publishing;
  }

  void apply(GraphTransition transition) {
    switch (transition) {
      case GraphTransition.TaskLaunched(var id, var executor, _) -> launch(id, executor);
      case GraphTransition.TaskSucceeded(var id, var output) ->
          succeed(id, !output.files().isEmpty());
      case GraphTransition.TaskFailed(var id, var failure) -> fail(id, failure);
      case GraphTransition.ExecutorGone(var executor, _, var kept, _) ->
          gone(executor, new TreeSet<>(kept));
      case GraphTransition.RowsSent() -> rowsSent = true;
      case GraphTransition.PublishingBegun() -> beginPublishing();
    }
  }

  private void beginPublishing() {
    Oracle.check(!publishing, "T16: publishing begins twice");
    long written = winners.values().stream().filter(w -> kind(w.id) == StageKind.WRITE).count();
    int wanted = plan.get(plan.size() - 2).tasks();
    Oracle.check(written == wanted, "T16: published " + written + " of " + wanted);
    publishing = true;
  }

  private StageKind kind(TaskAttemptId id) {
    return plan.get(id.stage()).kind();
  }

  private void launch(TaskAttemptId id, ExecutorId executor) {
    String place = Lineage.place(id);
    Oracle.check(
        publishing == (kind(id) == StageKind.PUBLISH), "T16: launched, publishing or not: " + id);
    Oracle.check(launched.add(id), "launched twice in the log: " + id);
    Oracle.check(lineage.plan(id).equals(plan), "T6: of a plan that was never stored: " + id);
    Oracle.check(
        !winners.containsKey(place), "a finished task runs again: " + id + " of " + winners);
    Oracle.check(
        deaths.getOrDefault(place, 0) < limits.executorDeathsMax(),
        "T14: runs again after " + deaths + ": " + id);
    Oracle.check(!running.containsKey(place), "two attempts at a time: " + id + " of " + running);
    running.put(place, new Running(id, executor));
  }

  private void succeed(TaskAttemptId id, boolean losable) {
    String place = Lineage.place(id);
    Running attempt = running.remove(place);
    Oracle.check(attempt != null && attempt.id.equals(id), "success of what does not run: " + id);
    if (attempt == null) {
      return;
    }
    var rows = lineage.of(id);
    Oracle.check(!rows.mixed(), "T7: a winner of mixed rows: " + id);
    rows.sources()
        .forEach(
            (source, by) -> {
              Winner winner = source.equals(place) ? null : winners.get(source);
              Oracle.check(
                  source.equals(place) || (winner != null && winner.id.equals(by)),
                  "T7: " + id + " read " + by + ", which does not count");
            });
    Oracle.check(
        winners.put(place, new Winner(id, attempt.executor, losable)) == null,
        "two winners: " + id);
  }

  private void fail(TaskAttemptId id, Failure failure) {
    Running attempt = running.remove(Lineage.place(id));
    Oracle.check(attempt != null && attempt.id.equals(id), "failure of what does not run: " + id);
    switch (failure) {
      case Failure.ResourceExhausted _, Failure.Io _, Failure.FetchFailed _ ->
          failures.merge(Lineage.place(id), 1, Integer::sum);
      case Failure.ExecutorLost _ -> died(id);
      case Failure.UserError _,
          Failure.InputChanged _,
          Failure.Killed _,
          Failure.LaunchRejected _,
          Failure.HolderUnreachable _ -> {}
    }
    if (failure instanceof Failure.FetchFailed(var producer, _) && !publishing) {
      Winner winner = winners.get(Lineage.place(producer));
      if (winner != null && winner.id.equals(producer)) {
        lose(producer.stage(), List.of(Lineage.place(producer)));
      }
    }
  }

  /** A rename is not what an executor dies of. */
  private void died(TaskAttemptId id) {
    if (kind(id) != StageKind.PUBLISH) {
      deaths.merge(Lineage.place(id), 1, Integer::sum);
    }
  }

  private void gone(ExecutorId executor, Set<TaskAttemptId> kept) {
    running.forEach(
        (_, attempt) -> {
          if (attempt.executor.equals(executor) && !kept.contains(attempt.id)) {
            died(attempt.id);
          }
        });
    running
        .values()
        .removeIf(attempt -> attempt.executor.equals(executor) && !kept.contains(attempt.id));
    for (StageSpec stage : publishing ? List.of(plan.getLast()) : plan) {
      var lost = new ArrayList<String>();
      winners.forEach(
          (place, winner) -> {
            if (winner.id.stage() == stage.id()
                && winner.executor.equals(executor)
                && winner.losable
                && stage.kind() != StageKind.WRITE
                && !kept.contains(winner.id)) {
              lost.add(place);
            }
          });
      if (!lost.isEmpty()) {
        lose(stage.id(), lost);
      }
    }
  }

  /** Rows that will come again are lost alone; others take with them all that read them. */
  private void lose(int stage, List<String> places) {
    if (reproducible(stage)) {
      places.forEach(winners::remove);
      return;
    }
    BitSet affected = descendants(stage);
    winners.values().removeIf(winner -> affected.get(winner.id.stage()));
    running.values().removeIf(attempt -> affected.get(attempt.id.stage()));
  }

  private boolean reproducible(int stage) {
    StageSpec spec = plan.get(stage);
    return spec.deterministic()
        && spec.inputs().stream().map(StageEdge::producer).allMatch(this::reproducible);
  }

  private BitSet descendants(int stage) {
    var found = new BitSet();
    found.set(stage);
    for (StageSpec spec : plan) {
      if (spec.inputs().stream().anyMatch(edge -> found.get(edge.producer()))) {
        found.set(spec.id());
      }
    }
    return found;
  }
}

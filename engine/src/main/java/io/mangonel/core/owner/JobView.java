package io.mangonel.core.owner;

import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as people see it; a copy, safe to hand to another thread.
 *
 * @param stages empty before it is planned
 */
public record JobView(Line line, List<StageView> stages) {
  public JobView {
    stages = List.copyOf(stages);
  }

  public long epoch() {
    return line.epoch();
  }

  /** Null while it has not durably ended. */
  public @Nullable TerminalRecord end() {
    return line.end();
  }

  /**
   * A job without its tasks.
   *
   * @param plannedAtMs when its plan was made; 0 before
   * @param tasks of all stages; 0 before it is planned
   * @param successfulTasks those that have a winner
   * @param end null while it has not durably ended
   */
  public record Line(
      JobId job,
      Phase phase,
      long epoch,
      JobRequest request,
      long plannedAtMs,
      int tasks,
      int successfulTasks,
      @Nullable TerminalRecord end) {}

  /** The stages of a graph. */
  public static List<StageView> stagesOf(ExecutionGraph graph) {
    var stages = new ArrayList<StageView>();
    for (int stage = 0; stage < graph.stageCount(); stage++) {
      stages.add(stageView(graph, stage));
    }
    return stages;
  }

  /** The stages of a job as the store has it; none when it was never planned. */
  public static List<StageView> stagesOf(StoredJob stored) {
    var plan = stored.plan();
    return plan == null ? List.of() : stagesOf(Takeover.graph(stored, plan, Limits.DEFAULTS));
  }

  /** Whether a job, as the store has it, cannot be stopped any more (rule T16). */
  public static boolean isPublishing(StoredJob stored) {
    var plan = stored.plan();
    return plan != null && Takeover.graph(stored, plan, Limits.DEFAULTS).publishing();
  }

  private static StageView stageView(ExecutionGraph graph, int stage) {
    var tasks = new ArrayList<TaskView>();
    for (int partition = 0; partition < graph.spec(stage).tasks(); partition++) {
      int failures = graph.failures(stage, partition);
      var winner = graph.winner(stage, partition);
      var running = graph.runningTask(stage, partition);
      if (winner.isPresent()) {
        var won = winner.get();
        tasks.add(
            new TaskView(
                partition,
                "SUCCESSFUL",
                won.id(),
                won.executor(),
                failures,
                won.output().rows(),
                won.output().bytes()));
      } else {
        tasks.add(
            new TaskView(
                partition,
                running.isPresent() ? "RUNNING" : "PENDING",
                running.map(ExecutionGraph.RunningTask::id).orElse(null),
                running.map(ExecutionGraph.RunningTask::executor).orElse(null),
                failures,
                0,
                0));
      }
    }
    return new StageView(stage, graph.state(stage).name(), graph.stageAttempt(stage), tasks);
  }

  public enum Phase {
    PLANNING,
    /** Planned; as many jobs run as may. */
    QUEUED,
    RUNNING,
    /** What it wrote gets its last names: it can no longer be stopped (rule T16). */
    PUBLISHING,
    FINISHED,
    FAILED,
    CANCELLED
  }

  /**
   * @param state one of UNRESOLVED, RESOLVED, RUNNING, SUCCESSFUL, FAILED
   */
  public record StageView(int id, String state, int attempt, List<TaskView> tasks) {
    public StageView {
      tasks = List.copyOf(tasks);
    }
  }

  /**
   * @param state one of PENDING, RUNNING, SUCCESSFUL
   * @param attempt the running or winning attempt, or null
   * @param executor where it runs or ran, or null
   * @param failures attempts that failed, or were lost with their executor
   * @param rows and {@code bytes}: of the winner, else 0
   */
  public record TaskView(
      int partition,
      String state,
      @Nullable TaskAttemptId attempt,
      @Nullable ExecutorId executor,
      int failures,
      long rows,
      long bytes) {}
}

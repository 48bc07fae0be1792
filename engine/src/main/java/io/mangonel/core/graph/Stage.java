package io.mangonel.core.graph;

import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.UnreadableRecordException;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutput;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/** The tasks of one stage. Knows nothing of other stages. */
final class Stage {
  /** Where a partition stands. */
  sealed interface Task {
    record Pending() implements Task {}

    record Running(TaskAttemptId id, ExecutorId executor, Incarnation incarnation)
        implements Task {}

    /** The winner; it stays until its output is lost. */
    record Successful(
        TaskAttemptId id, ExecutorId executor, Incarnation incarnation, TaskOutput output)
        implements Task {
      /** Without files there is nothing to lose. */
      boolean losable() {
        return !output.files().isEmpty();
      }
    }
  }

  private static final Task.Pending PENDING = new Task.Pending();

  final StageSpec spec;
  private final Task[] tasks;
  private final int[] nextAttempts; // Never reset: an id is used once.
  private final int[] failures;
  private final int[] deaths;
  private final BitSet pending = new BitSet();
  private int pendingCount;
  private int firstPending; // None is before it; in a wide stage looking from 0 on takes long.
  private int running;
  private int successful;
  private int attempt;
  private long outputsVersion;

  Stage(StageSpec spec) {
    this.spec = spec;
    this.tasks = new Task[spec.tasks()];
    this.nextAttempts = new int[spec.tasks()];
    this.failures = new int[spec.tasks()];
    this.deaths = new int[spec.tasks()];
    for (int partition = 0; partition < tasks.length; partition++) {
      tasks[partition] = PENDING;
    }
    pending.set(0, tasks.length);
    pendingCount = tasks.length;
  }

  Task task(int partition) {
    return tasks[partition];
  }

  int attempt() {
    return attempt;
  }

  /** Attempts that failed, or were lost with their executor. */
  int failures(int partition) {
    return failures[partition] + deaths[partition];
  }

  int nextAttempt(int partition) {
    return nextAttempts[partition];
  }

  int pendingTasks() {
    return pendingCount;
  }

  /** The first partition that no attempt runs or has run for; -1 when there is none. */
  int firstPending() {
    if (pendingCount == 0) {
      return -1;
    }
    firstPending = pending.nextSetBit(firstPending);
    return firstPending;
  }

  /** Another number whenever an output came or went. */
  long outputsVersion() {
    return outputsVersion;
  }

  int runningTasks() {
    return running;
  }

  int successfulTasks() {
    return successful;
  }

  boolean complete() {
    return successful == tasks.length;
  }

  boolean started() {
    return running + successful > 0;
  }

  boolean hasPartition(int partition) {
    return partition >= 0 && partition < tasks.length;
  }

  boolean isRunning(TaskAttemptId id) {
    return hasPartition(id.partition())
        && tasks[id.partition()] instanceof Task.Running(var current, _, _)
        && current.equals(id);
  }

  boolean isWinner(TaskAttemptId id) {
    return hasPartition(id.partition())
        && tasks[id.partition()] instanceof Task.Successful winner
        && winner.id().equals(id);
  }

  void launched(TaskAttemptId id, ExecutorId executor, Incarnation incarnation) {
    int partition = id.partition();
    set(partition, new Task.Running(id, executor, incarnation));
    nextAttempts[partition] = Math.max(nextAttempts[partition], id.attempt() + 1);
  }

  void succeeded(Task.Running task, TaskOutput output) {
    set(
        task.id().partition(),
        new Task.Successful(task.id(), task.executor(), task.incarnation(), output));
  }

  void takeBack(int partition) {
    set(partition, PENDING);
  }

  void takeBackAll() {
    for (int partition = 0; partition < tasks.length; partition++) {
      set(partition, PENDING);
    }
  }

  /** Returns how many failures that count the task now has. */
  int countFailure(int partition) {
    return ++failures[partition];
  }

  /** Returns how many executors have died while they ran the task. */
  int countDeath(int partition) {
    return ++deaths[partition];
  }

  void nextStageAttempt() {
    attempt++;
  }

  List<Task.Running> running() {
    var list = new ArrayList<Task.Running>();
    for (Task task : tasks) {
      if (task instanceof Task.Running r) {
        list.add(r);
      }
    }
    return list;
  }

  void addExecutors(Set<ExecutorId> found) {
    for (Task task : tasks) {
      switch (task) {
        case Task.Pending() -> {}
        case Task.Running(_, var executor, _) -> found.add(executor);
        case Task.Successful(_, var executor, _, _) -> found.add(executor);
      }
    }
  }

  /** The partitions whose output goes with an executor. */
  BitSet lostWith(ExecutorId executor, Set<TaskAttemptId> kept) {
    var lost = new BitSet();
    if (spec.kind() == StageKind.WRITE) {
      return lost;
    }
    for (int partition = 0; partition < tasks.length; partition++) {
      if (tasks[partition] instanceof Task.Successful won
          && won.executor().equals(executor)
          && won.losable()
          && !kept.contains(won.id())) {
        lost.set(partition);
      }
    }
    return lost;
  }

  boolean hasOutputAt(Set<ExecutorId> executors) {
    if (spec.kind() == StageKind.WRITE) {
      return false;
    }
    for (Task task : tasks) {
      if (task instanceof Task.Successful won
          && won.losable()
          && executors.contains(won.executor())) {
        return true;
      }
    }
    return false;
  }

  /** Whether something runs there or would be lost with it. */
  boolean touches(ExecutorId executor, Set<TaskAttemptId> kept) {
    return !lostWith(executor, kept).isEmpty()
        || running().stream()
            .anyMatch(task -> task.executor().equals(executor) && !kept.contains(task.id()));
  }

  private void set(int partition, Task next) {
    count(partition, tasks[partition], -1);
    tasks[partition] = next;
    count(partition, next, 1);
  }

  private void count(int partition, Task task, int by) {
    switch (task) {
      case Task.Pending() -> {
        pending.set(partition, by > 0);
        pendingCount += by;
        firstPending = by > 0 ? Math.min(firstPending, partition) : firstPending;
      }
      case Task.Running _ -> running += by;
      case Task.Successful _ -> {
        successful += by;
        outputsVersion++;
      }
    }
  }

  void encode(RecordWriter out) {
    spec.write(out);
    out.number(attempt);
    for (int partition = 0; partition < tasks.length; partition++) {
      out.number(nextAttempts[partition]).number(failures[partition]).number(deaths[partition]);
      switch (tasks[partition]) {
        case Task.Pending() -> out.number(0);
        case Task.Running(var id, var executor, var incarnation) -> {
          id.write(out.number(1));
          out.text(executor.value()).text(incarnation.value());
        }
        case Task.Successful(var id, var executor, var incarnation, var output) -> {
          id.write(out.number(2));
          output.write(out.text(executor.value()).text(incarnation.value()));
        }
      }
    }
  }

  /**
   * @param withDeaths whether the record has them
   * @param withKind whether the record has the stages' kinds
   */
  static Stage decode(RecordReader in, boolean withDeaths, boolean withKind) {
    var stage = new Stage(StageSpec.read(in, withKind));
    stage.attempt = in.integer();
    for (int partition = 0; partition < stage.tasks.length; partition++) {
      stage.nextAttempts[partition] = in.integer();
      stage.failures[partition] = in.integer();
      stage.deaths[partition] = withDeaths ? in.integer() : 0;
      stage.set(partition, readTask(in));
    }
    return stage;
  }

  private static Task readTask(RecordReader in) {
    int state = in.integer();
    return switch (state) {
      case 0 -> PENDING;
      case 1 ->
          new Task.Running(
              TaskAttemptId.read(in), new ExecutorId(in.text()), new Incarnation(in.text()));
      case 2 ->
          new Task.Successful(
              TaskAttemptId.read(in),
              new ExecutorId(in.text()),
              new Incarnation(in.text()),
              TaskOutput.read(in));
      default -> throw new UnreadableRecordException("task in state " + state);
    };
  }
}

package io.mangonel.core.graph;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.Stage.Task;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskStatus;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The stages of a job together: what one means for another. Asks only, changes nothing of them. */
final class Stages {
  final Topology topology;
  private final JobId job;
  private final List<Stage> stages;
  private final StageInputs inputs;
  private SortedSet<ExecutorId> awaited = new TreeSet<>();

  Stages(JobId job, List<Stage> stages) {
    this.job = job;
    this.stages = List.copyOf(stages);
    this.topology = new Topology(stages.stream().map(stage -> stage.spec).toList());
    this.inputs = new StageInputs(job, this.stages, topology);
  }

  List<Stage> all() {
    return stages;
  }

  Stage get(int id) {
    return stages.get(id);
  }

  Stage root() {
    return stages.getLast();
  }

  /** Whether the attempt is of a task of this job. */
  boolean known(TaskAttemptId id) {
    return id.job().equals(job)
        && id.stage() >= 0
        && id.stage() < stages.size()
        && stages.get(id.stage()).hasPartition(id.partition());
  }

  Task task(TaskAttemptId id) {
    return stages.get(id.stage()).task(id.partition());
  }

  boolean isRunning(TaskAttemptId id) {
    return known(id) && stages.get(id.stage()).isRunning(id);
  }

  boolean isWinner(TaskAttemptId id) {
    return known(id) && stages.get(id.stage()).isWinner(id);
  }

  /** Whether all is there that the last stage publishes; never without such a stage. */
  boolean written() {
    StageSpec root = root().spec;
    return root.kind() == StageKind.PUBLISH && resolved(root.id());
  }

  /** Whether every stage it reads is complete. */
  boolean resolved(int stage) {
    return topology.resolved(stage, complete());
  }

  /**
   * Stages whose tasks can run and whose output someone still needs, in order.
   *
   * @param publishing whether what was written may be published
   */
  List<Stage> launchable(boolean publishing) {
    List<Stage> pending = pending(publishing);
    if (pending.isEmpty()) {
      return pending;
    }
    BitSet complete = complete();
    BitSet needed = topology.needed(complete);
    pending.removeIf(
        stage ->
            !needed.get(stage.spec.id())
                || !topology.resolved(stage.spec.id(), complete)
                || (!awaited.isEmpty() && readsOfAwaited(stage)));
    return pending;
  }

  /** Asked after each transition: of most stages it is all that has to be known. */
  private List<Stage> pending(boolean publishing) {
    var pending = new ArrayList<Stage>();
    for (Stage stage : stages) {
      if (stage.pendingTasks() > 0 && (publishing || stage.spec.kind() != StageKind.PUBLISH)) {
        pending.add(stage);
      }
    }
    return pending;
  }

  /** Tasks of {@link #launchable} that do not run. */
  int launchableTasks(boolean publishing) {
    int tasks = 0;
    for (Stage stage : launchable(publishing)) {
      tasks += stage.pendingTasks();
    }
    return tasks;
  }

  int runningTasks() {
    int tasks = 0;
    for (Stage stage : stages) {
      tasks += stage.runningTasks();
    }
    return tasks;
  }

  void awaitHolders(Set<ExecutorId> holders) {
    awaited = new TreeSet<>(holders);
  }

  private boolean readsOfAwaited(Stage stage) {
    return stage.spec.inputs().stream()
        .anyMatch(edge -> stages.get(edge.producer()).hasOutputAt(awaited));
  }

  /** Whether what the attempt read is still what counts (rule T7). */
  boolean consistent(TaskStatus status) {
    for (TaskAttemptId input : status.inputs()) {
      if (!known(input) || (!isWinner(input) && !topology.reproducible(input.stage()))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Those that count here, as many as a transition takes: it has to fit into a commit (rule D9).
   */
  List<TaskAttemptId> keptHere(List<TaskAttemptId> kept) {
    var here = new ArrayList<TaskAttemptId>();
    var written = new RecordWriter();
    for (TaskAttemptId id : kept) {
      if (isWinner(id) || isRunning(id)) {
        id.write(written);
        if (written.length() > GraphLimits.KEPT_BYTES_MAX) {
          break;
        }
        here.add(id);
      }
    }
    return here;
  }

  /** What a task of this stage reads now; every stage it reads is complete. */
  List<InputLocation> inputs(int stage, int partition) {
    return inputs.of(stage, partition);
  }

  private BitSet complete() {
    var complete = new BitSet();
    stages.forEach(stage -> complete.set(stage.spec.id(), stage.complete()));
    return complete;
  }
}

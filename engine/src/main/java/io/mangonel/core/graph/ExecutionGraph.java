package io.mangonel.core.graph;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.Stage.Task;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.core.task.TaskStatus;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One job: its stages, the state of every task, and where every output is. Hands the job out as a
 * stream of tasks; callers never see the order of stages.
 *
 * <pre>
 *   UNRESOLVED --inputs complete--> RESOLVED --first launch--> RUNNING --all won--> SUCCESSFUL
 *        ^                                                        |          |
 *        +------------- an input was taken back ------------------+----------+--> FAILED with the job
 * </pre>
 *
 * <p>Every method that changes it returns the transitions it made; {@link #apply} of those to a
 * graph in the same state gives an equal graph. A partition has one winner at a time, kept until
 * its output is lost. All of a stage's tasks can be launched as soon as every stage it reads is
 * complete.
 */
public final class ExecutionGraph {
  /** The state of a stage; only the graph's tasks decide it. */
  public enum StageState {
    /** A stage it reads is not complete. */
    UNRESOLVED,
    RESOLVED,
    RUNNING,
    SUCCESSFUL,
    FAILED
  }

  /** Why the job failed. */
  public record Failed(String message, boolean retryable) {}

  /** An attempt and where it runs. */
  public record RunningTask(TaskAttemptId id, ExecutorId executor, Incarnation incarnation) {
    private static RunningTask of(Task.Running task) {
      return new RunningTask(task.id(), task.executor(), task.incarnation());
    }
  }

  /** A winner and where its output is. */
  public record Winner(TaskAttemptId id, ExecutorId executor, TaskOutput output) {}

  private final JobId job;
  private final GraphLimits limits;
  private final Stages stages;
  private final List<RunningTask> obsolete = new ArrayList<>(); // A hint, not part of the state.
  private Optional<Failed> failure = Optional.empty();
  private boolean rowsSent;
  private boolean publishing;

  /**
   * @param specs ids 0, 1, ...; producers before consumers; the last one is the root
   * @throws IllegalArgumentException when the stages are not as said
   */
  public ExecutionGraph(JobId job, List<StageSpec> specs, GraphLimits limits) {
    this(job, limits, specs.stream().map(Stage::new).toList());
  }

  private ExecutionGraph(JobId job, GraphLimits limits, List<Stage> stages) {
    this.job = job;
    this.limits = limits;
    this.stages = new Stages(job, stages);
  }

  public JobId job() {
    return job;
  }

  /** Whether the answer is complete; what is lost afterwards does not matter here. */
  public boolean finished() {
    return failure.isEmpty() && stages.root().complete();
  }

  public Optional<Failed> failure() {
    return failure;
  }

  /** Tasks that can be launched now. */
  public int pendingTasks() {
    return done() ? 0 : stages.launchableTasks(publishing);
  }

  /** Tasks of all stages. */
  public int taskCount() {
    return stages.all().stream().mapToInt(stage -> stage.spec.tasks()).sum();
  }

  /** Tasks that have a winner. */
  public int successfulTasks() {
    return stages.all().stream().mapToInt(Stage::successfulTasks).sum();
  }

  public int runningTasks() {
    return stages.runningTasks();
  }

  /** In order of stage and partition. */
  public List<RunningTask> running() {
    return stages.all().stream().flatMap(s -> s.running().stream()).map(RunningTask::of).toList();
  }

  /** Those that run or ran something that counts. */
  public Set<ExecutorId> executors() {
    var found = new TreeSet<ExecutorId>();
    stages.all().forEach(stage -> stage.addExecutors(found));
    return found;
  }

  public boolean isRunning(TaskAttemptId id) {
    return stages.isRunning(id);
  }

  public boolean isWinner(TaskAttemptId id) {
    return stages.isWinner(id);
  }

  /** The winner of a partition, if it has one. */
  public Optional<Winner> winner(int stage, int partition) {
    return stages.get(stage).task(partition) instanceof Task.Successful won
        ? Optional.of(new Winner(won.id(), won.executor(), won.output()))
        : Optional.empty();
  }

  /** The root's winners in order of partition; only of a finished graph. */
  public List<Winner> result() {
    if (!finished()) {
      throw new IllegalStateException(job + " is not finished");
    }
    var list = new ArrayList<Winner>();
    for (int partition = 0; partition < stages.root().spec.tasks(); partition++) {
      winner(stages.root().spec.id(), partition).ifPresent(list::add);
    }
    return list;
  }

  /**
   * Assigns the next task to an executor, if there is one.
   *
   * @param epoch the job's current epoch
   * @param launcher the scheduler that launches
   */
  public Optional<GraphTransition.TaskLaunched> launchNext(
      ExecutorId executor, Incarnation incarnation, long epoch, Incarnation launcher) {
    for (Stage stage : launchable()) {
      int partition = stage.firstPending();
      if (partition >= 0) {
        var id =
            new TaskAttemptId(
                job,
                stage.spec.id(),
                stage.attempt(),
                partition,
                epoch,
                launcher,
                stage.nextAttempt(partition));
        var launched = new GraphTransition.TaskLaunched(id, executor, incarnation);
        apply(launched);
        return Optional.of(launched);
      }
    }
    return Optional.empty();
  }

  /** What a task of this stage reads now; every stage it reads is complete. */
  public List<InputLocation> inputs(int stage, int partition) {
    return stages.inputs(stage, partition);
  }

  /**
   * Takes a report. A stale or repeated one changes nothing: only the attempt that runs counts, and
   * it only succeeds if what it read is still what counts (rule T7).
   */
  public List<GraphTransition> update(TaskStatus status) {
    if (done() || !isRunning(status.id())) {
      return List.of();
    }
    GraphTransition transition =
        switch (status.outcome()) {
          case TaskOutcome.Succeeded(var output) ->
              stages.consistent(status)
                  ? new GraphTransition.TaskSucceeded(status.id(), output)
                  : new GraphTransition.TaskFailed(
                      status.id(), new Failure.LaunchRejected("it read rows that no longer count"));
          case TaskOutcome.Failed(Failure.HolderUnreachable(_, var message)) ->
              new GraphTransition.TaskFailed(status.id(), new Failure.LaunchRejected(message));
          case TaskOutcome.Failed(var failed) ->
              new GraphTransition.TaskFailed(status.id(), failed);
        };
    apply(transition);
    return List.of(transition);
  }

  /** A running attempt ended without a report. */
  public List<GraphTransition> failed(TaskAttemptId id, Failure reason) {
    if (done() || !isRunning(id)) {
      return List.of();
    }
    var transition = new GraphTransition.TaskFailed(id, reason);
    apply(transition);
    return List.of(transition);
  }

  /**
   * A new owner finds an attempt running (rule T6), possibly one that this graph never heard of. It
   * is taken unless its partition has a winner or a later attempt, or what it made was given up. An
   * earlier attempt had been given up for it, by an owner that did not live to store that.
   */
  public List<GraphTransition> adoptRunning(
      TaskAttemptId id, ExecutorId executor, Incarnation incarnation) {
    if (done()
        || !stages.known(id)
        || publishing != (stages.get(id.stage()).spec.kind() == StageKind.PUBLISH)
        || id.stageAttempt() < stages.get(id.stage()).attempt()
        || id.attempt() < stages.get(id.stage()).nextAttempt(id.partition())
        || stages.task(id) instanceof Task.Successful) {
      return List.of();
    }
    var made = new ArrayList<GraphTransition>();
    if (stages.task(id) instanceof Task.Running(var earlier, _, _)) {
      var reason = new Failure.LaunchRejected("a later attempt was found: " + id);
      made.add(new GraphTransition.TaskFailed(earlier, reason));
    }
    made.add(new GraphTransition.TaskLaunched(id, executor, incarnation));
    made.forEach(this::apply);
    return made;
  }

  /** A new owner finds the report of an attempt, possibly one that this graph never heard of. */
  public List<GraphTransition> adoptEnded(TaskStatus status) {
    var made = new ArrayList<GraphTransition>();
    if (status.outcome() instanceof TaskOutcome.Succeeded && stages.consistent(status)) {
      made.addAll(adoptRunning(status.id(), status.executor(), status.incarnation()));
    }
    made.addAll(update(status));
    return made;
  }

  /** An executor is gone with what ran there and with its outputs, except {@code kept}. */
  public List<GraphTransition> executorGone(
      ExecutorId executor, Incarnation incarnation, List<TaskAttemptId> kept, String reason) {
    var keptSet = new TreeSet<>(kept);
    if (done() || unsettled().stream().noneMatch(stage -> stage.touches(executor, keptSet))) {
      return List.of();
    }
    var transition =
        new GraphTransition.ExecutorGone(executor, incarnation, stages.keptHere(kept), reason);
    apply(transition);
    return List.of(transition);
  }

  /** Rows of the answer go to the client from now on. */
  public List<GraphTransition> markRowsSent() {
    if (done() || rowsSent) {
      return List.of();
    }
    var transition = new GraphTransition.RowsSent();
    apply(transition);
    return List.of(transition);
  }

  /** When all is written: the files of the present winners are published, no others ever. */
  public List<GraphTransition> beginPublishing() {
    if (done() || publishing || !stages.written()) {
      return List.of();
    }
    var transition = new GraphTransition.PublishingBegun();
    apply(transition);
    return List.of(transition);
  }

  /** Whether there is no way back any more (rule T16). */
  public boolean publishing() {
    return publishing;
  }

  /** Attempts given up since the last call that may still run: worth a cancel. */
  public List<RunningTask> takeObsolete() {
    var taken = List.copyOf(obsolete);
    obsolete.clear();
    return taken;
  }

  /** Who holds this output, if it counts. */
  public Optional<ExecutorId> holder(TaskAttemptId producer) {
    return isWinner(producer)
        ? winner(producer.stage(), producer.partition()).map(Winner::executor)
        : Optional.empty();
  }

  /**
   * Stages that read outputs of these executors are not handed out. Like {@link #takeObsolete} not
   * part of the state: a new owner finds out for itself.
   */
  public void awaitHolders(Set<ExecutorId> holders) {
    stages.awaitHolders(holders);
  }

  public int stageCount() {
    return stages.all().size();
  }

  public StageSpec spec(int stage) {
    return stages.get(stage).spec;
  }

  public int stageAttempt(int stage) {
    return stages.get(stage).attempt();
  }

  public StageState state(int id) {
    Stage stage = stages.get(id);
    if (stage.complete()) {
      return StageState.SUCCESSFUL;
    }
    if (failure.isPresent()) {
      return StageState.FAILED;
    }
    if (!stages.resolved(id)) {
      return StageState.UNRESOLVED;
    }
    return stage.started() ? StageState.RUNNING : StageState.RESOLVED;
  }

  /** The attempt that runs for a partition, if one does. */
  public Optional<RunningTask> runningTask(int stage, int partition) {
    return stages.get(stage).task(partition) instanceof Task.Running running
        ? Optional.of(RunningTask.of(running))
        : Optional.empty();
  }

  public int failures(int stage, int partition) {
    return stages.get(stage).failures(partition);
  }

  // Transitions. The only code that changes state.

  /** Applies what another graph in this state has decided. */
  public void apply(GraphTransition transition) {
    switch (transition) {
      case GraphTransition.TaskLaunched(var id, var executor, var incarnation) ->
          stages.get(id.stage()).launched(id, executor, incarnation);
      case GraphTransition.TaskSucceeded(var id, var output) -> {
        if (stages.task(id) instanceof Task.Running running) {
          stages.get(id.stage()).succeeded(running, output);
        }
      }
      case GraphTransition.TaskFailed(var id, var reason) -> applyFailure(id, reason);
      case GraphTransition.ExecutorGone(var executor, _, var kept, var reason) ->
          applyGone(executor, new TreeSet<>(kept), reason);
      case GraphTransition.RowsSent() -> rowsSent = true;
      case GraphTransition.PublishingBegun() -> publishing = true;
    }
  }

  private void applyFailure(TaskAttemptId id, Failure reason) {
    Stage stage = stages.get(id.stage());
    stage.takeBack(id.partition());
    switch (reason) {
      case Failure.UserError(var message) -> fail(message, false);
      case Failure.InputChanged(_, var message) -> fail(message, true);
      case Failure.LaunchRejected _, Failure.HolderUnreachable _, Failure.Killed _ -> {}
      case Failure.FetchFailed(var producer, var message) -> {
        if (publishing
            || !stages.known(producer)
            || !stages.topology.reads(stage.spec.id(), producer.stage())) {
          countFailure(stage, id, message);
        } else if (isWinner(producer)) {
          var lost = new BitSet();
          lost.set(producer.partition());
          lose(stages.get(producer.stage()), lost, message);
        }
      }
      case Failure.ResourceExhausted(var message) -> countFailure(stage, id, message);
      case Failure.Io(var message) -> countFailure(stage, id, message);
      case Failure.ExecutorLost(var message) -> countDeath(stage, id, message);
    }
  }

  private void applyGone(ExecutorId executor, Set<TaskAttemptId> kept, String reason) {
    for (Stage stage : unsettled()) {
      for (var task : stage.running()) {
        if (task.executor().equals(executor) && !kept.contains(task.id())) {
          stage.takeBack(task.id().partition());
          countDeath(stage, task.id(), reason);
        }
      }
    }
    for (Stage stage : unsettled()) { // It takes back what runs: that was there all the same.
      BitSet lost = stage.lostWith(executor, kept);
      if (!lost.isEmpty()) {
        lose(stage, lost, reason);
      }
    }
  }

  private void countFailure(Stage stage, TaskAttemptId id, String message) {
    if (stage.countFailure(id.partition()) >= limits.attemptsMax()) {
      fail("task " + id + " failed " + limits.attemptsMax() + " times, last: " + message, true);
    }
  }

  /** Stages of which anything can change: what is being published cannot. */
  private List<Stage> unsettled() {
    return publishing ? List.of(stages.root()) : stages.all();
  }

  /**
   * Costs no attempt; but what runs at many deaths may be their cause (rule T14). A rename is not.
   */
  private void countDeath(Stage stage, TaskAttemptId id, String message) {
    int deaths = stage.spec.kind() == StageKind.PUBLISH ? 0 : stage.countDeath(id.partition());
    if (deaths >= limits.executorDeathsMax()) {
      fail(
          "task " + id + " was running at " + deaths + " deaths of executors, last: " + message,
          true);
    }
  }

  /**
   * Two attempts of a reproducible stage give the same rows, so only what is lost runs again.
   * Otherwise its readers may have read rows that the next attempt will not make: they all go.
   */
  private void lose(Stage stage, BitSet partitions, String reason) {
    if (stages.topology.reproducible(stage.spec.id())) {
      partitions.stream().forEach(stage::takeBack);
      nextStageAttempt(stage, reason);
    } else {
      takeBack(stage, reason);
    }
  }

  /** Takes back a stage and, whether complete or not, all that descends from its rows. */
  private void takeBack(Stage first, String reason) {
    stages.topology.descendants(first.spec.id()).stream()
        .mapToObj(stages::get)
        .filter(Stage::started)
        .forEach(
            stage -> {
              stage.running().forEach(task -> obsolete.add(RunningTask.of(task)));
              stage.takeBackAll();
              nextStageAttempt(stage, reason);
            });
  }

  private void nextStageAttempt(Stage stage, String reason) {
    stage.nextStageAttempt();
    if (stage == stages.root() && rowsSent) {
      fail("rows of the answer were lost after some had been sent: " + reason, true);
    } else if (stage.attempt() >= limits.stageAttemptsMax()) {
      fail("stage " + stage.spec.id() + " lost its output too often, last: " + reason, true);
    }
  }

  private void fail(String message, boolean retryable) {
    if (failure.isEmpty()) {
      failure = Optional.of(new Failed(message, retryable));
    }
  }

  private boolean done() {
    return failure.isPresent() || stages.root().complete();
  }

  private List<Stage> launchable() {
    return done() ? List.of() : stages.launchable(publishing);
  }

  /** A snapshot; equal graphs give equal bytes. */
  public Bytes encode() {
    return new GraphSnapshot(job, stages.all(), rowsSent, publishing, failure).encode();
  }

  /** Restores a snapshot. */
  public static ExecutionGraph decode(Bytes bytes, GraphLimits limits) {
    GraphSnapshot snapshot = GraphSnapshot.decode(bytes);
    var graph = new ExecutionGraph(snapshot.job(), limits, snapshot.stages());
    graph.rowsSent = snapshot.rowsSent();
    graph.publishing = snapshot.publishing();
    graph.failure = snapshot.failure();
    return graph;
  }
}

package io.mangonel.workbench.simulation.oracle;

import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.graph.StageKind;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.JobPlan;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.workbench.simulation.store.SimulatedStore;
import io.mangonel.workbench.simulation.world.Fault;
import io.mangonel.workbench.simulation.world.Scenario;
import io.mangonel.workbench.simulation.world.World;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Knows what is true in the world, whatever the cores believe, and checks every step against it.
 */
public final class Oracle {
  /** In the message of a job that was given up because it had no plan after many claims. */
  public static final String NEVER_PLANNED = "schedulers ended before they had planned it";

  private final World world;
  private final SimulatedStore store;
  private final Limits limits;
  private final Scenario scenario;
  private final Lineage lineage = new Lineage();
  private final Evidence evidence = new Evidence();
  private final Map<JobId, DurableGraph> graphs = new TreeMap<>();
  private final Map<JobId, List<TaskAttemptId>> manifests = new TreeMap<>(); // Rule T16.
  private final Set<TaskAttemptId> started = new HashSet<>();
  private final Set<TaskAttemptId> finished = new HashSet<>();
  private final Set<TaskAttemptId> succeeded = new HashSet<>(); // By the store.
  private final Set<JobId> cutOff = new TreeSet<>(); // Of which a reader could not reach one.
  private final Set<TaskAttemptId> interrupted = new HashSet<>(); // With their executor.
  private final Map<String, TaskAttemptId> startedPlaces = new HashMap<>();
  private final Set<TaskAttemptId> launched = new HashSet<>();
  private final Map<JobId, TerminalRecord> told = new TreeMap<>();
  private final Map<JobId, Incarnation> light = new TreeMap<>(); // By their plans (rule D12).
  private final Set<JobId> firstSends = new TreeSet<>();
  private final Set<JobId> lightTaken = new TreeSet<>();
  private final Set<JobId> neverMade = new TreeSet<>();
  private final Set<JobId> small = new TreeSet<>();
  private final Set<TaskAttemptId> acknowledgedByOwner = new HashSet<>();
  private final Map<JobId, Map<Integer, Lineage.Rows>> sentEarly = new TreeMap<>();
  private final Map<JobId, Long> createdAtMs = new TreeMap<>();
  private final Map<TaskAttemptId, TaskOutput> written = new TreeMap<>();
  private final Map<Incarnation, SchedulerWatch> schedulers = new TreeMap<>();
  private final Map<String, JobId> submits = new TreeMap<>(); // By idempotency key.

  public Oracle(World world, SimulatedStore store, Limits limits, Scenario scenario) {
    this.world = world;
    this.store = store;
    this.limits = limits;
    this.scenario = scenario;
  }

  public static void check(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }

  public void planned(JobId job, long epoch, List<StageSpec> stages) {
    planned(job, epoch, stages, true);
  }

  /**
   * A scheduler has a plan.
   *
   * @param counts whether it may still store it: else it takes nobody's place
   */
  public void planned(JobId job, long epoch, List<StageSpec> stages, boolean counts) {
    lineage.planned(job, epoch, stages, counts);
  }

  /**
   * A submit came to a scheduler with its plan.
   *
   * @param first whether its client says that nobody has sent it before
   */
  public void submittedWith(JobId job, JobPlan plan, Incarnation to, boolean first) {
    if (first) {
      firstSends.add(job);
    }
    if (plan.readOnly() && isOneTask(plan.stages())) {
      light.put(job, to);
    }
    if (plan.small()) {
      small.add(job);
    }
  }

  private static boolean isOneTask(List<StageSpec> stages) {
    return stages.size() == 1 && stages.getFirst().tasks() == 1;
  }

  public void runsInLane(TaskAttemptId id) {
    check(small.contains(id.job()), "in the lane, and not small: " + id);
  }

  /** Whether there is nothing else to do for the attempt's job. */
  public boolean isOneTask(TaskAttemptId id) {
    return isOneTask(lineage.plan(id));
  }

  /** A scheduler has started. */
  public SchedulerWatch started(Incarnation scheduler) {
    var watch = new SchedulerWatch(this, store, limits, scheduler, world.nowMs());
    schedulers.put(scheduler, watch);
    return watch;
  }

  /** What was seen of schedulers. */
  public Evidence evidence() {
    return evidence;
  }

  /** A key was deleted by suspicion. */
  public void suspected(Incarnation peer, Incarnation by, boolean alive) {
    check(!scenario.allLive(), "T1: suspected though all is well with it: " + peer + " by " + by);
    world.count(alive ? Fault.SUSPECTED_LIVING : Fault.SUSPECTED_DEAD);
    if (alive) {
      evidence.removed(peer, by);
    }
  }

  private SchedulerWatch scheduler(Incarnation incarnation) {
    SchedulerWatch watch = schedulers.get(incarnation);
    if (watch == null) {
      throw new AssertionError("never started: " + incarnation);
    }
    return watch;
  }

  void count(Fault fault) {
    world.count(fault);
  }

  /** Whether what is left out of the one before is about submits that another was faster with. */
  boolean inPlaceOf(Commit before, Commit commit) {
    var lost = lostSubmits(before);
    Commit rest = before.without(lost, commit.next());
    return !lost.isEmpty() && (rest.changes().isEmpty() || rest.equals(commit));
  }

  /** Whether all of it was submits that another was faster with: nothing waits for it. */
  boolean isVoid(Commit commit) {
    return commit.without(lostSubmits(commit), commit.next()).changes().isEmpty();
  }

  private Set<JobId> lostSubmits(Commit commit) {
    var lost = new TreeSet<JobId>();
    for (Change change : commit.changes()) {
      if (change instanceof Change.JobCreated made
          && submits.containsKey(made.request().idempotencyKey())) {
        lost.add(made.job());
      }
    }
    return lost;
  }

  // Rule D6.

  /** A job was made under an idempotency key, here or elsewhere. */
  public void submitted(String key, JobId job) {
    JobId before = submits.putIfAbsent(key, job);
    check(before == null, "D6: two jobs under " + key + ": " + before + " and " + job);
  }

  /** The job that a client's statement became, once that is durable. */
  public Optional<JobId> jobUnder(String key) {
    return Optional.ofNullable(submits.get(key));
  }

  /** Whether the end of the job has been sent to the store and is not settled. */
  public boolean ending(JobId job) {
    return schedulers.values().stream().anyMatch(scheduler -> scheduler.ending(job));
  }

  /** A change is in the store. */
  public void durable(Change change, Incarnation by) {
    long nowMs = world.nowMs();
    switch (change) {
      case Change.PlanWritten(var job, var plan) ->
          graphs.put(job, new DurableGraph(plan.stages(), lineage, limits));
      case Change.Transitions entry -> {
        entry.transitions().forEach(graph(entry.job())::apply);
        for (GraphTransition transition : entry.transitions()) {
          if (transition instanceof GraphTransition.TaskSucceeded(var id, _)) {
            succeeded.add(id);
          }
        }
      }
      case Change.JobEnded(var job, _, var record, _, _, _) -> ended(job, record, by);
      case Change.JobForgotten(var job) -> scheduler(by).forgotten(job, nowMs);
      case Change.ExecutorDeleted(var executor) ->
          check(scenario.executorsDie(), "T11: executor " + executor + " was taken for lost");
      case Change.JobCreated(var job, _, var request) -> {
        check(!neverMade.contains(job), "D6: removed, and then made: " + job);
        createdAtMs.put(job, nowMs);
        submitted(request.idempotencyKey(), job);
      }
      case Change.JobClaimed(var job, _) -> takenOver(job);
      case Change.PlanChunkWritten _,
          Change.SnapshotWritten _,
          Change.SnapshotChunkWritten _,
          Change.LogTrimmed _,
          Change.SnapshotDropped _,
          Change.ExecutorWritten _ -> {}
    }
  }

  private DurableGraph graph(JobId job) {
    DurableGraph graph = graphs.get(job);
    if (graph == null) {
      throw new AssertionError("a log before a plan: " + job);
    }
    return graph;
  }

  /** A job has another owner: in what state it was. */
  public void claimed(JobId job) {
    takenOver(job);
    DurableGraph graph = graphs.get(job);
    if (graph != null && graph.runningTasks() > 0) {
      world.count(Fault.TAKEN_OVER_RUNNING);
    }
  }

  private void takenOver(JobId job) {
    if (light.containsKey(job) && lightTaken.add(job)) {
      world.count(Fault.LIGHT_TAKEN_OVER);
    }
  }

  // What schedulers do.

  void accepted(JobId job) {
    check(
        store.jobs.containsKey(job) || (light.containsKey(job) && firstSends.contains(job)),
        "D5: accepted before it was stored: " + job);
  }

  void exists(JobId job, JobId existing) {
    check(submits.containsValue(existing), "D6: does not exist: " + existing);
    check(!store.jobs.containsKey(job), "D6: was made all the same: " + job);
  }

  void removes(JobId job) {
    if (light.containsKey(job) && !store.jobs.containsKey(job)) {
      neverMade.add(job); // Another submit was first.
    } else {
      check(hasEnded(job), "D5: removed " + job);
    }
  }

  boolean neverMade(JobId job) {
    return neverMade.contains(job);
  }

  boolean hasEnded(JobId job) {
    var stored = store.jobs.get(job);
    return stored != null && stored.end != null;
  }

  boolean isEnd(JobId job, TerminalRecord record) {
    var stored = store.jobs.get(job);
    return stored != null && record.equals(stored.end);
  }

  /** Whether this scheduler took its submit, and may launch it ahead of the store. */
  boolean isLight(JobId job, Incarnation scheduler) {
    return scheduler.equals(light.get(job));
  }

  /** Whether it may answer it ahead of the store, too: under its key there is no other job yet. */
  boolean answersAhead(JobId job, Incarnation scheduler) {
    return isLight(job, scheduler) && firstSends.contains(job);
  }

  /** Whether what became of the attempt is in the store, so that its report is not needed. */
  boolean isSettled(TaskAttemptId id) {
    DurableGraph graph = graphs.get(id.job());
    return acknowledgedByOwner.contains(id) || (graph != null && graph.hasEnded(id));
  }

  /** Nobody needs its status any more, whether it is in the log or was discarded. */
  void acknowledgedByOwner(TaskAttemptId id) {
    acknowledgedByOwner.add(id);
  }

  /** Whether it was not launched before. */
  boolean launchesFirst(TaskLaunch launch) {
    return launched.add(launch.id());
  }

  /** Whether it is durable that the job cannot be stopped any more. */
  boolean publishing(JobId job) {
    DurableGraph graph = graphs.get(job);
    return graph != null && graph.publishing();
  }

  /** Whether the attempt renames files of others. */
  public boolean publishes(TaskAttemptId id) {
    return lineage.spec(id).kind() == StageKind.PUBLISH;
  }

  void reads(TaskAttemptId id, List<TaskAttemptId> producers) {
    if (publishes(id)) {
      check(publishing(id.job()), "T16: published before that was stored: " + id);
      var before = manifests.putIfAbsent(id.job(), producers);
      check(before == null || before.equals(producers), "T16: " + before + ", then " + producers);
    }
    var actual = producers.stream().map(Lineage::place).toList();
    check(actual.equals(lineage.inputsOf(id)), "inputs of " + id + ": " + actual);
  }

  // Tasks.

  /** An executor starts an attempt: once in all history. */
  public void started(TaskAttemptId id) {
    check(started.add(id), "ran twice: " + id);
    String place = id.job() + "/" + lineage.planEpoch(id) + "/" + Lineage.place(id);
    TaskAttemptId before = startedPlaces.put(place, id);
    boolean allowed =
        before == null
            || switch (scenario) {
              case CALM, SCHEDULER_RESTARTS, SEVERAL_CALM, SEVERAL_DIE -> false;
              case EXECUTOR_RESTARTS,
                  SEVERAL_DIE_WITH_EXECUTORS,
                  SEVERAL_CUT_WITH_EXECUTORS,
                  SEVERAL_REJECT,
                  SEVERAL_BLIND ->
                  !finished.contains(before) || !isKnownToBeFinished(before);
              case PAUSES, WILD, SEVERAL_WILD -> true;
            };
    check(allowed, "runs again for no reason: " + id + " after " + before);
  }

  /**
   * Whether a scheduler that takes its job over learns of its success: from the store, or from its
   * executor, which was there all the time (rule T5 waits for no other) and is heard.
   */
  private boolean isKnownToBeFinished(TaskAttemptId id) {
    if (cutOff.contains(id.job())) {
      return false;
    }
    return succeeded.contains(id) || (!scenario.linksAreCut() && !interrupted.contains(id));
  }

  /** Somebody cannot read this of an executor that lives: what is there may be given up. */
  public void cutOff(TaskAttemptId output) {
    cutOff.add(output.job());
  }

  /** The executor that has these outputs is gone for a while. */
  public void down(Collection<TaskAttemptId> outputs) {
    interrupted.addAll(outputs);
  }

  /**
   * An attempt read its inputs and wrote its rows.
   *
   * @param output rows in files are found again after a restart of its executor
   */
  public void wrote(TaskLaunch launch, TaskOutput output) {
    lineage.wrote(launch);
    written.put(launch.id(), output);
    if (!output.files().isEmpty()) {
      finished.add(launch.id());
    }
  }

  // Answers.

  /** Whether it is durable that rows of the answer are with a client, and whose they are. */
  public boolean rowsMayBeSent(TaskAttemptId winner) {
    DurableGraph graph = graphs.get(winner.job());
    return graph != null && graph.rowsSent() && graph.isWinner(winner);
  }

  /** Rows of a partition of the answer, before the job ended. */
  public void rowsSentEarly(TaskAttemptId winner) {
    check(rowsMayBeSent(winner), "D5: rows of " + winner + " before that was stored");
    var rows = lineage.of(winner);
    var sent = sentEarly.computeIfAbsent(winner.job(), _ -> new TreeMap<>());
    var before = sent.putIfAbsent(winner.partition(), rows);
    check(before == null || before.equals(rows), "T7: other rows sent of " + winner);
  }

  /** The answer is complete and of one making, with what was sent of it before. */
  private void ended(JobId job, TerminalRecord record, Incarnation by) {
    long createdMs = createdAtMs.getOrDefault(job, world.nowMs());
    scheduler(by).ended(job, record, createdMs);
    var stored = store.jobs.get(job);
    if (record instanceof TerminalRecord.Failed failed
        && failed.message().contains(" times, last")) {
      check(
          graph(job).failuresMost() >= limits.attemptsMax(),
          "failed after " + graph(job).failuresMost() + " attempts: " + failed);
    }
    if (record instanceof TerminalRecord.Failed failed
        && failed.message().contains(NEVER_PLANNED)) {
      check(
          stored != null && stored.plan == null && stored.epoch > limits.unplannedClaimsMax(),
          "T14: given up too early: " + job + ", " + failed);
    }
    if (!(record instanceof TerminalRecord.Finished finishedRecord)) {
      return;
    }
    Lineage.Rows all = Lineage.Rows.none();
    var partitions = new TreeSet<Integer>();
    int tasks = 0;
    for (var part : finishedRecord.result()) {
      var plan = lineage.plan(part.attempt());
      tasks = plan.getLast().tasks();
      check(partitions.add(part.attempt().partition()), "partition twice in the result: " + job);
      check(part.attempt().stage() == plan.size() - 1, "not of the root: " + part.attempt());
      check(
          part.output().equals(written.get(part.attempt())),
          "other rows than it wrote: " + part.attempt());
      all = all.with(lineage.of(part.attempt()));
      var sent = sentEarly.getOrDefault(job, Map.of()).get(part.attempt().partition());
      check(
          sent == null || sent.equals(lineage.of(part.attempt())),
          "T7: the answer of " + job + " is not what was sent of it before: " + part.attempt());
    }
    check(tasks > 0 && partitions.size() == tasks, "result is incomplete: " + job);
    check(!all.mixed(), "T7: the answer of " + job + " mixes attempts: " + all);
  }

  /** Rule D12: rows of the only task, as its status brought them; or nothing is made of the job. */
  void answeredEarly(JobId job, TerminalRecord record) {
    switch (record) {
      case TerminalRecord.Finished(var parts, _) -> {
        check(parts.size() == 1 && isOneTask(parts.getFirst().attempt()), "D12: not light: " + job);
        check(parts.getFirst().output().files().isEmpty(), "D5: told of rows in files: " + job);
        check(parts.getFirst().attempt().launchEpoch() == 1, "D5: was taken over: " + job);
        world.count(Fault.LIGHT_ANSWERED_EARLY);
      }
      case TerminalRecord.Failed failed ->
          check(!store.jobs.containsKey(job), "D5: told before it was stored: " + failed);
      case TerminalRecord.Cancelled _ -> throw new AssertionError("D5: told early: " + job);
    }
  }

  /** A client is told the end, pushed or asked for, by any scheduler: always the same. */
  public void told(JobId job, TerminalRecord record) {
    var stored = store.jobs.get(job);
    check(
        stored != null && record.equals(stored.end),
        "D5: told before it was stored, or otherwise: " + job);
    TerminalRecord before = told.putIfAbsent(job, record);
    check(before == null || before.equals(record), "told " + before + " and then " + record);
    boolean must = !scenario.wild();
    boolean poison =
        scenario.executorsDie()
            && record instanceof TerminalRecord.Failed failed
            && failed.message().contains("deaths of executors");
    check(
        !must || poison || record instanceof TerminalRecord.Finished,
        job + " did not finish: " + record);
  }

  public boolean isTold(JobId job) {
    return told.containsKey(job);
  }
}

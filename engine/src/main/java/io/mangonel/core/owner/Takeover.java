package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Restores jobs of the store and finds out what runs of them (rules T5, T6): when claims are
 * durable, every executor is asked once for what it has of all these jobs, also one that registers
 * meanwhile. Until all have answered, are lost, or time is up, none of the jobs launches anything.
 * Methods return the jobs that changed.
 */
final class Takeover {
  /**
   * Jobs whose claims become durable within this time are asked about together: with many jobs and
   * many executors it is the questions that take time.
   */
  private static final long GATHER_MS = 100;

  private final TaskManager tasks;
  private final ExecutorManager executors;
  private final Limits limits;
  private final Map<JobId, Job> adopting = new TreeMap<>();

  /** Their claims are durable, nobody was asked about them yet. */
  private final SortedMap<JobId, Job> gathered = new TreeMap<>();

  private final List<Round> rounds = new ArrayList<>();

  /** What came early about jobs that are adopted now. */
  private final List<TaskStatus> early = new ArrayList<>();

  private long gatheredSinceMs;

  /** Jobs that executors are asked about together. */
  private static final class Round {
    final SortedMap<JobId, Job> jobs;
    final List<JobId> ids;
    final AdoptQuestion question;

    /** Who has not answered. */
    final Set<ExecutorId> unheard = new TreeSet<>();

    /** The incarnations that were asked. */
    final Map<ExecutorId, Incarnation> asked = new TreeMap<>();

    /** What was believed to run on each executor when the jobs were restored. */
    final Map<ExecutorId, List<TaskAttemptId>> believed = new TreeMap<>();

    long untilMs;
    long sentAtMs;

    Round(SortedMap<JobId, Job> gathered, long untilMs, long sentAtMs) {
      this.jobs = new TreeMap<>(gathered);
      this.ids = List.copyOf(jobs.keySet());
      this.question = AdoptQuestion.about(jobs.values());
      this.untilMs = untilMs;
      this.sentAtMs = sentAtMs;
      for (Job job : jobs.values()) {
        if (job.graph != null) {
          for (var task : job.graph.running()) {
            believed.computeIfAbsent(task.executor(), _ -> new ArrayList<>()).add(task.id());
          }
        }
      }
    }

    /** Whether an inventory of these jobs tells of all that still belong to it. */
    boolean isAnsweredBy(List<JobId> inventory) {
      if (jobs.isEmpty() || inventory.equals(ids)) {
        return true;
      }
      // With thousands of jobs and of executors most that do not match are about other rounds.
      return inventory.size() >= jobs.size()
          && inventory.contains(jobs.firstKey())
          && new TreeSet<>(inventory).containsAll(jobs.keySet());
    }
  }

  Takeover(TaskManager tasks, ExecutorManager executors, Limits limits) {
    this.tasks = tasks;
    this.executors = executors;
    this.limits = limits;
  }

  /** Rebuilds the graph from snapshot and log. */
  void restore(Job job, StoredJob stored) {
    var plan = stored.plan();
    if (plan == null) {
      throw new IllegalArgumentException(job.id + " has no plan to restore");
    }
    job.planEpoch = plan.epoch();
    ExecutionGraph graph = graph(stored, plan, limits);
    job.graph = graph;
    job.log().resume(stored);
    job.plannedAtMs = plan.plannedAtMs();
    for (ExecutorId id : graph.executors()) {
      executors.info(id).ifPresent(info -> job.holders.put(id, info.incarnation()));
    }
    job.awaitsInventories = true;
    adopting.put(job.id, job);
  }

  /** The graph of a stored job: its snapshot and the log after it. */
  static ExecutionGraph graph(StoredJob stored, StoredJob.Plan plan, Limits limits) {
    var snapshot = stored.snapshot();
    ExecutionGraph graph =
        snapshot == null
            ? new ExecutionGraph(stored.job(), plan.stages(), limits.graph())
            : ExecutionGraph.decode(snapshot, limits.graph());
    stored.log().forEach(entry -> entry.forEach(graph::apply));
    graph.takeObsolete(); // Whatever still runs, inventories show.
    return graph;
  }

  /** Its epoch is durable: now executors may hear of it (rule D4). */
  void claimed(Job job, long nowMs) {
    if (!adopting.containsKey(job.id) || roundOf(job.id).isPresent()) {
      return;
    }
    if (gathered.isEmpty()) {
      gatheredSinceMs = nowMs;
    }
    gathered.put(job.id, job);
  }

  private Optional<Round> roundOf(JobId job) {
    return rounds.stream().filter(round -> round.jobs.containsKey(job)).findFirst();
  }

  /**
   * Asks about the jobs that were gathered.
   *
   * @param claiming whether the store was not yet read for other claims
   */
  void askAboutGathered(boolean claiming, long nowMs) {
    gathered.values().removeIf(Job::ended);
    boolean moreToCome = claiming || awaitsClaims();
    if (gathered.isEmpty() || (moreToCome && nowMs - gatheredSinceMs < GATHER_MS)) {
      return;
    }
    var round = new Round(gathered, nowMs + limits.adoptMs(), nowMs);
    gathered.clear();
    rounds.add(round);
    executors.ids().forEach(id -> ask(round, id));
    // Who runs some of it and has not registered here yet is not lost: it has as long to do so.
    round.unheard.addAll(round.believed.keySet());
  }

  /** Whether claims of jobs that were restored are not durable yet. */
  private boolean awaitsClaims() {
    int asked = rounds.stream().mapToInt(round -> round.jobs.size()).sum();
    return adopting.size() > gathered.size() + asked;
  }

  private void ask(Round round, ExecutorId id) {
    round.unheard.add(id);
    executors.info(id).ifPresent(info -> round.asked.put(id, info.incarnation()));
    executors.adopt(id, round.question);
  }

  /** An executor that registers meanwhile is asked too, unless this incarnation was. */
  void registered(ExecutorId id, Incarnation incarnation, long nowMs) {
    for (Round round : rounds) {
      if (nowMs < round.untilMs && !incarnation.equals(round.asked.get(id))) {
        forgetFound(round, id);
        ask(round, id);
      }
    }
  }

  List<Job> lost(ExecutorId id, long nowMs) {
    var changed = new ArrayList<Job>();
    for (Round round : List.copyOf(rounds)) {
      round.asked.remove(id);
      forgetFound(round, id);
      if (round.unheard.remove(id) && finishIfHeard(round, nowMs)) {
        changed.addAll(round.jobs.values());
      }
    }
    return changed;
  }

  private static void forgetFound(Round round, ExecutorId id) {
    for (Job job : round.jobs.values()) {
      job.found.values().removeIf(status -> status.executor().equals(id));
    }
  }

  List<Job> adopted(Event.JobsAdopted inventory, long nowMs) {
    ExecutorId id = inventory.executor();
    if (!executors.knows(id, inventory.incarnation())) {
      return List.of();
    }
    var changed = new ArrayList<Job>();
    for (Round round : List.copyOf(rounds)) {
      if (round.unheard.contains(id) && round.isAnsweredBy(inventory.jobs())) {
        round.unheard.remove(id);
        var touched = hear(round, inventory, nowMs);
        changed.addAll(finishIfHeard(round, nowMs) ? round.jobs.values() : touched);
      }
    }
    return changed;
  }

  /**
   * Takes what the inventory shows of the round's jobs; returns those of which it shows anything.
   */
  private List<Job> hear(Round round, Event.JobsAdopted inventory, long nowMs) {
    ExecutorId id = inventory.executor();
    var touched = new TreeMap<JobId, Job>();
    for (TaskStatus status : inventory.ended()) {
      Job job = round.jobs.get(status.id().job());
      if (job != null && ofPlan(job, status.id())) {
        job.found.put(status.id(), status);
        touched.put(job.id, job);
      }
    }
    for (Job job : touched.values()) {
      // All of them again: what one read, another inventory may just have shown.
      for (TaskStatus status : List.copyOf(job.found.values())) {
        tasks.changed(job, graph -> graph.adoptEnded(status), nowMs);
      }
    }
    var running = new TreeSet<>(inventory.running());
    for (TaskAttemptId attempt : running) {
      Job job = round.jobs.get(attempt.job());
      if (job != null && ofPlan(job, attempt)) {
        touched.put(job.id, job);
        tasks.changed(
            job, graph -> graph.adoptRunning(attempt, id, inventory.incarnation()), nowMs);
      }
    }
    touched.values().forEach(job -> job.holders.put(id, inventory.incarnation()));
    trackRunning(round, id, running, touched, nowMs);
    return List.copyOf(touched.values());
  }

  /**
   * Keeps what a job that still awaits inventories does not know yet what to make of. Without room
   * for it nothing is lost: without an acknowledgement it comes again.
   */
  void keepEarly(Job job, TaskStatus status) {
    if (job.graph != null && job.early.size() < job.graph.taskCount()) {
      job.early.put(status.id(), status);
    }
  }

  /** Drains what was kept of jobs that are adopted now. */
  List<TaskStatus> takeEarly() {
    if (early.isEmpty()) {
      return List.of();
    }
    var taken = List.copyOf(early);
    early.clear();
    return taken;
  }

  /**
   * An executor has seen higher epochs of these jobs (rule D11): returns those of them that are
   * adopted now, to be claimed above. Then all executors are asked again.
   */
  List<Job> outrun(Event.JobsAdopted inventory) {
    var outrun = new ArrayList<Job>();
    if (executors.knows(inventory.executor(), inventory.incarnation())) {
      for (var refused : inventory.refused()) {
        Job job = adopting.get(refused.job());
        if (job != null && !job.ended() && job.epoch <= refused.epoch()) {
          job.epoch = refused.epoch() + 1;
          job.found.clear();
          gathered.remove(job.id);
          leaveRound(job);
          outrun.add(job);
        }
      }
    }
    return outrun;
  }

  private void leaveRound(Job job) {
    rounds.forEach(round -> round.jobs.remove(job.id));
    rounds.removeIf(round -> round.jobs.isEmpty());
  }

  private static boolean ofPlan(Job job, TaskAttemptId id) {
    return id.launchEpoch() >= job.planEpoch;
  }

  /** What the graphs believe to run there does, or never started. */
  private void trackRunning(
      Round round, ExecutorId id, Set<TaskAttemptId> running, Map<JobId, Job> touched, long nowMs) {
    var believed = new TreeSet<>(running);
    believed.addAll(round.believed.getOrDefault(id, List.of()));
    for (TaskAttemptId attempt : believed) {
      Job job = round.jobs.get(attempt.job());
      if (job == null || !runsAt(job, attempt, id)) {
        continue;
      }
      touched.put(job.id, job);
      if (running.contains(attempt)) {
        executors.adopt(id, new TaskLaunch(attempt, "", job.epoch, List.of()), nowMs);
      } else {
        tasks.changed(job, graph -> notThere(graph, attempt), nowMs);
      }
    }
  }

  private static boolean runsAt(Job job, TaskAttemptId attempt, ExecutorId id) {
    return job.graph != null
        && job.graph.isRunning(attempt)
        && job.graph
            .runningTask(attempt.stage(), attempt.partition())
            .filter(task -> task.executor().equals(id))
            .isPresent();
  }

  private static List<GraphTransition> notThere(ExecutionGraph graph, TaskAttemptId id) {
    return graph.failed(id, new Failure.LaunchRejected("no executor has it"));
  }

  /** This process stood still, not the executors: their time to answer moves (rule T11). */
  void shiftDeadlines(long byMs, long nowMs) {
    for (Round round : rounds) {
      round.untilMs = Math.min(nowMs + limits.adoptMs(), round.untilMs + byMs);
    }
  }

  List<Job> tick(long nowMs) {
    var changed = new ArrayList<Job>();
    adopting.values().removeIf(Job::ended);
    for (Round round : List.copyOf(rounds)) {
      round.jobs.values().removeIf(Job::ended);
      if (round.jobs.isEmpty()) {
        rounds.remove(round);
      } else if (nowMs >= round.untilMs) {
        round.unheard.clear();
        finish(round, nowMs);
        changed.addAll(round.jobs.values());
      } else if (nowMs - round.sentAtMs >= limits.askMs()) {
        round.sentAtMs = nowMs;
        round.unheard.forEach(id -> executors.adopt(id, round.question));
      }
    }
    return changed;
  }

  private boolean finishIfHeard(Round round, long nowMs) {
    if (round.unheard.isEmpty()) {
      finish(round, nowMs);
      return true;
    }
    return false;
  }

  private void finish(Round round, long nowMs) {
    rounds.remove(round);
    for (Job job : round.jobs.values()) {
      adopting.remove(job.id);
      job.found.clear();
      early.addAll(job.early.values());
      job.early.clear();
      job.awaitsInventories = false;
      if (job.graph != null && !job.ended()) {
        for (var task : job.graph.running()) {
          if (!executors.tracks(task.executor(), task.id())) {
            tasks.changed(job, graph -> notThere(graph, task.id()), nowMs);
          }
        }
      }
      tasks.refresh(job);
    }
  }

  void encode(RecordWriter out) {
    out.list(adopting.keySet(), (o, id) -> o.text(id.value()));
    out.list(gathered.keySet(), (o, id) -> o.text(id.value())).number(gatheredSinceMs);
    out.list(early, (o, status) -> status.id().write(o));
    out.list(
        rounds,
        (o, round) -> {
          o.list(round.jobs.keySet(), (p, id) -> p.text(id.value()));
          round.question.encode(o);
          o.list(round.unheard, (p, id) -> p.text(id.value()));
          o.list(
              round.asked.entrySet(),
              (p, e) -> p.text(e.getKey().value()).text(e.getValue().value()));
          o.number(round.untilMs).number(round.sentAtMs);
        });
  }
}

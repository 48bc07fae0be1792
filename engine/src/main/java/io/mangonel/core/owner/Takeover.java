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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Restores jobs of the store and finds out what runs of them (rules T5, T6): when the claim is
 * durable, every executor is asked for its inventory. Until all have answered, are lost, or time is
 * up, the job launches nothing. Methods return the jobs that changed.
 */
final class Takeover {
  private static final long NOT_ASKED = Long.MAX_VALUE;

  private final TaskManager tasks;
  private final ExecutorManager executors;
  private final Limits limits;
  private final Map<JobId, Job> adopting = new TreeMap<>();

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
    job.graph = graph(stored, plan, limits);
    job.log().resume(stored);
    job.plannedAtMs = plan.plannedAtMs();
    for (ExecutorId id : executors.ids()) {
      executors.info(id).ifPresent(info -> job.holders.put(id, info.incarnation()));
    }
    job.adoptUntilMs = NOT_ASKED;
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
    if (!adopting.containsKey(job.id) || job.adoptUntilMs != NOT_ASKED) {
      return;
    }
    job.adoptUntilMs = nowMs + limits.adoptMs();
    job.adoptSentAtMs = nowMs;
    executors.ids().forEach(id -> ask(job, id));
  }

  private void ask(Job job, ExecutorId id) {
    job.unheard.add(id);
    executors.info(id).ifPresent(info -> job.asked.put(id, info.incarnation()));
    executors.adopt(id, jobEpoch(job));
  }

  private static Effect.JobEpoch jobEpoch(Job job) {
    return new Effect.JobEpoch(job.id, job.epoch);
  }

  /** An executor that registers meanwhile is asked too, unless this incarnation was. */
  void registered(ExecutorId id, Incarnation incarnation, long nowMs) {
    for (Job job : adopting.values()) {
      if (job.adoptUntilMs != NOT_ASKED
          && nowMs < job.adoptUntilMs
          && !incarnation.equals(job.asked.get(id))) {
        forgetFound(job, id);
        ask(job, id);
      }
    }
  }

  List<Job> lost(ExecutorId id, long nowMs) {
    var changed = new ArrayList<Job>();
    for (Job job : List.copyOf(adopting.values())) {
      job.asked.remove(id);
      forgetFound(job, id);
      if (job.unheard.remove(id)) {
        finishIfHeard(job, nowMs);
        changed.add(job);
      }
    }
    return changed;
  }

  private static void forgetFound(Job job, ExecutorId id) {
    job.found.values().removeIf(status -> status.executor().equals(id));
  }

  List<Job> adopted(Event.JobsAdopted inventory, long nowMs) {
    ExecutorId id = inventory.executor();
    if (!executors.knows(id, inventory.incarnation())) {
      return List.of();
    }
    var changed = new ArrayList<Job>();
    for (JobId jobId : inventory.jobs()) {
      Job job = adopting.get(jobId);
      if (job == null || !job.unheard.remove(id)) {
        continue;
      }
      job.holders.put(id, inventory.incarnation());
      for (TaskStatus status : inventory.ended()) {
        if (ofPlan(job, status.id())) {
          job.found.put(status.id(), status);
        }
      }
      // All of them again: what one read, another inventory may just have shown.
      for (TaskStatus status : List.copyOf(job.found.values())) {
        tasks.changed(job, graph -> graph.adoptEnded(status), nowMs);
      }
      var running = new TreeSet<>(inventory.running());
      for (TaskAttemptId attempt : running) {
        if (ofPlan(job, attempt)) {
          tasks.changed(
              job, graph -> graph.adoptRunning(attempt, id, inventory.incarnation()), nowMs);
        }
      }
      trackRunning(job, id, running, nowMs);
      finishIfHeard(job, nowMs);
      changed.add(job);
    }
    return changed;
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
          job.adoptUntilMs = NOT_ASKED;
          job.adoptSentAtMs = 0;
          job.unheard.clear();
          job.asked.clear();
          job.found.clear();
          outrun.add(job);
        }
      }
    }
    return outrun;
  }

  private static boolean ofPlan(Job job, TaskAttemptId id) {
    return id.job().equals(job.id) && id.launchEpoch() >= job.planEpoch;
  }

  /** What the graph believes to run there does, or never started. */
  private void trackRunning(Job job, ExecutorId id, Set<TaskAttemptId> running, long nowMs) {
    if (job.graph == null) {
      return;
    }
    for (var task : job.graph.running()) {
      if (!task.executor().equals(id)) {
        continue;
      }
      if (running.contains(task.id())) {
        executors.adopt(id, new TaskLaunch(task.id(), "", job.epoch, List.of()), nowMs);
      } else {
        tasks.changed(job, graph -> notThere(graph, task.id()), nowMs);
      }
    }
  }

  private static List<GraphTransition> notThere(ExecutionGraph graph, TaskAttemptId id) {
    return graph.failed(id, new Failure.LaunchRejected("no executor has it"));
  }

  /** This process stood still, not the executors: their time to answer moves (rule T11). */
  void shiftDeadlines(long byMs, long nowMs) {
    for (Job job : adopting.values()) {
      if (job.adoptUntilMs != NOT_ASKED) {
        job.adoptUntilMs = Math.min(nowMs + limits.adoptMs(), job.adoptUntilMs + byMs);
      }
    }
  }

  List<Job> tick(long nowMs) {
    var changed = new ArrayList<Job>();
    for (Job job : List.copyOf(adopting.values())) {
      if (job.ended()) {
        adopting.remove(job.id);
      } else if (nowMs >= job.adoptUntilMs) {
        job.unheard.clear();
        finish(job, nowMs);
        changed.add(job);
      } else if (job.adoptSentAtMs > 0 && nowMs - job.adoptSentAtMs >= limits.askMs()) {
        job.adoptSentAtMs = nowMs;
        job.unheard.forEach(id -> executors.adopt(id, jobEpoch(job)));
      }
    }
    return changed;
  }

  private void finishIfHeard(Job job, long nowMs) {
    if (job.unheard.isEmpty()) {
      finish(job, nowMs);
    }
  }

  private void finish(Job job, long nowMs) {
    adopting.remove(job.id);
    job.found.clear();
    job.adoptUntilMs = 0;
    if (job.graph != null) {
      for (var task : job.graph.running()) {
        if (!executors.tracks(task.executor(), task.id())) {
          tasks.changed(job, graph -> notThere(graph, task.id()), nowMs);
        }
      }
    }
    tasks.refresh(job);
  }

  void encode(RecordWriter out) {
    out.list(adopting.keySet(), (o, id) -> o.text(id.value()));
  }
}

package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskStatus;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Executors that a reader could not reach. Most are being restarted, on another port, with all they
 * had made (rule T12): so the stages that read of them wait until this scheduler hears of the
 * executor, or gives it up. If the same incarnation is still heard of when a heartbeat sent before
 * its end can no longer be on its way, only readers cannot reach it: the next one that cannot makes
 * its output count as lost. One that is not heard of is down, however long, until it is given up.
 *
 * <p>One failure proves no outage: a connection may break, and the next reader come when the holder
 * is being restarted. Time counts from the second, after a sign of life in between.
 */
final class UnreachableHolders {
  private final TaskManager tasks;
  private final ExecutorManager executors;
  private final long lastWordMs;
  private final Map<ExecutorId, TreeSet<JobId>> waiting = new TreeMap<>();

  /**
   * @param lastWordMs a sign of life of a process that has ended comes this late at most
   */
  UnreachableHolders(TaskManager tasks, ExecutorManager executors, long lastWordMs) {
    this.tasks = tasks;
    this.executors = executors;
    this.lastWordMs = lastWordMs;
  }

  /**
   * An incarnation, and since when readers could not reach it.
   *
   * @param again whether that was not the first time, and it had been heard of since the first
   */
  record Unreached(Incarnation incarnation, long sinceMs, boolean again) {}

  /** What a report means here: any but {@link Failure.HolderUnreachable} what it says. */
  TaskStatus judged(TaskStatus status, long nowMs) {
    if (status.outcome() instanceof TaskOutcome.Succeeded) {
      reached(status);
    }
    if (!(status.outcome() instanceof TaskOutcome.Failed(var failure))
        || !(failure instanceof Failure.HolderUnreachable silent)) {
      return status;
    }
    return new TaskStatus(
        status.id(),
        status.executor(),
        status.incarnation(),
        status.inputs(),
        new TaskOutcome.Failed(judged(status, silent, nowMs)));
  }

  private Failure judged(TaskStatus status, Failure.HolderUnreachable silent, long nowMs) {
    var job = tasks.find(status.id().job()).orElse(null);
    ExecutionGraph graph = job == null ? null : job.graph;
    var notRun = new Failure.LaunchRejected(silent.message());
    if (job == null || graph == null || job.ended() || !graph.isRunning(status.id())) {
      return notRun;
    }
    var holder = graph.holder(silent.producer());
    if (holder.isEmpty()) {
      return notRun; // It was given up meanwhile.
    }
    Incarnation now = executors.info(holder.get()).map(ExecutorInfo::incarnation).orElse(null);
    if (now == null || isCutOff(job, holder.get(), now, nowMs)) {
      return new Failure.FetchFailed(silent.producer(), silent.message());
    }
    waiting.computeIfAbsent(holder.get(), _ -> new TreeSet<>()).add(job.id);
    await(job);
    return notRun;
  }

  /** Whether it was out of reach for long, and lived all the time. */
  private boolean isCutOff(Job job, ExecutorId holder, Incarnation now, long nowMs) {
    Unreached before = job.unreached.get(holder);
    if (before == null || !before.incarnation().equals(now)) {
      job.unreached.put(holder, new Unreached(now, nowMs, false));
      return false;
    }
    if (!before.again()) {
      if (executors.heardAtMs(holder) > before.sinceMs()) {
        job.unreached.put(holder, new Unreached(now, nowMs, true));
      }
      return false;
    }
    return executors.heardAtMs(holder) - before.sinceMs() > lastWordMs;
  }

  /** Whose output was read is within reach again. */
  private void reached(TaskStatus status) {
    tasks
        .find(status.id().job())
        .filter(job -> !job.unreached.isEmpty())
        .ifPresent(
            job -> {
              ExecutionGraph graph = job.graph;
              if (graph != null) {
                status.inputs().forEach(i -> graph.holder(i).ifPresent(job.unreached::remove));
              }
            });
  }

  /** A sign of life, or the executor was given up. */
  void settled(ExecutorId id) {
    var jobs = waiting.remove(id);
    if (jobs != null) {
      jobs.forEach(job -> tasks.find(job).ifPresent(this::await));
    }
  }

  private void await(Job job) {
    if (job.graph == null) {
      return;
    }
    var holders = new TreeSet<ExecutorId>();
    waiting.forEach(
        (id, jobs) -> {
          if (jobs.contains(job.id)) {
            holders.add(id);
          }
        });
    job.graph.awaitHolders(holders);
    tasks.refresh(job);
  }

  void encode(RecordWriter out) {
    out.list(
        waiting.entrySet(),
        (o, entry) ->
            o.text(entry.getKey().value()).list(entry.getValue(), (p, id) -> p.text(id.value())));
  }
}

package io.mangonel.scheduler.insight;

import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.LogEntry;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.limits.ShellLimits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Histories of the jobs of this scheduler, kept up by its commits beside the loop, so that who
 * looks at a job costs the loop nothing. Ended ones leave, oldest first. Thread-safe; one thread
 * adds.
 */
public final class JobHistories {
  private static final Logger LOG = LoggerFactory.getLogger(JobHistories.class);

  private final Map<JobId, JobHistory> histories = new ConcurrentHashMap<>();
  private final Queue<JobId> ended = new LinkedBlockingQueue<>(); // It knows its size.
  private final String self;

  /**
   * @param self this scheduler's incarnation
   */
  public JobHistories(String self) {
    this.self = self;
  }

  /** A job of the store, as it was before this scheduler. */
  public void load(JobId job, List<LogEntry> log, boolean whole) {
    histories.put(job, JobHistory.of(log, whole));
  }

  /** It is this scheduler's from now on. */
  public void claimed(JobId job, long epoch, long nowMs) {
    of(job).owner(epoch, self, nowMs);
    log(job, "claimed, epoch " + epoch);
  }

  /** Takes what is durable now. */
  public void add(Commit commit, long nowMs) {
    for (Change change : commit.changes()) {
      switch (change) {
        case Change.JobCreated(var job, long epoch, _) -> {
          of(job).owner(epoch, self, nowMs);
          log(job, "accepted, epoch " + epoch);
        }
        case Change.JobClaimed(var job, long epoch) -> claimed(job, epoch, nowMs);
        case Change.Transitions entry -> {
          of(entry.job()).add(new LogEntry(self, entry.epoch(), entry.transitions(), entry.atMs()));
          entry.transitions().forEach(transition -> logDecision(entry.job(), transition));
        }
        case Change.JobEnded(var job, _, TerminalRecord record, _, _, _) -> {
          end(job, record);
          log(job, inWords(record));
        }
        case Change.JobForgotten(var job) -> histories.remove(job);
        case Change.PlanChunkWritten _,
            Change.PlanWritten _,
            Change.SnapshotChunkWritten _,
            Change.SnapshotWritten _,
            Change.LogTrimmed _,
            Change.SnapshotDropped _ -> {}
        case Change.ExecutorWritten(var info) ->
            LOG.info(
                "executor {} registered: {} slots at {}:{}, incarnation {}",
                info.id(),
                info.slots(),
                info.host(),
                info.port(),
                info.incarnation());
        case Change.ExecutorDeleted(var executor) ->
            LOG.warn("executor {} given up: it has been silent for too long", executor);
      }
    }
  }

  /**
   * Why finished work may be done again, or a job cannot be stopped: the one line that tells a
   * person, and tests.
   */
  private void logDecision(JobId job, GraphTransition transition) {
    switch (transition) {
      case GraphTransition.ExecutorGone(var executor, _, var kept, var reason) ->
          log(
              job,
              "gives up what %s had, except %d outputs: %s"
                  .formatted(executor, kept.size(), reason));
      case GraphTransition.TaskFailed(_, Failure.FetchFailed(var producer, var message)) ->
          log(job, "gives up the output of %s: %s".formatted(producer, message));
      case GraphTransition.PublishingBegun _ ->
          log(job, "publishes what it wrote: it cannot be cancelled any more");
      case GraphTransition.TaskFailed _,
          GraphTransition.TaskLaunched _,
          GraphTransition.TaskSucceeded _,
          GraphTransition.RowsSent _ -> {}
    }
  }

  private void log(JobId job, String what) {
    try (MDC.MDCCloseable _ = MDC.putCloseable("job", job.value());
        MDC.MDCCloseable _ = MDC.putCloseable("incarnation", self)) {
      LOG.info("job {} {}", job, what);
    }
  }

  /** Without the message, which may quote the statement. */
  private static String inWords(TerminalRecord record) {
    return switch (record) {
      case TerminalRecord.Finished _ -> "finished";
      case TerminalRecord.Failed failed -> failed.retryable() ? "failed, retryable" : "failed";
      case TerminalRecord.Cancelled _ -> "cancelled";
    };
  }

  private JobHistory of(JobId job) {
    return histories.computeIfAbsent(job, _ -> new JobHistory());
  }

  private void end(JobId job, TerminalRecord record) {
    of(job).end(record.endedAtMs());
    ended.add(job);
    while (ended.size() > ShellLimits.ENDED_IN_MEMORY_MAX) {
      JobId oldest = ended.poll();
      if (oldest != null) {
        histories.remove(oldest);
      }
    }
  }

  /** Empty when it is no longer, or not, in memory. */
  public Optional<JobHistory.View> find(JobId job) {
    return Optional.ofNullable(histories.get(job)).map(JobHistory::view);
  }

  /** Of a job that has ended, from its log. */
  public static JobHistory.View ofEnded(List<LogEntry> log, boolean whole, long endedAtMs) {
    JobHistory history = JobHistory.of(log, whole);
    history.end(endedAtMs);
    return history.view();
  }
}

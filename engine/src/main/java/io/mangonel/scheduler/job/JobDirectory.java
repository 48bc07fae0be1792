package io.mangonel.scheduler.job;

import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.store.StoredState;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The jobs this scheduler has to do with, their plans, and who waits for them. Ended ones leave it,
 * oldest first, and are read from the store again when asked for. Thread-safe.
 */
public final class JobDirectory {
  private final Map<JobId, TrackedJob> jobs = new ConcurrentHashMap<>();
  private final Map<JobId, TrackedJob> foreign = new ConcurrentHashMap<>();
  private final Queue<JobId> ended = new LinkedBlockingQueue<>(); // It knows its size.
  private final StoredState store;
  private volatile boolean leaving;

  public JobDirectory(StoredState store) {
    this.store = store;
  }

  /** A new job, or one that was loaded. */
  public TrackedJob track(JobId id, JobRequest request, @Nullable PlannedQuery plan) {
    var job = new TrackedJob(id, request, plan);
    jobs.put(id, job);
    leaveIfAsked(job);
    return job;
  }

  /**
   * This process ends, its jobs are another's: who waits for one is to ask there, now and not when
   * the port closes.
   */
  public void leave() {
    leaving = true;
    jobs.values().forEach(TrackedJob::leave);
    foreign.values().forEach(TrackedJob::leave);
  }

  private void leaveIfAsked(TrackedJob job) {
    if (leaving) {
      job.leave();
    }
  }

  /** A job that another scheduler had: who waits for it here goes on waiting. */
  public void adopt(JobId id, JobRequest request) {
    TrackedJob waited = foreign.remove(id);
    jobs.putIfAbsent(id, waited == null ? new TrackedJob(id, request, null) : waited);
  }

  /** A job that was never taken. */
  public void forget(JobId id) {
    jobs.remove(id);
  }

  public void end(JobId id, TerminalRecord record) {
    TrackedJob job = jobs.get(id);
    if (job != null) {
      job.end().complete(record);
      ended.add(id);
      while (ended.size() > ShellLimits.ENDED_IN_MEMORY_MAX) {
        JobId oldest = ended.poll();
        if (oldest != null) {
          jobs.remove(oldest);
        }
      }
    }
  }

  /**
   * Who waited for a job at an incarnation that lost its key goes on waiting here, and hears what
   * the store says of it. A submit that was not accepted is to be sent again.
   */
  public void inherit(JobDirectory lost) {
    var again =
        new TrackedJob.Acceptance.Refused(
            "the scheduler lost its key in the store: send the statement again", true);
    for (Map<JobId, TrackedJob> all : List.of(lost.jobs, lost.foreign)) {
      for (TrackedJob job : all.values()) {
        job.acceptance().complete(again);
        if (!job.end().isDone()) {
          foreign.putIfAbsent(job.id(), job);
        }
      }
    }
  }

  /** A job in memory. */
  public Optional<TrackedJob> inMemory(JobId id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /** Any job known, also one that ended long ago. Reads the store when it must. */
  public Optional<TrackedJob> find(JobId id) {
    TrackedJob job = jobs.get(id);
    if (job != null) {
      return Optional.of(job);
    }
    Optional<TrackedJob> over = ended(id);
    return over.isPresent() ? over : foreign(id);
  }

  private Optional<TrackedJob> ended(JobId id) {
    return store
        .ended(id)
        .map(
            record -> {
              var found = new TrackedJob(id, record.request(), null);
              found.end().complete(record.record());
              return found;
            });
  }

  /** A job that has not ended, and is another scheduler's. */
  private Optional<TrackedJob> foreign(JobId id) {
    if (!store.open(id)) {
      return ended(id); // It ended between the two looks, or never was.
    }
    Optional<TrackedJob> found =
        store
            .request(id)
            .map(request -> foreign.computeIfAbsent(id, _ -> new TrackedJob(id, request, null)));
    found.ifPresent(this::leaveIfAsked);
    return found;
  }

  /** Looks what became of jobs of other schedulers that somebody waits for. */
  public void lookAtForeign() {
    List.copyOf(foreign.values()).forEach(this::lookAt);
    while (foreign.size() > ShellLimits.FOREIGN_JOBS_MAX) {
      foreign.keySet().stream().min(Comparator.naturalOrder()).ifPresent(foreign::remove);
    }
  }

  /** A light read that was answered ahead of the store may never have got there (rule D12). */
  private static TerminalRecord over(TrackedJob job, Optional<StoredState.Ended> end) {
    return end.map(StoredState.Ended::record)
        .orElseGet(
            () ->
                new TerminalRecord.Failed(
                    "nothing is stored of job " + job.id() + ": run the statement again",
                    true,
                    job.request().submittedAtMs()));
  }

  /** Looks what became of a job of another scheduler; whether it has ended, or is gone. */
  public boolean lookAt(TrackedJob job) {
    Optional<StoredState.Ended> end = store.ended(job.id());
    if (end.isPresent() || !store.open(job.id())) {
      foreign.remove(job.id(), job);
      job.end().complete(over(job, end.or(() -> store.ended(job.id()))));
      return true;
    }
    if (job.plan().isEmpty()) {
      var _ = plan(job);
    }
    return false;
  }

  /** Whether it is another scheduler's, and somebody here has asked for it. */
  public boolean isForeign(TrackedJob job) {
    return foreign.containsKey(job.id());
  }

  /**
   * A job's plan; empty while it is not planned and when its details are gone. Reads the store when
   * it must.
   *
   * @throws IllegalArgumentException when the stored plan is of a newer format
   */
  public Optional<PlannedQuery> plan(TrackedJob job) {
    if (job.plan().isEmpty()) {
      store.planBody(job.id()).map(PlannedQuery::decode).ifPresent(job::plan);
    }
    return job.plan();
  }
}

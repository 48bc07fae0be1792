package io.mangonel.core.agent;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds jobs that nobody knows any more (rule T13): asks one scheduler after another, a window of
 * jobs at a time, and believes it only when it is said again after a grace.
 */
final class JobSweep {
  private final Limits limits;
  private @Nullable Incarnation askedLast;
  private @Nullable JobId askedUpTo;
  private long nextAtMs;

  JobSweep(Limits limits) {
    this.limits = limits;
    this.nextAtMs = limits.sweepMs();
  }

  /** The next question, when it is time for one. */
  Optional<AgentEffect.AskJobs> tick(
      NavigableMap<JobId, AgentJob> jobs, NavigableSet<Incarnation> schedulers, long nowMs) {
    if (nowMs < nextAtMs || schedulers.isEmpty()) {
      return Optional.empty();
    }
    nextAtMs = nowMs + limits.sweepMs();
    var window = new ArrayList<JobId>();
    var rest = askedUpTo == null ? jobs : jobs.tailMap(askedUpTo, false);
    for (var entry : (rest.isEmpty() ? jobs : rest).entrySet()) {
      if (!entry.getValue().removed && window.size() < limits.sweepJobsMax()) {
        window.add(entry.getKey());
      }
    }
    askedUpTo = window.size() < limits.sweepJobsMax() ? null : window.getLast();
    if (window.isEmpty()) {
      return Optional.empty();
    }
    Incarnation next = askedLast == null ? null : schedulers.higher(askedLast);
    askedLast = next == null ? schedulers.first() : next;
    return Optional.of(new AgentEffect.AskJobs(askedLast, window));
  }

  /** Takes an answer and returns the jobs to drop. */
  List<JobId> answered(
      List<JobId> asked, List<JobId> known, NavigableMap<JobId, AgentJob> jobs, long nowMs) {
    var knownSet = new TreeSet<>(known);
    var drop = new ArrayList<JobId>();
    for (JobId id : asked) {
      AgentJob job = jobs.get(id);
      if (job == null || job.removed) {
        continue;
      }
      if (knownSet.contains(id)) {
        job.unknownSinceMs = AgentJob.KNOWN;
      } else if (job.unknownSinceMs == AgentJob.KNOWN) {
        job.unknownSinceMs = nowMs;
      } else if (nowMs - job.unknownSinceMs >= limits.sweepGraceMs()) {
        drop.add(id);
      }
    }
    return drop;
  }

  void encode(RecordWriter out) {
    out.text(askedLast == null ? "" : askedLast.value());
    out.text(askedUpTo == null ? "" : askedUpTo.value()).number(nextAtMs);
  }
}

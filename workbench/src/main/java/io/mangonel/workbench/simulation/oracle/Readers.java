package io.mangonel.workbench.simulation.oracle;

import io.mangonel.core.task.JobId;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who reads results, as one scheduler knows it: until they are done and for the retention after
 * that nothing of the job is forgotten (rule T15).
 */
final class Readers {
  private final long retentionMs;
  private final Map<JobId, Integer> reading = new TreeMap<>();
  private final Map<JobId, Long> keptSinceMs = new TreeMap<>();
  private final long startedAtMs;

  Readers(long retentionMs, long startedAtMs) {
    this.retentionMs = retentionMs;
    this.startedAtMs = startedAtMs;
  }

  /** The job's result is there to be read from now on. */
  void ended(JobId job, long nowMs) {
    keptSinceMs.put(job, nowMs);
  }

  /** It was in the store. A stale list may show one that is being forgotten once more. */
  void loaded(JobId job, long nowMs) {
    keptSinceMs.putIfAbsent(job, nowMs);
  }

  void begins(JobId job, long nowMs) {
    reading.merge(job, 1, Integer::sum);
    keptSinceMs.put(job, nowMs);
  }

  void ends(JobId job, long nowMs) {
    Integer readers = reading.get(job);
    if (readers == null) {
      return; // It came too late to begin.
    }
    if (readers == 1) {
      reading.remove(job);
    } else {
      reading.put(job, readers - 1);
    }
    keptSinceMs.put(job, nowMs);
  }

  /** That the job is forgotten is durable. */
  void forgotten(JobId job, long nowMs, long clockAheadMs) {
    Oracle.check(!reading.containsKey(job), "T15: forgotten while it is read: " + job);
    long sinceMs = keptSinceMs.getOrDefault(job, startedAtMs);
    Oracle.check(
        nowMs + clockAheadMs - sinceMs >= retentionMs,
        "T15: forgotten " + (nowMs - sinceMs) + " ms after it was last read: " + job);
  }
}

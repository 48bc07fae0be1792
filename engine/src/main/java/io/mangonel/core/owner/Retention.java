package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.space.SpaceLimits;
import io.mangonel.core.task.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Ended jobs whose plan, log and result are still kept. The retention of a result counts from when
 * it was last read, and not while it is read (rule T15).
 */
final class Retention {
  private record Kept(long endChange, long sinceMs, long order, int readers) {}

  private final Limits limits;
  private final Map<JobId, Kept> jobs = new TreeMap<>();
  private long orders;

  /** No kept job ended, or was read, before this. */
  private long sinceMinMs = Long.MAX_VALUE;

  Retention(Limits limits) {
    this.limits = limits;
  }

  /**
   * @param endChange the change that ends it: it is not forgotten before that is durable
   */
  void keep(JobId job, long endChange, long nowMs) {
    jobs.put(job, new Kept(endChange, nowMs, orders++, 0));
    sinceMinMs = Math.min(sinceMinMs, nowMs);
  }

  /** It never was. */
  void drop(JobId job) {
    jobs.remove(job);
  }

  boolean keeps(JobId job) {
    return jobs.containsKey(job);
  }

  void readingBegins(JobId job, long nowMs) {
    jobs.computeIfPresent(
        job, (_, kept) -> new Kept(kept.endChange, nowMs, kept.order, kept.readers + 1));
  }

  void readingEnds(JobId job, long nowMs) {
    jobs.computeIfPresent(
        job,
        (_, kept) -> new Kept(kept.endChange, nowMs, kept.order, Math.max(0, kept.readers - 1)));
  }

  /**
   * Takes out the jobs whose time is over, and beyond a number of jobs the oldest.
   *
   * @param pressed whether space is short: both bounds are then a fraction of what they are
   */
  List<JobId> due(long durable, boolean pressed, long nowMs) {
    int divisor = pressed ? SpaceLimits.RETENTION_DIVISOR : 1;
    long keptMs = limits.retentionMs() / divisor;
    int over = jobs.size() - limits.endedJobsMax() / divisor;
    if (jobs.isEmpty() || (over <= 0 && nowMs - sinceMinMs < keptMs)) {
      return List.of(); // Asked at each tick: thousands of jobs are looked at when one may be due.
    }
    long orderMax = over <= 0 ? -1 : oldest(over);
    var due = new ArrayList<JobId>();
    jobs.forEach(
        (job, kept) -> {
          boolean old = nowMs - kept.sinceMs >= keptMs || kept.order <= orderMax;
          if (old && kept.readers == 0 && kept.endChange <= durable) {
            due.add(job);
          }
        });
    due.forEach(jobs::remove);
    sinceMinMs = jobs.values().stream().mapToLong(Kept::sinceMs).min().orElse(Long.MAX_VALUE);
    return due;
  }

  /** The order of the last of the {@code count} oldest. */
  private long oldest(int count) {
    return jobs.values().stream()
        .mapToLong(Kept::order)
        .sorted()
        .skip(count - 1L)
        .findFirst()
        .orElse(-1);
  }

  void encode(RecordWriter out) {
    out.number(orders);
    out.list(
        jobs.entrySet(),
        (o, entry) -> {
          Kept kept = entry.getValue();
          o.text(entry.getKey().value()).number(kept.endChange).number(kept.sinceMs);
          o.number(kept.order).number(kept.readers);
        });
  }
}

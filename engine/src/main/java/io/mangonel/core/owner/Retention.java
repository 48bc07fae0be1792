package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.space.SpaceLimits;
import io.mangonel.core.task.JobId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Ended jobs whose plan, log and result are still kept. The retention of a result counts from when
 * it was last read, and not while it is read (rule T15).
 */
final class Retention {
  private record Kept(JobId job, long endChange, long sinceMs, long order, int readers) {}

  private final Limits limits;
  private final Map<JobId, Kept> jobs = new TreeMap<>();

  // Asked at each tick, with thousands of jobs: only those that may be due are looked at.
  private final NavigableSet<Kept> byOrder = new TreeSet<>(Comparator.comparingLong(Kept::order));
  private final NavigableSet<Kept> byAge =
      new TreeSet<>(Comparator.comparingLong(Kept::sinceMs).thenComparingLong(Kept::order));
  private long orders;

  Retention(Limits limits) {
    this.limits = limits;
  }

  /**
   * @param endChange the change that ends it: it is not forgotten before that is durable
   */
  void keep(JobId job, long endChange, long nowMs) {
    put(new Kept(job, endChange, nowMs, orders++, 0));
  }

  /** It never was. */
  void drop(JobId job) {
    Kept kept = jobs.remove(job);
    if (kept != null) {
      byOrder.remove(kept);
      byAge.remove(kept);
    }
  }

  private void put(Kept kept) {
    drop(kept.job);
    jobs.put(kept.job, kept);
    byOrder.add(kept);
    byAge.add(kept);
  }

  boolean keeps(JobId job) {
    return jobs.containsKey(job);
  }

  void readingBegins(JobId job, long nowMs) {
    read(job, 1, nowMs);
  }

  void readingEnds(JobId job, long nowMs) {
    read(job, -1, nowMs);
  }

  private void read(JobId job, int readers, long nowMs) {
    Kept kept = jobs.get(job);
    if (kept != null) {
      put(new Kept(job, kept.endChange, nowMs, kept.order, Math.max(0, kept.readers + readers)));
    }
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
    var due = new TreeSet<JobId>();
    for (Kept kept : byOrder) {
      if (over-- <= 0) {
        break;
      }
      addIfFree(kept, durable, due);
    }
    for (Kept kept : byAge) {
      if (nowMs - kept.sinceMs < keptMs) {
        break;
      }
      addIfFree(kept, durable, due);
    }
    due.forEach(this::drop);
    return List.copyOf(due);
  }

  private static void addIfFree(Kept kept, long durable, Set<JobId> due) {
    if (kept.readers == 0 && kept.endChange <= durable) {
      due.add(kept.job);
    }
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

package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.space.SpaceLimits;
import io.mangonel.core.task.JobId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Ended jobs whose plan, log and result are still kept. The retention of a result counts from when
 * it was last read, and not while it is read (rule T15).
 */
final class Retention {
  private record Kept(long endChange, long sinceMs, long order, int readers) {}

  /** A kept job among those that ended or were read earlier and later. */
  private record Age(long sinceMs, JobId job) implements Comparable<Age> {
    private static final Comparator<Age> ORDER =
        Comparator.comparingLong(Age::sinceMs).thenComparing(Age::job);

    @Override
    public int compareTo(Age other) {
      return ORDER.compare(this, other);
    }
  }

  private final Limits limits;
  private final Map<JobId, Kept> jobs = new TreeMap<>();

  // Asked at each tick, with thousands of jobs: only those that may be due are looked at.
  private final NavigableMap<Long, JobId> byOrder = new TreeMap<>();
  private final NavigableSet<Age> byAge = new TreeSet<>();
  private long orders;

  Retention(Limits limits) {
    this.limits = limits;
  }

  /**
   * @param endChange the change that ends it: it is not forgotten before that is durable
   */
  void keep(JobId job, long endChange, long nowMs) {
    put(job, new Kept(endChange, nowMs, orders++, 0));
  }

  /** It never was. */
  void drop(JobId job) {
    Kept kept = jobs.remove(job);
    if (kept != null) {
      byOrder.remove(kept.order);
      byAge.remove(new Age(kept.sinceMs, job));
    }
  }

  private void put(JobId job, Kept kept) {
    drop(job);
    jobs.put(job, kept);
    byOrder.put(kept.order, job);
    byAge.add(new Age(kept.sinceMs, job));
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
      put(job, new Kept(kept.endChange, nowMs, kept.order, Math.max(0, kept.readers + readers)));
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
    for (JobId job : byOrder.values()) {
      if (over-- <= 0) {
        break;
      }
      addIfFree(job, durable, due);
    }
    for (Age age : byAge) {
      if (nowMs - age.sinceMs < keptMs) {
        break;
      }
      addIfFree(age.job, durable, due);
    }
    due.forEach(this::drop);
    return List.copyOf(due);
  }

  private void addIfFree(JobId job, long durable, Set<JobId> due) {
    Kept kept = jobs.get(job);
    if (kept != null && kept.readers == 0 && kept.endChange <= durable) {
      due.add(job);
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

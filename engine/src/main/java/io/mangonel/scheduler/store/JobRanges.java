package io.mangonel.scheduler.store;

import io.mangonel.core.task.JobId;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Entry;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the store has of some jobs, fetched by ranges from the first to the last of them: a dozen
 * reads, whatever their number, where each job alone would take as many (rule T4). What is between
 * them comes along.
 */
final class JobRanges implements StoreReads {
  /** One answer of etcd: it reads on to the end of a page, also beyond the last of the jobs. */
  private static final int PAGE = 100;

  private final Map<Keyspace, NavigableMap<String, Entry>> found = new EnumMap<>(Keyspace.class);

  private JobRanges() {}

  /** Of jobs that are claimed: all that tells how far they are. */
  static JobRanges of(StateBackend backend, Collection<JobId> jobs) {
    var ranges = headers(backend, jobs);
    ranges.fetch(backend, Keyspace.QUEUED_JOBS, Keys.REQUEST_PREFIX, jobs);
    ranges.fetch(backend, Keyspace.ACTIVE_JOBS, Keys.STAGES_PREFIX, jobs);
    ranges.fetch(backend, Keyspace.ACTIVE_JOBS, Keys.SNAPSHOT_PREFIX, jobs);
    ranges.fetch(backend, Keyspace.ACTIVE_JOBS, Keys.LOG_PREFIX, jobs);
    ranges.fetch(backend, Keyspace.CANCELS, "", jobs);
    return ranges;
  }

  /** Their headers alone. */
  static JobRanges headers(StateBackend backend, Collection<JobId> jobs) {
    var ranges = new JobRanges();
    // In this order: a header moves from the first to the second.
    ranges.fetch(backend, Keyspace.QUEUED_JOBS, Keys.HEADER_PREFIX, jobs);
    ranges.fetch(backend, Keyspace.ACTIVE_JOBS, Keys.HEADER_PREFIX, jobs);
    return ranges;
  }

  private void fetch(
      StateBackend backend, Keyspace keyspace, String prefix, Collection<JobId> jobs) {
    if (jobs.isEmpty()) {
      return;
    }
    NavigableMap<String, Entry> into = found.computeIfAbsent(keyspace, _ -> new TreeMap<>());
    String first = prefix + Collections.min(jobs);
    // What belongs to the last job begins with its id, and a slash or nothing.
    String last = prefix + Collections.max(jobs) + Character.MAX_VALUE;
    backend.get(keyspace, first).ifPresent(entry -> into.put(first, entry));
    String after = first;
    List<Entry> page;
    do {
      page = backend.scan(keyspace, prefix, after, PAGE);
      for (Entry entry : page) {
        if (entry.key().compareTo(last) <= 0) {
          into.put(entry.key(), entry);
        }
      }
      after = page.isEmpty() ? after : page.getLast().key();
    } while (page.size() == PAGE && after.compareTo(last) <= 0);
  }

  private NavigableMap<String, Entry> of(Keyspace keyspace) {
    return found.getOrDefault(keyspace, Collections.emptyNavigableMap());
  }

  @Override
  public Optional<Entry> get(Keyspace keyspace, String key) {
    return Optional.ofNullable(of(keyspace).get(key));
  }

  @Override
  public List<Entry> all(Keyspace keyspace, String prefix, String after) {
    String from = after.compareTo(prefix) > 0 ? after : prefix;
    return of(keyspace).tailMap(from, false).values().stream()
        .takeWhile(entry -> entry.key().startsWith(prefix))
        .toList();
  }
}

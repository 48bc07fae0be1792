package io.mangonel.scheduler.store;

import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateBackend.Page;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who has which job, and who is there.
 *
 * @param headers of jobs that have not ended
 * @param present schedulers that have a key, as they were when the headers had been read, or later:
 *     an owner that is not among them is gone
 * @param suspected those whose key was deleted by suspicion, not long ago
 */
public record Survey(
    Map<JobId, StoredState.Header> headers, Set<Incarnation> present, Set<Incarnation> suspected) {
  public static final Survey NOTHING = new Survey(Map.of(), Set.of(), Set.of());

  /** In the order in which they have to be read. */
  static final List<Page> PAGES =
      List.of(
          Page.first(Keyspace.QUEUED_JOBS, Keys.HEADER_PREFIX, StoredState.SCAN_LIMIT),
          Page.first(Keyspace.ACTIVE_JOBS, Keys.HEADER_PREFIX, StoredState.SCAN_LIMIT),
          Page.first(Keyspace.SCHEDULERS, "", StoredState.SCAN_LIMIT),
          Page.first(Keyspace.SUSPICIONS, "", StoredState.SCAN_LIMIT));

  public Survey {
    headers = Map.copyOf(headers);
    present = Set.copyOf(present);
    suspected = Set.copyOf(suspected);
  }

  /** The same, with more of those that are gone by suspicion. */
  public Survey withSuspected(Set<Incarnation> more) {
    if (suspected.containsAll(more)) {
      return this;
    }
    Set<Incarnation> all = new HashSet<>(suspected);
    all.addAll(more);
    return new Survey(headers, present, all);
  }

  static Survey of(StateBackend backend, StoredState stored) {
    List<List<Entry>> found = backend.scanAll(PAGES);
    if (found.stream().noneMatch(page -> page.size() == StoredState.SCAN_LIMIT)) {
      return of(found);
    }
    Map<JobId, StoredState.Header> headers = new HashMap<>();
    stored.headers().forEach(header -> headers.put(header.job(), header));
    var reads = new StoreReads.Direct(backend); // After all headers.
    return new Survey(
        headers,
        names(reads.all(Keyspace.SCHEDULERS, "", "")),
        names(reads.all(Keyspace.SUSPICIONS, "", "")));
  }

  /** Of the answers to {@link #PAGES}. */
  static Survey of(List<List<Entry>> found) {
    Map<JobId, StoredState.Header> headers = new HashMap<>();
    for (int i = 0; i < 2; i++) {
      Keyspace keyspace = PAGES.get(i).keyspace();
      found.get(i).stream()
          .flatMap(entry -> StoredState.readable(keyspace, entry).stream())
          .forEach(header -> headers.put(header.job(), header));
    }
    return new Survey(headers, names(found.get(2)), names(found.get(3)));
  }

  private static Set<Incarnation> names(List<Entry> entries) {
    return entries.stream().map(entry -> new Incarnation(entry.key())).collect(Collectors.toSet());
  }
}

package io.mangonel.scheduler.store;

import io.mangonel.core.task.JobId;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateBackend.Page;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the store has of some jobs, fetched by ranges from the first to the last of them: one
 * question, and some more where there is much, whatever the number of jobs (rule T4). What is
 * between them comes along.
 */
final class JobRanges implements StoreReads {
  /** It reads on to the end of a page, also beyond the last of the jobs. */
  private static final int PAGE = 100;

  /** A kind of entries, each of whose keys continues with the id of its job. */
  private record Kind(Keyspace keyspace, String prefix) {}

  /** In this order: a header moves from the first to the second. */
  private static final List<Kind> HEADERS =
      List.of(
          new Kind(Keyspace.QUEUED_JOBS, Keys.HEADER_PREFIX),
          new Kind(Keyspace.ACTIVE_JOBS, Keys.HEADER_PREFIX));

  private static final List<Kind> WHOLE =
      Stream.concat(
              HEADERS.stream(),
              Stream.of(
                  new Kind(Keyspace.QUEUED_JOBS, Keys.REQUEST_PREFIX),
                  new Kind(Keyspace.ACTIVE_JOBS, Keys.STAGES_PREFIX),
                  new Kind(Keyspace.ACTIVE_JOBS, Keys.SNAPSHOT_PREFIX),
                  new Kind(Keyspace.ACTIVE_JOBS, Keys.LOG_PREFIX),
                  new Kind(Keyspace.CANCELS, "")))
          .toList();

  private final Map<Keyspace, NavigableMap<String, Entry>> found = new EnumMap<>(Keyspace.class);

  private JobRanges(
      StateBackend backend,
      List<Kind> kinds,
      Collection<JobId> jobs,
      List<Page> pages,
      List<List<Entry>> answers) {
    for (int i = 0; i < pages.size(); i++) {
      // What belongs to the last job begins with its id, and a slash or nothing.
      String last = kinds.get(i).prefix + Collections.max(jobs) + Character.MAX_VALUE;
      take(backend, pages.get(i), answers.get(i), last);
    }
  }

  /** Of jobs that are claimed: all that tells how far they are. */
  static JobRanges of(StateBackend backend, Collection<JobId> jobs) {
    return of(backend, WHOLE, jobs);
  }

  /** Their headers alone. */
  static JobRanges headers(StateBackend backend, Collection<JobId> jobs) {
    return of(backend, HEADERS, jobs);
  }

  private static JobRanges of(StateBackend backend, List<Kind> kinds, Collection<JobId> jobs) {
    List<Page> pages = pages(kinds, jobs);
    return new JobRanges(backend, kinds, jobs, pages, backend.scanAll(pages));
  }

  /** What {@link #of} asks for first. */
  static List<Page> pages(Collection<JobId> jobs) {
    return pages(WHOLE, jobs);
  }

  /** As the other, when the answers to {@link #pages} are there; none for no answers. */
  static JobRanges of(StateBackend backend, Collection<JobId> jobs, List<List<Entry>> answers) {
    return answers.isEmpty()
        ? of(backend, jobs)
        : new JobRanges(backend, WHOLE, jobs, pages(jobs), answers);
  }

  private static List<Page> pages(List<Kind> kinds, Collection<JobId> jobs) {
    if (jobs.isEmpty()) {
      return List.of();
    }
    String first = Collections.min(jobs).value();
    String last = Collections.max(jobs).value();
    return kinds.stream()
        .map(
            kind ->
                new Page(
                    kind.keyspace,
                    kind.prefix + common(first, last),
                    before(kind.prefix + first),
                    PAGE))
        .toList();
  }

  private static String common(String first, String last) {
    int length = 0;
    while (length < Math.min(first.length(), last.length())
        && first.charAt(length) == last.charAt(length)) {
      length++;
    }
    return first.substring(0, length);
  }

  /** A key after which {@code key} comes before any other that begins as ours do. */
  private static String before(String key) {
    int end = key.length() - 1;
    return key.substring(0, end) + (char) (key.charAt(end) - 1) + Character.MAX_VALUE;
  }

  private void take(StateBackend backend, Page first, List<Entry> answer, String last) {
    NavigableMap<String, Entry> into =
        found.computeIfAbsent(first.keyspace(), _ -> new TreeMap<>());
    List<Entry> page = answer;
    while (true) {
      for (Entry entry : page) {
        if (entry.key().compareTo(last) <= 0) {
          into.put(entry.key(), entry);
        }
      }
      if (page.size() < PAGE || page.getLast().key().compareTo(last) > 0) {
        return;
      }
      page = backend.scan(first.keyspace(), first.prefix(), page.getLast().key(), PAGE);
    }
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

package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.space.StoreSpace;
import io.mangonel.core.task.JobId;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which planned jobs may run. At most so many do; the others wait, and when one ends, whoever asked
 * (a principal, in a session) and has the fewest running is next, with the oldest of what they
 * asked for. Small jobs never wait and do not count.
 */
final class Admission {
  /** A job in line. */
  private record Place(long order, JobId job) implements Comparable<Place> {
    private static final Comparator<Place> ORDER =
        Comparator.comparingLong(Place::order).thenComparing(Place::job);

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }
  }

  private final Limits limits;
  private final StoreSpace space = new StoreSpace();
  private final Map<JobId, String> running = new TreeMap<>(); // Who asked for each.
  private final Map<String, Integer> runningOf = new TreeMap<>();
  private final Map<String, TreeSet<Place>> waitingOf = new TreeMap<>();
  private final Map<JobId, Place> waiting = new TreeMap<>();

  Admission(Limits limits) {
    this.limits = limits;
  }

  /** Of the store: what is short of it takes no new jobs. */
  StoreSpace space() {
    return space;
  }

  private static String asker(JobRequest request) {
    return request.principal() + '\0' + request.session();
  }

  /** A job has its plan: it runs, or it waits. One that has begun to run goes on. */
  void enter(Job job, boolean begun) {
    if (job.small || running.containsKey(job.id) || waiting.containsKey(job.id)) {
      return;
    }
    if (begun || running.size() < limits.runningJobsMax()) {
      run(job.id, asker(job.request));
    } else {
      var place = new Place(job.order, job.id);
      waiting.put(job.id, place);
      waitingOf.computeIfAbsent(asker(job.request), _ -> new TreeSet<>()).add(place);
    }
  }

  private void run(JobId job, String asker) {
    running.put(job, asker);
    runningOf.merge(asker, 1, Integer::sum);
  }

  boolean waits(JobId job) {
    return waiting.containsKey(job);
  }

  /** Whether another job that is not small would find no place in line. */
  boolean full() {
    return running.size() >= limits.runningJobsMax() && waiting.size() >= limits.queuedJobsMax();
  }

  /** The job has ended, or never was. Returns the one that may run instead. */
  Optional<JobId> leave(Job job) {
    Place place = waiting.remove(job.id);
    if (place != null) {
      remove(place, asker(job.request));
    }
    String asker = running.remove(job.id);
    if (asker != null) {
      runningOf.computeIfPresent(asker, (_, count) -> count == 1 ? null : count - 1);
    }
    return running.size() < limits.runningJobsMax() ? next() : Optional.empty();
  }

  private void remove(Place place, String asker) {
    TreeSet<Place> places = waitingOf.get(asker);
    if (places != null) {
      places.remove(place);
      if (places.isEmpty()) {
        waitingOf.remove(asker);
      }
    }
  }

  private Optional<JobId> next() {
    Comparator<Map.Entry<String, TreeSet<Place>>> fewestRunning =
        Comparator.comparingInt(entry -> runningOf.getOrDefault(entry.getKey(), 0));
    var first =
        waitingOf.entrySet().stream()
            .min(fewestRunning.thenComparing(entry -> entry.getValue().first()));
    if (first.isEmpty()) {
      return Optional.empty();
    }
    Place place = first.get().getValue().first();
    waiting.remove(place.job);
    String asker = first.get().getKey();
    remove(place, asker);
    run(place.job, asker);
    return Optional.of(place.job);
  }

  void encode(RecordWriter out) {
    out.list(running.keySet(), (o, job) -> o.text(job.value()));
    out.list(waiting.keySet(), (o, job) -> o.text(job.value()));
    space.encode(out);
  }
}

package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The jobs of this scheduler. Reservations in, assignments out; statuses in, changed jobs out.
 * Every change of a graph goes to the committer here.
 */
final class TaskManager {
  /** A reservation and the task that got it. */
  record Assignment(ExecutorReservation reservation, TaskLaunch launch) {}

  /**
   * @param left reservations that no task wants
   */
  record Assignments(List<Assignment> assigned, List<ExecutorReservation> left) {}

  /** A job's place in the fair order. */
  record Place(int runningTasks, long order, JobId job) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byTasks = Integer.compare(runningTasks, other.runningTasks);
      return byTasks != 0 ? byTasks : Long.compare(order, other.order); // Of one job only.
    }
  }

  private final Incarnation self;
  private final Committer committer;
  private final Admission admission;
  private final Map<JobId, Job> jobs = new TreeMap<>();
  private final TreeSet<Place> fairOrder = new TreeSet<>(); // Jobs with a task to launch.
  private final TreeSet<Place> smallOrder = new TreeSet<>(); // Those that may use a lane.
  private final TreeSet<JobId> open = new TreeSet<>(); // Jobs that have not ended.
  private final Map<String, Integer> openOf = new TreeMap<>(); // How many, by fingerprint.
  private int demand;
  private final Map<String, JobId> submits = new TreeMap<>(); // By principal and idempotency key.
  private long submitted;

  TaskManager(Incarnation self, Committer committer, Admission admission) {
    this.self = self;
    this.committer = committer;
    this.admission = admission;
  }

  /** A new job, last in order of submission; the id must be fresh. */
  Job add(JobId id, long epoch, JobRequest request) {
    var job = new Job(id, submitted++, epoch, request);
    jobs.put(id, job);
    open.add(id);
    openOf.merge(request.fingerprint(), 1, Integer::sum);
    submitKey(request).ifPresent(key -> submits.put(key, id));
    return job;
  }

  private static Optional<String> submitKey(JobRequest request) {
    return request.idempotencyKey().isEmpty()
        ? Optional.empty()
        : Optional.of(request.principal() + '\0' + request.idempotencyKey());
  }

  /** The job that the same principal asked for under the same idempotency key. */
  Optional<Job> submitted(JobRequest request) {
    return submitKey(request).map(submits::get).flatMap(this::find);
  }

  Optional<Job> find(JobId id) {
    return Optional.ofNullable(jobs.get(id));
  }

  Collection<Job> all() {
    return jobs.values();
  }

  /** Jobs that have not ended. */
  List<Job> open() {
    return open.stream().map(jobs::get).toList();
  }

  int openCount() {
    return open.size();
  }

  /** The engine versions that they were planned for. */
  Set<String> openFingerprints() {
    return openOf.keySet();
  }

  /** Its retention is over. */
  void forget(Job job) {
    jobs.remove(job.id);
    submitKey(job.request).ifPresent(key -> submits.remove(key, job.id));
  }

  /** It never was. */
  void drop(Job job) {
    job.end = new TerminalRecord.Cancelled("not created", 0);
    refresh(job);
    forget(job);
  }

  /** Tasks that could be launched now. */
  int demand() {
    return demand;
  }

  /** Whether a task waits that a lane may run. */
  boolean wantsLane() {
    return !smallOrder.isEmpty();
  }

  /** To be called after anything that decides what a job can launch. */
  void refresh(Job job) {
    place(job);
    if (job.ended() && open.remove(job.id)) {
      openOf.computeIfPresent(job.request.fingerprint(), (_, n) -> n == 1 ? null : n - 1);
      admission.leave(job).flatMap(this::find).ifPresent(this::place);
    }
  }

  private void place(Job job) {
    Place before = job.place;
    if (before != null) {
      fairOrder.remove(before);
      smallOrder.remove(before);
      job.place = null;
    }
    int now = launchable(job) && job.graph != null ? job.graph.pendingTasks() : 0;
    demand += now - job.demand;
    job.demand = now;
    if (now > 0 && job.graph != null) {
      var place = new Place(job.graph.runningTasks(), job.order, job.id);
      job.place = place;
      fairOrder.add(place);
      if (job.small) {
        smallOrder.add(place);
      }
    }
  }

  /** Not before its turn, and a new owner first hears what runs already. */
  private boolean launchable(Job job) {
    return !job.ended() && !job.adopting() && !admission.waits(job.id) && epochHolds(job);
  }

  /** Rule D4, and its exception for jobs that only read (rule D12). */
  private boolean epochHolds(Job job) {
    return job.light || committer.durable() >= job.epochChange;
  }

  /**
   * A reservation tied to a job tries that job first; then it is free. A free one tries the jobs
   * touched in this call, then all in fair order: fewest running tasks first. One of a lane is for
   * small jobs only.
   *
   * @param fingerprintOf the engine version of an executor
   */
  Assignments fillReservations(
      List<ExecutorReservation> reservations,
      Function<ExecutorId, String> fingerprintOf,
      long nowMs) {
    var assigned = new ArrayList<Assignment>();
    var left = new ArrayList<ExecutorReservation>();
    var touched = new ArrayList<Job>();
    for (ExecutorReservation reservation : reservations) {
      var launch = fill(reservation, touched, fingerprintOf.apply(reservation.executor()), nowMs);
      launch.ifPresentOrElse(
          task -> assigned.add(new Assignment(reservation, task)), () -> left.add(reservation));
    }
    return new Assignments(assigned, left);
  }

  private Optional<TaskLaunch> fill(
      ExecutorReservation reservation, List<Job> touched, String fingerprint, long nowMs) {
    var first = new ArrayList<Job>();
    reservation.job().flatMap(this::find).ifPresent(first::add);
    first.addAll(touched);
    for (Job job : first) {
      var launch = launch(job, reservation, fingerprint, nowMs);
      if (launch.isPresent()) {
        return touch(job, touched, launch);
      }
    }
    for (Place place : reservation.lane() ? smallOrder : fairOrder) {
      var job = find(place.job).orElseThrow();
      var launch = launch(job, reservation, fingerprint, nowMs);
      if (launch.isPresent()) { // It has moved in the order: no further step of this loop.
        return touch(job, touched, launch);
      }
    }
    return Optional.empty();
  }

  private static Optional<TaskLaunch> touch(
      Job job, List<Job> touched, Optional<TaskLaunch> launch) {
    if (!touched.contains(job)) {
      touched.add(job);
    }
    return launch;
  }

  private Optional<TaskLaunch> launch(
      Job job, ExecutorReservation reservation, String fingerprint, long nowMs) {
    ExecutionGraph graph = job.graph;
    if (graph == null || !launchable(job) || !job.request.fingerprint().equals(fingerprint)) {
      return Optional.empty();
    }
    if (reservation.lane() && !job.small) {
      return Optional.empty();
    }
    var launched =
        graph.launchNext(reservation.executor(), reservation.incarnation(), job.epoch, self);
    if (launched.isEmpty()) {
      return Optional.empty();
    }
    record(job, List.of(launched.get()), nowMs);
    job.holders.put(reservation.executor(), reservation.incarnation());
    TaskAttemptId id = launched.get().id();
    return Optional.of(
        new TaskLaunch(id, reservation.id(), job.epoch, graph.inputs(id.stage(), id.partition())));
  }

  /**
   * Applies each status on its own; what is stale or unknown changes nothing.
   *
   * @param bytesMax a success whose record is larger counts as a failure
   * @return the jobs that changed
   */
  List<Job> updateTaskStatuses(List<TaskStatus> statuses, int bytesMax, long nowMs) {
    var changed = new ArrayList<Job>();
    for (TaskStatus status : statuses) {
      find(status.id().job())
          .filter(job -> changed(job, graph -> graph.update(bounded(status, bytesMax)), nowMs))
          .ifPresent(changed::add);
    }
    return changed;
  }

  private static TaskStatus bounded(TaskStatus status, int bytesMax) {
    if (status.outcome() instanceof TaskOutcome.Succeeded(var output)) {
      int bytes = Committer.sizeOf(new GraphTransition.TaskSucceeded(status.id(), output));
      if (bytes > bytesMax) {
        var failure = new Failure.ResourceExhausted("its report has " + bytes + " bytes");
        return new TaskStatus(
            status.id(),
            status.executor(),
            status.incarnation(),
            status.inputs(),
            new TaskOutcome.Failed(failure));
      }
    }
    return status;
  }

  /** Lets {@code change} act on the job's graph, if it has one and has not ended. */
  boolean changed(Job job, Function<ExecutionGraph, List<GraphTransition>> change, long nowMs) {
    if (job.ended() || job.graph == null) {
      return false;
    }
    var transitions = change.apply(job.graph);
    record(job, transitions, nowMs);
    return !transitions.isEmpty();
  }

  private void record(Job job, List<? extends GraphTransition> transitions, long nowMs) {
    transitions.forEach(transition -> committer.add(job, transition, nowMs));
    if (!transitions.isEmpty()) {
      refresh(job);
    }
  }

  void encode(RecordWriter out) {
    out.number(submitted);
    out.list(jobs.values(), (o, job) -> job.encode(o));
  }
}

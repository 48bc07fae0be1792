package io.mangonel.core.owner;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.graph.ExecutorId;
import io.mangonel.core.graph.ExecutorReservation;
import io.mangonel.core.graph.Failure;
import io.mangonel.core.graph.Incarnation;
import io.mangonel.core.graph.JobId;
import io.mangonel.core.graph.TaskAttemptId;
import io.mangonel.core.graph.TaskLaunch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * One scheduler as a state machine: events in, {@link Ready} out. Confined to the event loop's
 * thread; no IO, clock or randomness, so that a run is a function of its events and can be
 * replayed.
 *
 * <p>The shell's loop: take up to N events, {@code step} each, then {@code ready()} once; send the
 * commit, perform the effects, enqueue every outcome as an event. Times are milliseconds since 1970
 * by a clock that never goes back within the process (start time plus monotonic time).
 *
 * <p>Start-up: write this scheduler's key with count 0 and a new incarnation, read its creation
 * revision, make a core, step an {@code ExecutorLoaded} for each registration and a {@code
 * JobLoaded} for each queued and active job, and then everything else.
 */
public final class SchedulerCore {
  private final Incarnation self;
  private final Limits limits;
  private final Committer committer;
  private final TaskManager tasks;
  private final ExecutorManager executors;
  private final Takeover takeover;
  private final List<Effect> effects = new ArrayList<>();
  private final Deque<JobId> endedJobs = new ArrayDeque<>();

  /** Jobs whose epoch is not durable yet. */
  private final TreeSet<JobId> awaitingEpoch = new TreeSet<>();

  private long steppedAtMs;
  private long tickedAtMs;
  private boolean fencedTold;

  /**
   * @param self this scheduler's incarnation
   * @param fenceRevision creation revision of its key, whose count is 0
   */
  public SchedulerCore(Incarnation self, long fenceRevision, Limits limits) {
    this.self = self;
    this.limits = limits;
    this.committer = new Committer(fenceRevision, limits);
    this.tasks = new TaskManager(self, committer);
    this.executors = new ExecutorManager(limits);
    this.takeover = new Takeover(tasks, executors, limits);
  }

  /**
   * Takes an event. A fenced core ignores all.
   *
   * @param nowMs not before that of the step before
   */
  public void step(Event event, long nowMs) {
    if (nowMs < steppedAtMs) {
      throw new IllegalArgumentException("time went back from " + steppedAtMs + " to " + nowMs);
    }
    steppedAtMs = nowMs;
    if (committer.fenced()) {
      return;
    }
    switch (event) {
      case Event.JobQueued(var id, var request) -> queue(id, request);
      case Event.JobSubmitted(var id, var plan) -> planning(id).ifPresent(job -> submit(job, plan));
      case Event.PlanningFailed(var id, var message, boolean retryable) ->
          planning(id)
              .ifPresent(job -> end(job, new TerminalRecord.Failed(message, retryable, nowMs)));
      case Event.CancelRequested(var id, var reason) ->
          open(id).ifPresent(job -> end(job, new TerminalRecord.Cancelled(reason, nowMs)));
      case Event.RowsSent(var id) ->
          open(id).ifPresent(job -> tasks.changed(job, ExecutionGraph::markRowsSent, nowMs));
      case Event.ExecutorRegistered(var info, var outputs) -> register(info, outputs);
      case Event.Heartbeat heartbeat -> heartbeat(heartbeat);
      case Event.ExecutorLost(var id, var incarnation, var reason) -> lose(id, incarnation, reason);
      case Event.Offer(var id, var run, var reservations) ->
          ifKnown(id, run, () -> offered(id, reservations));
      case Event.SlotsReserved(var id, var run, long request, var granted, int waiting) ->
          ifKnown(id, run, () -> reserved(id, request, granted, waiting));
      case Event.SlotsUnanswered(var id, var run, long request) ->
          ifKnown(id, run, () -> executors.slotsUnanswered(id, request, nowMs));
      case Event.LaunchAnswered(var id, var run, var answers) ->
          ifKnown(id, run, () -> answers.forEach(answer -> launchAnswered(id, answer)));
      case Event.LaunchUnanswered _ -> {} // The next tick after its time repeats it.
      case Event.TaskUpdates updates ->
          ifKnown(updates.executor(), updates.incarnation(), () -> update(updates));
      case Event.JobsAdopted adopted -> takeover.adopted(adopted, nowMs).forEach(this::settle);
      case Event.CommitAnswered(long count, var outcome) -> {
        committer.answered(count, outcome, nowMs);
        epochsDurable();
      }
      case Event.FenceRead(long createRevision, long count) -> {
        committer.fenceRead(createRevision, count);
        epochsDurable();
      }
      case Event.FenceUnreadable() -> committer.fenceUnreadable(nowMs);
      case Event.JobLoaded(var stored) -> load(stored);
      case Event.ExecutorLoaded(var info) -> executors.register(info, nowMs);
      case Event.Tick() -> tick();
    }
  }

  /** Drains what the steps since the last call decided. */
  public Ready ready() {
    if (committer.fenced()) {
      effects.clear();
      if (!fencedTold) {
        effects.add(new Effect.Fenced(self + " lost its key in the store"));
        fencedTold = true;
      }
      return new Ready(null, effects);
    }
    reconcile();
    Commit commit = committer.nextCommit().orElse(null);
    effects.addAll(committer.release());
    effects.addAll(executors.takeEffects());
    if (committer.takeReadFence()) {
      effects.add(new Effect.ReadFence());
    }
    var ready = new Ready(commit, effects);
    effects.clear();
    return ready;
  }

  /** Finds what no event has caused. */
  private void reconcile() {
    if (!committer.mayLaunch(steppedAtMs)) {
      return;
    }
    if (tasks.demand() > 0) {
      executors.reserveSlots(tasks.demand(), steppedAtMs);
    } else {
      executors.stopWaiting(steppedAtMs);
    }
  }

  // Jobs.

  private void queue(JobId id, JobRequest request) {
    if (tasks.find(id).isPresent()) {
      return;
    }
    if (tasks.openCount() >= limits.jobsMax()) {
      effects.add(new Effect.JobRefused(id, "too many jobs: " + limits.jobsMax(), true));
    } else if (committer.full()) {
      effects.add(new Effect.JobRefused(id, "the state store is full", true));
    } else if (RecordCodec.encodeRequest(request).length() > limits.requestBytesMax()) {
      effects.add(
          new Effect.JobRefused(
              id, "the statement is larger than " + limits.requestBytesMax() + " bytes", false));
    } else {
      Job job = tasks.add(id, 1, request);
      madeEpoch(job, committer.add(new Change.JobCreated(id, 1, request), steppedAtMs));
      committer.afterCommit(new Effect.JobAccepted(id));
      effects.add(new Effect.PlanJob(id, request));
    }
  }

  private void madeEpoch(Job job, long change) {
    job.epochChange = change;
    awaitingEpoch.add(job.id);
    tasks.refresh(job);
  }

  private void epochsDurable() {
    for (JobId id : List.copyOf(awaitingEpoch)) {
      var job = tasks.find(id);
      if (job.isEmpty() || job.get().epochChange <= committer.durable()) {
        awaitingEpoch.remove(id);
        job.ifPresent(tasks::refresh);
        job.ifPresent(claimed -> takeover.claimed(claimed, steppedAtMs));
      }
    }
  }

  /** The job, if it still waits for its plan. */
  private Optional<Job> planning(JobId id) {
    return open(id).filter(job -> job.graph == null);
  }

  private Optional<Job> open(JobId id) {
    return tasks.find(id).filter(job -> !job.ended());
  }

  private void submit(Job job, JobPlan plan) {
    int chunks = 0;
    for (Bytes chunk : plan.chunks(limits.planChunkBytes())) {
      committer.add(new Change.PlanChunkWritten(job.id, chunks++, chunk), steppedAtMs);
    }
    committer.add(new Change.PlanWritten(job.id, job.epoch, plan.stages(), chunks), steppedAtMs);
    job.planEpoch = job.epoch;
    job.graph =
        new ExecutionGraph(job.id, plan.stages(), limits.attemptsMax(), limits.stageAttemptsMax());
    tasks.refresh(job);
  }

  private void load(StoredJob stored) {
    Job job = tasks.add(stored.job(), stored.epoch() + 1, stored.request());
    long change = committer.add(new Change.JobClaimed(job.id, job.epoch), steppedAtMs);
    if (stored.plan() == null) {
      madeEpoch(job, change);
      effects.add(new Effect.PlanJob(job.id, job.request));
      return;
    }
    takeover.restore(job, stored);
    madeEpoch(job, change);
    settle(job);
  }

  /** After a change of its graph: gives up what is obsolete, and ends it when it is over. */
  private void settle(Job job) {
    ExecutionGraph graph = job.graph;
    if (graph == null || job.ended()) {
      return;
    }
    cancel(job, graph.takeObsolete());
    var failure = graph.failure();
    if (failure.isPresent()) {
      var failed = failure.get();
      end(job, new TerminalRecord.Failed(failed.message(), failed.retryable(), steppedAtMs));
    } else if (graph.finished()) {
      var parts =
          graph.result().stream()
              .map(won -> new TerminalRecord.ResultPart(won.id(), won.executor(), won.output()))
              .toList();
      end(job, new TerminalRecord.Finished(parts, steppedAtMs));
    } else if (job.logLength() >= limits.snapshotEvery()) {
      Bytes snapshot = graph.encode();
      if (snapshot.length() <= limits.snapshotBytesMax()) {
        int deletesMax = limits.commitOperationsMax() - 3;
        committer.add(job.snapshot(snapshot, deletesMax), steppedAtMs);
      }
    }
  }

  private void end(Job job, TerminalRecord record) {
    if (job.graph == null) {
      effects.add(new Effect.StopPlanning(job.id));
    }
    job.end = record;
    job.endChange = committer.add(new Change.JobEnded(job.id, job.epoch, record), steppedAtMs);
    tasks.refresh(job);
    endedJobs.add(job.id);
    if (job.graph != null) {
      cancel(job, job.graph.running());
    }
    switch (record) {
      case TerminalRecord.Finished finished ->
          committer.afterCommit(new Effect.JobFinished(job.id, finished));
      case TerminalRecord.Failed failed -> {
        committer.afterCommit(new Effect.JobFailed(job.id, failed));
        removeData(job);
      }
      case TerminalRecord.Cancelled cancelled -> {
        committer.afterCommit(new Effect.JobCancelled(job.id, cancelled));
        removeData(job);
      }
    }
  }

  /** Attempts that nobody waits for any more; stopped after the commit that says so. */
  private void cancel(Job job, List<ExecutionGraph.RunningTask> attempts) {
    executors.giveUp(job, attempts).forEach(committer::afterCommit);
  }

  private void removeData(Job job) {
    executors.dataOf(job).forEach(committer::afterCommit);
  }

  private void forgetEnded() {
    while (!endedJobs.isEmpty()) {
      Job job = tasks.find(endedJobs.element()).orElseThrow();
      TerminalRecord end = Objects.requireNonNull(job.end);
      boolean due =
          endedJobs.size() > limits.endedJobsMax()
              || steppedAtMs - end.endedAtMs() >= limits.retentionMs();
      if (!due || committer.durable() < job.endChange) {
        return;
      }
      endedJobs.remove();
      committer.add(new Change.JobForgotten(job.id), steppedAtMs);
      removeData(job);
      tasks.forget(job);
    }
  }

  // Executors.

  private void register(ExecutorInfo info, List<TaskAttemptId> outputs) {
    var before = executors.register(info, steppedAtMs);
    if (before.isPresent() && !before.get().incarnation().equals(info.incarnation())) {
      gone(info.id(), before.get().incarnation(), outputs, "executor " + info.id() + " restarted");
    }
    if (before.isEmpty() || !before.get().equals(info)) {
      committer.add(new Change.ExecutorWritten(info), steppedAtMs);
    }
    committer.afterCommit(new Effect.ExecutorAccepted(info.id(), info.incarnation()));
    takeover.registered(info.id(), steppedAtMs);
  }

  private void heartbeat(Event.Heartbeat heartbeat) {
    ExecutorId id = heartbeat.executor();
    if (!executors.knows(id, heartbeat.incarnation())) {
      effects.add(new Effect.AskToRegister(id, heartbeat.incarnation()));
      return;
    }
    executors.heard(id, heartbeat.attempts(), steppedAtMs);
    for (TaskAttemptId attempt : heartbeat.attempts()) {
      tasks
          .find(attempt.job())
          .filter(job -> !job.adopting() && !job.wants(attempt))
          .ifPresent(
              job -> {
                var running = new ExecutionGraph.RunningTask(attempt, id, heartbeat.incarnation());
                cancel(job, List.of(running));
              });
    }
  }

  private void lose(ExecutorId id, Incarnation incarnation, String reason) {
    if (executors.remove(id, incarnation)) {
      gone(id, incarnation, List.of(), reason);
      committer.add(new Change.ExecutorDeleted(id), steppedAtMs);
      takeover.lost(id, steppedAtMs).forEach(this::settle);
    }
  }

  /** What ran there is lost, and what it made except {@code kept}. */
  private void gone(
      ExecutorId id, Incarnation incarnation, List<TaskAttemptId> kept, String reason) {
    for (Job job : tasks.open()) {
      if (tasks.changed(
          job, graph -> graph.executorGone(id, incarnation, kept, reason), steppedAtMs)) {
        settle(job);
      }
    }
  }

  /** What another incarnation says is ignored. */
  private void ifKnown(ExecutorId id, Incarnation incarnation, Runnable action) {
    if (executors.knows(id, incarnation)) {
      action.run();
    }
  }

  private void offered(ExecutorId id, List<ExecutorReservation> reservations) {
    executors.slotsOffered(id, reservations.size());
    fill(reservations);
  }

  private void reserved(
      ExecutorId id, long request, List<ExecutorReservation> granted, int waiting) {
    executors.slotsAnswered(id, request, waiting);
    fill(granted);
  }

  private void fill(List<ExecutorReservation> reservations) {
    var usable = new ArrayList<ExecutorReservation>();
    var unusable = new ArrayList<ExecutorReservation>();
    boolean mayLaunch = committer.mayLaunch(steppedAtMs);
    for (var reservation : reservations) {
      boolean use = mayLaunch && executors.alive(reservation.executor(), steppedAtMs);
      (use ? usable : unusable).add(reservation);
    }
    var filled = tasks.fillReservations(usable, executors::fingerprint, steppedAtMs);
    executors.launch(filled.assigned(), steppedAtMs);
    unusable.addAll(filled.left());
    executors.cancelReservations(unusable);
  }

  private void launchAnswered(ExecutorId id, TaskLaunch.Answer answer) {
    switch (answer) {
      case TaskLaunch.Answer.Accepted(var attempt) ->
          executors.launchAccepted(id, attempt, steppedAtMs);
      case TaskLaunch.Answer.Rejected(var attempt, _, var message) ->
          notLaunched(id, attempt, message);
      case TaskLaunch.Answer.StaleEpoch(var attempt, long highest) -> {
        notLaunched(id, attempt, "a higher epoch was seen: " + highest);
        tasks
            .find(attempt.job())
            .filter(job -> !job.ended() && job.epoch <= highest)
            .ifPresent(job -> claimAbove(job, highest));
      }
    }
  }

  /** The store came back from a backup (rule D11). That it is ours, the commit proves. */
  private void claimAbove(Job job, long highest) {
    job.epoch = highest + 1;
    madeEpoch(job, committer.add(new Change.JobClaimed(job.id, job.epoch), steppedAtMs));
  }

  private void notLaunched(ExecutorId id, TaskAttemptId attempt, String message) {
    if (executors.awaitsLaunchAnswer(id, attempt)) {
      attemptFailed(attempt, id, new Failure.LaunchRejected(message));
    }
  }

  private void attemptFailed(TaskAttemptId attempt, ExecutorId id, Failure failure) {
    executors.forget(id, attempt);
    tasks
        .find(attempt.job())
        .filter(job -> tasks.changed(job, graph -> graph.failed(attempt, failure), steppedAtMs))
        .ifPresent(this::settle);
  }

  private void update(Event.TaskUpdates updates) {
    // A job that still hears inventories takes no status: it would not know what to make of it.
    var statuses =
        updates.updates().stream()
            .map(Event.TaskUpdate::status)
            .filter(status -> tasks.find(status.id().job()).filter(Job::adopting).isEmpty())
            .toList();
    statuses.forEach(status -> executors.forget(updates.executor(), status.id()));
    var changed = tasks.updateTaskStatuses(statuses, limits.transitionBytesMax(), steppedAtMs);
    changed.forEach(this::settle);
    committer.afterCommit(
        new Effect.AcknowledgeStatuses(
            updates.executor(),
            updates.incarnation(),
            statuses.stream().map(status -> status.id()).toList()));
    fill(
        updates.updates().stream()
            .flatMap(update -> Optional.ofNullable(update.followUp()).stream())
            .toList());
  }

  // Time.

  private void tick() {
    long gap = tickedAtMs == 0 ? 0 : steppedAtMs - tickedAtMs;
    tickedAtMs = steppedAtMs;
    if (gap > limits.tickGapMs()) {
      executors.shiftDeadlines(gap);
    }
    committer.tick(steppedAtMs);
    var findings = executors.tick(steppedAtMs);
    for (ExecutorInfo info : findings.lost()) {
      lose(info.id(), info.incarnation(), "executor " + info.id() + " is silent");
    }
    var lost = new Failure.ExecutorLost("its executor lost it");
    findings.missing().forEach(found -> attemptFailed(found.id(), found.executor(), lost));
    var unanswered = new Failure.LaunchRejected("no answer to its launch");
    findings
        .unlaunchable()
        .forEach(found -> attemptFailed(found.id(), found.executor(), unanswered));
    takeover.tick(steppedAtMs).forEach(this::settle);
    forgetEnded();
  }

  // Views.

  public Incarnation self() {
    return self;
  }

  /** A job that has not ended, or that ended within its retention. */
  public Optional<JobView> job(JobId job) {
    return tasks.find(job).map(found -> found.view(committer.durable()));
  }

  /** Every job of {@link #job}, in order of submission. */
  public List<JobView> jobs() {
    return tasks.all().stream()
        .sorted(Comparator.comparingLong(job -> job.order))
        .map(job -> job.view(committer.durable()))
        .toList();
  }

  public List<ExecutorInfo.View> executors() {
    return executors.views(steppedAtMs);
  }

  /** All state, canonically: equal states give equal bytes. For comparing and hashing only. */
  public Bytes encode() {
    var out = new RecordWriter().text(self.value()).number(tickedAtMs).flag(fencedTold);
    committer.encode(out);
    tasks.encode(out);
    executors.encode(out);
    out.list(endedJobs, (o, id) -> o.text(id.value()));
    out.list(awaitingEpoch, (o, id) -> o.text(id.value()));
    return out.toBytes();
  }
}

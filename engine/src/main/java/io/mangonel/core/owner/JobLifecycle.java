package io.mangonel.core.owner;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.JobPlan;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.RecordCodec;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.record.SubmitHolder;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Jobs from their submit or claim to the end of their retention: what begins and ends them. */
final class JobLifecycle {
  private final Limits limits;
  private final Committer committer;
  private final TaskManager tasks;
  private final Admission admission;
  private final ExecutorManager executors;
  private final Takeover takeover;
  private final List<Effect> effects;
  private final Retention retention;

  /** The last epoch of ended jobs of schedulers before this one. */
  private final Map<JobId, Long> endedBefore = new TreeMap<>();

  /** Jobs whose epoch is not durable yet, by the change that makes it. */
  private final TreeSet<EpochMade> awaitingEpoch = new TreeSet<>();

  /** When open jobs run out of time, the next one first. */
  private final TreeSet<Deadline> deadlines = new TreeSet<>();

  /** Whether a job lacked an executor at the last tick. */
  private boolean unserved;

  /** Many that begin to publish may wait for one change. */
  private record EpochMade(long change, JobId job) implements Comparable<EpochMade> {
    private static final Comparator<EpochMade> ORDER =
        Comparator.comparingLong(EpochMade::change).thenComparing(EpochMade::job);

    @Override
    public int compareTo(EpochMade other) {
      return ORDER.compare(this, other);
    }
  }

  private record Deadline(long atMs, JobId job) implements Comparable<Deadline> {
    private static final Comparator<Deadline> ORDER =
        Comparator.comparingLong(Deadline::atMs).thenComparing(Deadline::job);

    @Override
    public int compareTo(Deadline other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * @param effects takes what need not wait for a commit
   */
  JobLifecycle(
      Limits limits,
      Committer committer,
      TaskManager tasks,
      Admission admission,
      ExecutorManager executors,
      Takeover takeover,
      List<Effect> effects) {
    this.limits = limits;
    this.committer = committer;
    this.tasks = tasks;
    this.admission = admission;
    this.executors = executors;
    this.takeover = takeover;
    this.effects = effects;
    this.retention = new Retention(limits);
  }

  /** A client's submit: taken, or refused at once. */
  void queue(Event.JobQueued queued, long nowMs) {
    JobId id = queued.job();
    JobRequest request = queued.request();
    JobPlan plan = queued.plan();
    if (tasks.find(id).isPresent()) {
      return;
    }
    var before = tasks.submitted(request);
    if (before.isPresent() && !before.get().request.asksTheSame(request)) {
      var message = "the idempotency key was used for another statement";
      effects.add(new Effect.JobRefused(id, message, false));
    } else if (before.isPresent()) {
      committer.afterCommit(new Effect.JobExists(id, before.get().id)); // Perhaps it is not made.
    } else if (tasks.openCount() >= limits.jobsMax()) {
      effects.add(new Effect.JobRefused(id, "too many jobs: " + limits.jobsMax(), true));
    } else if (plan != null && !plan.small() && admission.full()) {
      String message =
          "the scheduler is full: %d jobs run and %d wait (--running-jobs, --queued-jobs); try again later"
              .formatted(limits.runningJobsMax(), limits.queuedJobsMax());
      effects.add(new Effect.JobRefused(id, message, true));
    } else if (committer.full()) {
      effects.add(new Effect.JobRefused(id, "the state store is full; try again later", true));
    } else if (admission.space().refusal().isPresent()) {
      effects.add(new Effect.JobRefused(id, admission.space().refusal().get(), true));
    } else if (RecordCodec.encodeRequest(request).length() > limits.requestBytesMax()) {
      effects.add(
          new Effect.JobRefused(
              id, "the statement is larger than " + limits.requestBytesMax() + " bytes", false));
    } else {
      create(queued, nowMs);
    }
  }

  private void create(Event.JobQueued queued, long nowMs) {
    JobId id = queued.job();
    JobRequest request = queued.request();
    JobPlan plan = queued.plan();
    Job job = tasks.add(id, 1, request);
    deadline(job).ifPresent(deadlines::add);
    job.light = plan != null && plan.light();
    job.answersAhead = queued.answersAhead();
    madeEpoch(job, committer.add(new Change.JobCreated(id, 1, request), nowMs));
    var accepted = new Effect.JobAccepted(id);
    if (job.answersAhead) {
      effects.add(accepted); // Rule D12.
    } else {
      committer.afterCommit(accepted);
    }
    if (plan == null) {
      effects.add(new Effect.PlanJob(id, request, false));
    } else {
      submit(job, plan, nowMs);
    }
  }

  /** Another submit was first under the job's key (rule D6): nothing is kept of it. */
  void taken(SubmitHolder holder, long nowMs) {
    tasks
        .find(holder.job())
        .ifPresent(
            job -> {
              if (!job.ended() && job.graph == null) {
                effects.add(new Effect.StopPlanning(job.id));
              }
              if (job.light) {
                stopLight(job);
              }
              if (job.answersAhead) {
                takenAccepted(job, holder, nowMs);
              } else {
                effects.add(Committer.taken(job.id, holder));
              }
              awaitingEpoch.remove(new EpochMade(job.epochChange, job.id));
              deadline(job).ifPresent(deadlines::remove);
              retention.drop(job.id);
              tasks.drop(job);
            });
  }

  /** It was perhaps launched already, ahead of the store. */
  private void stopLight(Job job) {
    effects.addAll(executors.dataOf(job, Set.of()));
    if (job.graph != null) {
      job.graph.running().forEach(task -> executors.forget(task.executor(), task.id()));
    }
  }

  /** Its client knows of it; whoever waits for it asks again. */
  private void takenAccepted(Job job, SubmitHolder holder, long nowMs) {
    if (!job.answered) {
      String message =
          holder.sameRequest()
              ? "the statement runs as job " + holder.holder() + ": send it again"
              : "the idempotency key was used for another statement, which is job "
                  + holder.holder();
      var record = new TerminalRecord.Failed(message, holder.sameRequest(), nowMs);
      effects.add(new Effect.JobFailed(job.id, record));
    }
  }

  /**
   * Under its new epoch: the store came back from a backup (rule D11). That the job is ours, the
   * commit proves.
   */
  void claimAgain(Job job, long nowMs) {
    job.light = false;
    job.answersAhead = false;
    madeEpoch(job, committer.add(new Change.JobClaimed(job.id, job.epoch), nowMs));
  }

  void madeEpoch(Job job, long change) {
    job.epochChange = change;
    awaitingEpoch.add(new EpochMade(change, job.id));
    tasks.refresh(job);
  }

  /** Something became durable: jobs whose epoch did may be launched and adopted. */
  void epochsDurable(long nowMs) {
    while (!awaitingEpoch.isEmpty() && awaitingEpoch.first().change <= committer.durable()) {
      EpochMade made = awaitingEpoch.pollFirst();
      var job = tasks.find(made.job);
      if (job.isPresent() && job.get().epochChange == made.change) { // Else it rose again.
        tasks.refresh(job.get());
        takeover.claimed(job.get(), nowMs);
      }
    }
  }

  private static Optional<Deadline> deadline(Job job) {
    long atMs = job.request.deadlineMs();
    return atMs == Long.MAX_VALUE ? Optional.empty() : Optional.of(new Deadline(atMs, job.id));
  }

  /** The job, if it still waits for its plan. */
  Optional<Job> planning(JobId id) {
    return open(id).filter(job -> job.graph == null);
  }

  /** The job, if it has not ended. */
  Optional<Job> open(JobId id) {
    return tasks.find(id).filter(job -> !job.ended());
  }

  /** The plan of a job is there. */
  void submit(Job job, JobPlan plan, long nowMs) {
    int chunks = 0;
    for (Bytes chunk : plan.body().chunks(limits.planChunkBytes())) {
      committer.add(new Change.PlanChunkWritten(job.id, chunks++, chunk), nowMs);
    }
    var stored = new StoredJob.Plan(job.epoch, plan.stages(), chunks, nowMs);
    committer.add(new Change.PlanWritten(job.id, stored), nowMs);
    job.planEpoch = job.epoch;
    job.plannedAtMs = nowMs;
    job.graph = new ExecutionGraph(job.id, plan.stages(), limits.graph());
    job.small = plan.small();
    admission.enter(job, false);
    tasks.refresh(job);
  }

  /**
   * Takes a job of the store, in an epoch of its own (rule D3).
   *
   * @param claimed whether the epoch is in the store
   * @param before whose it was, if that is known
   */
  void load(StoredJob stored, boolean claimed, @Nullable Incarnation before, long nowMs) {
    if (tasks.find(stored.job()).isPresent()) {
      return; // It was told before.
    }
    long epochBefore = claimed ? stored.epoch() - 1 : stored.epoch();
    Job job = tasks.add(stored.job(), epochBefore + 1, stored.request());
    job.ownerBefore = before;
    deadline(job).ifPresent(deadlines::add);
    if (stored.plan() != null) {
      takeover.restore(job, stored);
      admission.enter(job, job.hasBegun());
    }
    if (!claimed) {
      madeEpoch(job, committer.add(new Change.JobClaimed(job.id, job.epoch), nowMs));
    }
    boolean cancelled = stored.cancelRequested() && !job.isOver() && !job.publishing();
    if (!cancelled) {
      settle(job, nowMs);
    }
    if (job.epochChange == 0) {
      takeover.claimed(job, nowMs);
    }
    if (cancelled) {
      end(job, new TerminalRecord.Cancelled("cancelled on request", nowMs), nowMs);
    } else if (stored.plan() == null && epochBefore >= limits.unplannedClaimsMax()) {
      // The claim itself counts: who dies of planning it cannot say so (rule T14).
      var message =
          epochBefore + " schedulers ended before they had planned it, perhaps because of it";
      end(job, new TerminalRecord.Failed(message, false, nowMs), nowMs);
    } else if (stored.plan() == null) {
      boolean suspect = epochBefore >= limits.unsuspectedClaimsMax();
      effects.add(new Effect.PlanJob(job.id, job.request, suspect));
    }
  }

  /** After a change of its graph: gives up what is obsolete, and ends it when it is over. */
  void settle(Job job, long nowMs) {
    ExecutionGraph graph = job.graph;
    if (graph == null || job.ended()) {
      return;
    }
    cancel(job, graph.takeObsolete());
    if (tasks.changed(job, ExecutionGraph::beginPublishing, nowMs)) {
      madeEpoch(job, committer.gathered()); // What is renamed must be known to every next owner.
    }
    var failure = graph.failure();
    if (failure.isPresent()) {
      var failed = failure.get();
      end(job, new TerminalRecord.Failed(failed.message(), failed.retryable(), nowMs), nowMs);
    } else if (graph.finished()) {
      var parts =
          graph.result().stream()
              .map(won -> new TerminalRecord.ResultPart(won.id(), won.executor(), won.output()))
              .toList();
      end(job, bounded(new TerminalRecord.Finished(parts, nowMs)), nowMs);
    } else if (job.log().wantsSnapshot(limits)) {
      job.log()
          .snapshot(job.id, job.epoch, graph.encode(), limits)
          .forEach(change -> committer.add(change, nowMs));
    }
  }

  /** A record that no commit has room for would stop all that come after it (rule D9). */
  private TerminalRecord bounded(TerminalRecord.Finished finished) {
    int bytes = RecordCodec.encodeTerminalRecord(finished).length();
    if (bytes <= limits.commitBytesMax()) {
      return finished;
    }
    String message =
        "the answer has %d parts, and the list of them %d bytes, more than the %d that are kept of a job"
            .formatted(finished.result().size(), bytes, limits.commitBytesMax());
    return new TerminalRecord.Failed(message, false, finished.endedAtMs());
  }

  void end(Job job, TerminalRecord record, long nowMs) {
    if (job.graph == null) {
      effects.add(new Effect.StopPlanning(job.id));
    }
    int all = job.graph == null ? 0 : job.graph.taskCount();
    int done = job.graph == null ? 0 : job.graph.successfulTasks();
    job.end = record;
    deadline(job).ifPresent(deadlines::remove);
    job.endChange =
        committer.add(
            new Change.JobEnded(job.id, job.epoch, record, job.plannedAtMs, all, done), nowMs);
    tasks.refresh(job);
    retention.keep(job.id, job.endChange, nowMs);
    if (job.graph != null) {
      cancel(job, job.graph.running());
    }
    switch (record) {
      case TerminalRecord.Finished finished -> {
        finished(job, finished);
        removeIntermediateData(job, finished);
      }
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

  /** Rule D5, and its exception for rows that came with the status of a light job (rule D12). */
  private void finished(Job job, TerminalRecord.Finished finished) {
    var told = new Effect.JobFinished(job.id, finished);
    if (job.answersAhead && inline(finished)) {
      job.answered = true;
      effects.add(told);
    } else {
      committer.afterCommit(told);
    }
  }

  private static boolean inline(TerminalRecord.Finished finished) {
    return finished.result().stream().allMatch(part -> part.output().files().isEmpty());
  }

  /** Attempts that nobody waits for any more; stopped after the commit that says so. */
  void cancel(Job job, List<ExecutionGraph.RunningTask> attempts) {
    executors.giveUp(job, attempts).forEach(committer::afterCommit);
  }

  private void removeData(Job job) {
    executors.dataOf(job, Set.of()).forEach(committer::afterCommit);
  }

  /**
   * Once the end is durable nothing runs again, so only the files of the result are needed. Who
   * holds one of those keeps all it has of the job until its retention is over.
   */
  private void removeIntermediateData(Job job, TerminalRecord.Finished finished) {
    var holders = new TreeSet<ExecutorId>();
    for (var part : finished.result()) {
      if (!part.output().files().isEmpty()) {
        holders.add(part.executor());
      }
    }
    executors.dataOf(job, holders).forEach(committer::afterCommit);
  }

  /**
   * A job that ended under another scheduler; its retention begins anew, for nobody knows who
   * reads.
   */
  void loadEnded(JobId id, long epoch, long nowMs) {
    retention.keep(id, 0, nowMs);
    endedBefore.put(id, epoch);
  }

  Retention retention() {
    return retention;
  }

  private void forgetEnded(long nowMs) {
    for (JobId id : retention.due(committer.durable(), admission.space().pressed(), nowMs)) {
      committer.add(new Change.JobForgotten(id), nowMs);
      Long epoch = endedBefore.remove(id);
      if (epoch != null) {
        executors.dataEverywhere(id, epoch).forEach(committer::afterCommit);
      }
      tasks
          .find(id)
          .ifPresent(
              job -> {
                removeData(job);
                tasks.forget(job);
              });
    }
  }

  // Time.

  /** Ends what has no time left, and forgets jobs whose retention is over. */
  void tick(long nowMs) {
    while (!deadlines.isEmpty() && deadlines.first().atMs <= nowMs) {
      Optional<Job> due = open(deadlines.pollFirst().job);
      if (due.isPresent() && !due.get().publishing()) {
        end(due.get(), outOfTime(due.get(), nowMs), nowMs);
      }
    }
    var fingerprints = executors.fingerprints();
    // Mostly each has executors: then none is looked at, however many there are.
    if (unserved || !fingerprints.containsAll(tasks.openFingerprints())) {
      unserved = false;
      for (Job job : tasks.open()) {
        awaitExecutor(job, fingerprints, nowMs);
        unserved |= job.noExecutorSinceMs > 0 && !job.ended();
      }
    }
    forgetEnded(nowMs);
  }

  private static TerminalRecord outOfTime(Job job, long nowMs) {
    String message =
        "the statement did not end within its timeout of "
            + job.request.timeoutMs()
            + " ms (mangonel_statement_timeout_ms)";
    return new TerminalRecord.Failed(message, false, nowMs);
  }

  private void awaitExecutor(Job job, Set<String> fingerprints, long nowMs) {
    if (fingerprints.contains(job.request.fingerprint())) {
      job.noExecutorSinceMs = 0;
    } else if (job.noExecutorSinceMs == 0) {
      job.noExecutorSinceMs = nowMs;
    } else if (!job.publishing() && nowMs - job.noExecutorSinceMs >= limits.executorWaitMs()) {
      String others =
          fingerprints.isEmpty()
              ? "there is no executor"
              : "the executors run " + String.join(", ", fingerprints);
      String message =
          "no executor with DuckDB "
              + job.request.fingerprint()
              + ", for which the statement was planned, registered within "
              + limits.executorWaitMs()
              + " ms: "
              + others;
      end(job, new TerminalRecord.Failed(message, true, nowMs), nowMs);
    }
  }

  /** This process stood still, nobody else did (rule T11). */
  void shiftDeadlines(long byMs, long nowMs) {
    for (Job job : tasks.open()) {
      if (job.noExecutorSinceMs > 0) {
        job.noExecutorSinceMs = Math.min(nowMs, job.noExecutorSinceMs + byMs);
      }
    }
  }

  void encode(RecordWriter out) {
    retention.encode(out);
    out.list(endedBefore.entrySet(), (o, e) -> o.text(e.getKey().value()).number(e.getValue()));
    out.list(awaitingEpoch, (o, made) -> o.number(made.change).text(made.job.value()));
    out.flag(unserved);
  }
}

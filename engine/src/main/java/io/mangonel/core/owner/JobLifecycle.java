package io.mangonel.core.owner;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.JobPlan;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.RecordCodec;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.JobId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/** Jobs from their submit or claim to the end of their retention: what begins and ends them. */
final class JobLifecycle {
  private final Limits limits;
  private final Committer committer;
  private final TaskManager tasks;
  private final ExecutorManager executors;
  private final Takeover takeover;
  private final List<Effect> effects;
  private final Deque<JobId> endedJobs = new ArrayDeque<>();

  /** Jobs whose epoch is not durable yet. */
  private final TreeSet<JobId> awaitingEpoch = new TreeSet<>();

  /**
   * @param effects takes what need not wait for a commit
   */
  JobLifecycle(
      Limits limits,
      Committer committer,
      TaskManager tasks,
      ExecutorManager executors,
      Takeover takeover,
      List<Effect> effects) {
    this.limits = limits;
    this.committer = committer;
    this.tasks = tasks;
    this.executors = executors;
    this.takeover = takeover;
    this.effects = effects;
  }

  /** A client's submit: taken, or refused at once. */
  void queue(JobId id, JobRequest request, long nowMs) {
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
      madeEpoch(job, committer.add(new Change.JobCreated(id, 1, request), nowMs));
      committer.afterCommit(new Effect.JobAccepted(id));
      effects.add(new Effect.PlanJob(id, request));
    }
  }

  void madeEpoch(Job job, long change) {
    job.epochChange = change;
    awaitingEpoch.add(job.id);
    tasks.refresh(job);
  }

  /** Something became durable: jobs whose epoch did may be launched and adopted. */
  void epochsDurable(long nowMs) {
    for (JobId id : List.copyOf(awaitingEpoch)) {
      var job = tasks.find(id);
      if (job.isEmpty() || job.get().epochChange <= committer.durable()) {
        awaitingEpoch.remove(id);
        job.ifPresent(tasks::refresh);
        job.ifPresent(claimed -> takeover.claimed(claimed, nowMs));
      }
    }
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
    for (Bytes chunk : plan.chunks(limits.planChunkBytes())) {
      committer.add(new Change.PlanChunkWritten(job.id, chunks++, chunk), nowMs);
    }
    committer.add(new Change.PlanWritten(job.id, job.epoch, plan.stages(), chunks), nowMs);
    job.planEpoch = job.epoch;
    job.graph =
        new ExecutionGraph(job.id, plan.stages(), limits.attemptsMax(), limits.stageAttemptsMax());
    tasks.refresh(job);
  }

  /** Start-up: claims a job of the store. */
  void load(StoredJob stored, long nowMs) {
    Job job = tasks.add(stored.job(), stored.epoch() + 1, stored.request());
    long change = committer.add(new Change.JobClaimed(job.id, job.epoch), nowMs);
    if (stored.plan() == null) {
      madeEpoch(job, change);
      effects.add(new Effect.PlanJob(job.id, job.request));
      return;
    }
    takeover.restore(job, stored);
    madeEpoch(job, change);
    settle(job, nowMs);
  }

  /** After a change of its graph: gives up what is obsolete, and ends it when it is over. */
  void settle(Job job, long nowMs) {
    ExecutionGraph graph = job.graph;
    if (graph == null || job.ended()) {
      return;
    }
    cancel(job, graph.takeObsolete());
    var failure = graph.failure();
    if (failure.isPresent()) {
      var failed = failure.get();
      end(job, new TerminalRecord.Failed(failed.message(), failed.retryable(), nowMs), nowMs);
    } else if (graph.finished()) {
      var parts =
          graph.result().stream()
              .map(won -> new TerminalRecord.ResultPart(won.id(), won.executor(), won.output()))
              .toList();
      end(job, new TerminalRecord.Finished(parts, nowMs), nowMs);
    } else if (job.logLength() >= limits.snapshotEvery()) {
      Bytes snapshot = graph.encode();
      if (snapshot.length() <= limits.snapshotBytesMax()) {
        int deletesMax = limits.commitOperationsMax() - 3;
        committer.add(job.snapshot(snapshot, deletesMax), nowMs);
      }
    }
  }

  void end(Job job, TerminalRecord record, long nowMs) {
    if (job.graph == null) {
      effects.add(new Effect.StopPlanning(job.id));
    }
    job.end = record;
    job.endChange = committer.add(new Change.JobEnded(job.id, job.epoch, record), nowMs);
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
  void cancel(Job job, List<ExecutionGraph.RunningTask> attempts) {
    executors.giveUp(job, attempts).forEach(committer::afterCommit);
  }

  private void removeData(Job job) {
    executors.dataOf(job).forEach(committer::afterCommit);
  }

  /** Forgets jobs whose retention is over. */
  void forgetEnded(long nowMs) {
    while (!endedJobs.isEmpty()) {
      Job job = tasks.find(endedJobs.element()).orElseThrow();
      TerminalRecord end = Objects.requireNonNull(job.end);
      boolean due =
          endedJobs.size() > limits.endedJobsMax()
              || nowMs - end.endedAtMs() >= limits.retentionMs();
      if (!due || committer.durable() < job.endChange) {
        return;
      }
      endedJobs.remove();
      committer.add(new Change.JobForgotten(job.id), nowMs);
      removeData(job);
      tasks.forget(job);
    }
  }

  void encode(RecordWriter out) {
    out.list(endedJobs, (o, id) -> o.text(id.value()));
    out.list(awaitingEpoch, (o, id) -> o.text(id.value()));
  }
}

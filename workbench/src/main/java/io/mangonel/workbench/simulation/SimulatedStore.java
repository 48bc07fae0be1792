package io.mangonel.workbench.simulation;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.ExecutorId;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.graph.JobId;
import io.mangonel.core.owner.Change;
import io.mangonel.core.owner.Commit;
import io.mangonel.core.owner.ExecutorInfo;
import io.mangonel.core.owner.JobRequest;
import io.mangonel.core.owner.StoredJob;
import io.mangonel.core.owner.TerminalRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The durable state, as the meaning of its changes. A commit is applied if the fence key has the
 * sender's creation revision and its count, whenever it arrives; otherwise nothing happens.
 */
final class SimulatedStore {
  /** All that is stored of a job. */
  static final class Stored {
    final JobRequest request;
    long epoch;
    StoredJob.@Nullable Plan plan;
    @Nullable Bytes snapshot;
    long snapshotSequence;
    final TreeMap<Long, List<GraphTransition>> log = new TreeMap<>();
    @Nullable TerminalRecord end;

    Stored(JobRequest request, long epoch) {
      this.request = request;
      this.epoch = epoch;
    }
  }

  final Map<JobId, Stored> jobs = new TreeMap<>();
  final Map<ExecutorId, ExecutorInfo> executors = new TreeMap<>();
  long fenceRevision;
  long fenceCount;

  /** A new scheduler replaces the key of the one before. */
  long createFence() {
    fenceRevision++;
    fenceCount = 0;
    return fenceRevision;
  }

  boolean commit(long revision, Commit commit) {
    if (revision != fenceRevision || commit.count() != fenceCount) {
      return false;
    }
    fenceCount++;
    commit.changes().forEach(this::apply);
    return true;
  }

  private void apply(Change change) {
    switch (change) {
      case Change.JobCreated(var job, long epoch, var request) ->
          Oracle.check(jobs.put(job, new Stored(request, epoch)) == null, "created twice: " + job);
      case Change.PlanChunkWritten _ -> {}
      case Change.PlanWritten(var job, long epoch, var stages, _) ->
          stored(job).plan = new StoredJob.Plan(epoch, stages);
      case Change.JobClaimed(var job, long epoch) -> {
        Oracle.check(epoch > stored(job).epoch, "epoch did not rise: " + job);
        stored(job).epoch = epoch;
      }
      case Change.Transitions entry -> {
        Stored job = stored(entry.job());
        long last = job.log.isEmpty() ? job.snapshotSequence : job.log.lastKey();
        Oracle.check(entry.sequence() == last + 1, "gap in the log of " + entry.job());
        Oracle.check(job.end == null, "log entry after the end of " + entry.job());
        job.log.put(entry.sequence(), entry.transitions());
      }
      case Change.SnapshotWritten snapshot -> {
        Stored job = stored(snapshot.job());
        job.snapshot = snapshot.graph();
        job.snapshotSequence = snapshot.sequence();
        job.log.headMap(snapshot.sequence(), true).clear();
      }
      case Change.JobEnded(var job, _, var record) -> {
        Oracle.check(stored(job).end == null, "ended twice: " + job);
        stored(job).end = record;
      }
      case Change.JobForgotten _ -> {}
      case Change.ExecutorWritten(var info) -> executors.put(info.id(), info);
      case Change.ExecutorDeleted(var executor) -> executors.remove(executor);
    }
  }

  private Stored stored(JobId job) {
    Stored stored = jobs.get(job);
    if (stored == null) {
      throw new AssertionError("not stored: " + job);
    }
    return stored;
  }

  /** What a starting scheduler loads. */
  List<StoredJob> openJobs() {
    var open = new ArrayList<StoredJob>();
    jobs.forEach(
        (id, job) -> {
          if (job.end == null) {
            open.add(
                new StoredJob(
                    id,
                    job.epoch,
                    job.request,
                    job.plan,
                    job.snapshot,
                    job.snapshotSequence,
                    List.copyOf(job.log.values())));
          }
        });
    return open;
  }
}

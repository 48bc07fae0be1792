package io.mangonel.core.record;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.JobId;
import java.util.List;
import java.util.Set;

/**
 * One durable change. The shell maps each to keys, in at most {@link #operations()} store
 * operations of together at most {@link #bytes()} and {@link #OVERHEAD_BYTES} of keys and framing.
 */
public sealed interface Change {
  /** What a change's keys and framing take in the store beyond its own encoding. */
  int OVERHEAD_BYTES = 1024;

  /** Upper bound on the store operations it takes. */
  int operations();

  /** Size of its canonical encoding. */
  default int bytes() {
    return RecordCodec.encode(this).length();
  }

  /** Whether it is about one of these jobs. */
  default boolean isOf(Set<JobId> jobs) {
    return this instanceof OfJob ofJob && jobs.contains(ofJob.job());
  }

  /** A change of one job. */
  sealed interface OfJob extends Change {
    JobId job();
  }

  /**
   * A new job: put its request into the queued jobs, with its header (owner: this scheduler), and
   * the submit's record when it has an idempotency key, which must be absent (rule D6).
   */
  record JobCreated(JobId job, long epoch, JobRequest request) implements OfJob {
    /** Whether another submit may hold its key. */
    public boolean contestable() {
      return !request.idempotencyKey().isEmpty();
    }

    @Override
    public int operations() {
      return 3;
    }
  }

  /** One piece of the plan's body; pieces are numbered from 0. */
  record PlanChunkWritten(JobId job, int index, Bytes chunk) implements OfJob {
    @Override
    public int operations() {
      return 1;
    }
  }

  /**
   * The plan is complete: move the header from the queued to the active jobs. The request stays
   * with the job.
   *
   * @param plan its {@code chunks} are the {@link PlanChunkWritten} before it
   */
  record PlanWritten(JobId job, StoredJob.Plan plan) implements OfJob {

    @Override
    public int operations() {
      return 4;
    }
  }

  /** This scheduler owns the job from now on: write owner and epoch into its header. */
  record JobClaimed(JobId job, long epoch) implements OfJob {
    @Override
    public int operations() {
      return 1;
    }
  }

  /**
   * One entry of the job's log.
   *
   * @param sequence the entry's number within the job, from 1, without gaps
   * @param atMs when each transition was made, for people; as long as {@code transitions}
   */
  record Transitions(
      JobId job, long epoch, long sequence, List<GraphTransition> transitions, List<Long> atMs)
      implements OfJob {
    public Transitions {
      transitions = List.copyOf(transitions);
      atMs = List.copyOf(atMs);
      if (atMs.size() != transitions.size()) {
        throw new IllegalArgumentException("each transition has a time");
      }
    }

    @Override
    public int operations() {
      return 1;
    }
  }

  /**
   * One piece of a snapshot; pieces are numbered from 0. It counts from {@link SnapshotWritten} on.
   */
  record SnapshotChunkWritten(JobId job, long sequence, int index, Bytes chunk) implements OfJob {
    @Override
    public int operations() {
      return 1;
    }
  }

  /**
   * The snapshot of these pieces replaces the one before it, and the log up to and including entry
   * {@code sequence}.
   */
  record SnapshotWritten(JobId job, long epoch, long sequence, int chunks) implements OfJob {
    @Override
    public int operations() {
      return 1;
    }
  }

  /** Entries that a snapshot covers may go, the last one included. */
  record LogTrimmed(JobId job, long firstSequence, long lastSequence) implements OfJob {
    @Override
    public int operations() {
      return (int) (lastSequence - firstSequence) + 1;
    }
  }

  /** The pieces of a snapshot that was replaced. */
  record SnapshotDropped(JobId job, long sequence, int firstIndex, int lastIndex) implements OfJob {
    @Override
    public int operations() {
      return lastIndex - firstIndex + 1;
    }
  }

  /**
   * The job ended: move its header to the completed (finished) or failed (failed, cancelled) jobs,
   * with the record. Request, plan and log stay until {@link JobForgotten} and a sweep.
   *
   * @param plannedAtMs when its plan was made; 0 when it had none
   * @param tasks of all stages, and {@code doneTasks} of them; 0 when it had no plan
   */
  record JobEnded(
      JobId job, long epoch, TerminalRecord record, long plannedAtMs, int tasks, int doneTasks)
      implements OfJob {
    @Override
    public int operations() {
      return 4;
    }
  }

  /** The job's retention is over: a sweep may delete what is behind its record. */
  record JobForgotten(JobId job) implements OfJob {
    @Override
    public int operations() {
      return 4;
    }
  }

  /** Written at registration and when a new incarnation registers; never at a heartbeat. */
  record ExecutorWritten(ExecutorInfo info) implements Change {
    @Override
    public int operations() {
      return 1;
    }
  }

  /** The executor has been silent for long, or said goodbye. */
  record ExecutorDeleted(ExecutorId executor) implements Change {
    @Override
    public int operations() {
      return 1;
    }
  }
}

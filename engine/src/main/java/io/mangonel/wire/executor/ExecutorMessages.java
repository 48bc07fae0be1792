package io.mangonel.wire.executor;

import io.mangonel.core.Bytes;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskStatus;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Reply;
import java.util.List;

/**
 * What schedulers say to executors, and the answers. {@code target} is the executor incarnation
 * meant; another one answers with {@link Reply.Rejected}.
 */
public final class ExecutorMessages {
  private ExecutorMessages() {}

  /**
   * @param request the scheduler's name for it: a repeated one is answered as the first
   * @param wanted replaces what it wanted before; 0 ends its wait
   * @param ttlMs life of the reservations and of the wait
   */
  public record SlotRequest(
      Incarnation target, Incarnation scheduler, long request, int wanted, long ttlMs) {}

  /**
   * @param granted fewer than wanted are followed by offers
   * @param waiting slots that will be offered when they come free
   */
  public record SlotAnswer(long request, List<ExecutorReservation> granted, int waiting) {
    public SlotAnswer {
      granted = List.copyOf(granted);
    }
  }

  /**
   * Work for one executor.
   *
   * @param plans of every stage launched, once each
   * @param peers every executor named in the launches' inputs
   */
  public record LaunchBatch(
      Incarnation target,
      Incarnation scheduler,
      List<TaskLaunch> launches,
      List<PlanBytes> plans,
      List<Peer> peers) {
    public LaunchBatch {
      launches = List.copyOf(launches);
      plans = List.copyOf(plans);
      peers = List.copyOf(peers);
    }
  }

  /** A stage's plan, encoded by the planner; this package does not look inside. */
  public record PlanBytes(JobId job, int stage, Bytes plan) {}

  /** Where another executor can be reached, to read its partition files. */
  public record Peer(ExecutorId executor, HostPort address) {}

  public record JobEpoch(JobId job, long epoch) {}

  /**
   * @param epoch the job's current epoch
   */
  public record TaskCancel(
      Incarnation target, JobId job, long epoch, List<TaskAttemptId> attempts) {
    public TaskCancel {
      attempts = List.copyOf(attempts);
    }
  }

  /**
   * A new owner asks for what the executor has of these jobs.
   *
   * @param gone schedulers that had them before, and have no key any more
   */
  public record JobAdoption(
      Incarnation target, Incarnation scheduler, List<JobEpoch> jobs, List<Incarnation> gone) {
    public JobAdoption {
      jobs = List.copyOf(jobs);
      gone = List.copyOf(gone);
    }
  }

  /**
   * @param jobs those asked about
   * @param refused jobs of which a higher epoch was seen, with that epoch; of the others:
   * @param running what runs
   * @param ended statuses of what ended and is still there, acknowledged or not
   */
  public record JobInventory(
      List<JobId> jobs,
      List<JobEpoch> refused,
      List<TaskAttemptId> running,
      List<TaskStatus> ended) {
    public JobInventory {
      jobs = List.copyOf(jobs);
      refused = List.copyOf(refused);
      running = List.copyOf(running);
      ended = List.copyOf(ended);
    }
  }

  public record JobRemoval(Incarnation target, JobId job, long epoch) {}

  /**
   * Where an executor keeps its partition files, for readers on the same machine.
   *
   * @param directory absolute
   * @param token the content of the token file in it: a reader that finds the same there sees the
   *     same directory, and not one of that name elsewhere
   */
  public record ShuffleDescription(String directory, String token) {}

  /**
   * A file of an executor.
   *
   * @param holder who is meant to have it: another executor refuses, because a file that is not
   *     with the wrong one is not lost
   * @param path as {@code OutputFile} has it
   * @param checksum it is sent only if it still has this one; or {@code OutputFile.NO_CHECKSUM}
   * @param offset what the reader has of it already, bytes
   */
  public record FileRequest(ExecutorId holder, String path, long checksum, long offset) {
    /** The whole file, whatever is in it: the reader checks. */
    public FileRequest(ExecutorId holder, String path) {
      this(holder, path, OutputFile.NO_CHECKSUM, 0);
    }
  }
}

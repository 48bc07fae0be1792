package io.mangonel.core.owner;

import io.mangonel.core.record.Commit;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.record.JobPlan;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.record.SubmitHolder;
import io.mangonel.core.suspicion.PeerEvent;
import io.mangonel.core.suspicion.Succession;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can happen to a scheduler, and the only input of {@link SchedulerCore}. Events
 * may come late, repeated, in any order, or never, except that every {@link Commit} and {@link
 * Effect.ReadFence} is answered by exactly one event per sending.
 *
 * <p>Events about an executor name its incarnation; what an earlier one says is ignored.
 */
public sealed interface Event {

  // Clients and planning.

  /**
   * A client submitted a statement.
   *
   * @param job a fresh id
   * @param plan when it was planned before; else {@link Effect.PlanJob} asks for it
   * @param firstSend whether its client made its idempotency key, and sends it for the first time
   */
  record JobQueued(JobId job, JobRequest request, @Nullable JobPlan plan, boolean firstSend)
      implements Event {
    /** Not planned yet. */
    public JobQueued(JobId job, JobRequest request) {
      this(job, request, null, false);
    }

    /**
     * Whether its client is told of it before it is stored (rule D12): it is light, and nobody else
     * can have sent it, so that no other job can turn out to be its own.
     */
    public boolean answersAhead() {
      boolean uncontested = firstSend || request.idempotencyKey().isEmpty();
      return plan != null && plan.light() && uncontested;
    }
  }

  /** The answer to {@link Effect.PlanJob}: it can run. Ignored when the job has ended. */
  record JobSubmitted(JobId job, JobPlan plan) implements Event {}

  /** The answer to {@link Effect.PlanJob}: the statement is wrong, or planning failed. */
  record PlanningFailed(JobId job, String message, boolean retryable) implements Event {}

  /** Someone wants the job to end; possible in every state, ignored for an ended job. */
  record CancelRequested(JobId job, String reason) implements Event {}

  /**
   * Sent before the first row of a job that has not ended goes to a client. From then on the root
   * is not run again: losing its output fails the job. No door sends rows so early yet; the
   * simulation does.
   */
  record RowsSent(JobId job) implements Event {}

  /** Someone begins to read the result of an ended job, or was about to. */
  record ReadingBegins(JobId job) implements Event {}

  /** The end of a {@link ReadingBegins}, whatever came of it. */
  record ReadingEnds(JobId job) implements Event {}

  // Executors.

  /**
   * An executor registered, for the first time, anew after a restart, or again.
   *
   * @param outputs attempts whose finished output this incarnation still serves (rule T12); empty
   *     after a start on an empty work directory
   */
  record ExecutorRegistered(ExecutorInfo info, List<TaskAttemptId> outputs) implements Event {
    public ExecutorRegistered {
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * @param attempts what runs there, and what ended and waits for its acknowledgement
   */
  record Heartbeat(ExecutorId executor, Incarnation incarnation, List<TaskAttemptId> attempts)
      implements Event {
    public Heartbeat {
      attempts = List.copyOf(attempts);
    }
  }

  /**
   * The executor ends: it takes no more tasks. Its outputs count until a reader misses them or it
   * has been away for long, because it may start again on them.
   *
   * @param gone it runs nothing any more
   */
  record ExecutorLeaving(ExecutorId executor, Incarnation incarnation, boolean gone)
      implements Event {}

  /** Its death is certain. Silence is the core's own business. */
  record ExecutorLost(ExecutorId executor, Incarnation incarnation, String reason)
      implements Event {}

  /**
   * Slots that came free and that this scheduler waits for, or that a polling executor brings. Also
   * to be sent for an unsolicited repetition; expired or used reservations do no harm.
   */
  record Offer(ExecutorId executor, Incarnation incarnation, List<ExecutorReservation> reservations)
      implements Event {
    public Offer {
      reservations = List.copyOf(reservations);
    }
  }

  /**
   * The answer to {@link Effect.ReserveSlots}.
   *
   * @param waiting how many more the executor will offer when they come free
   */
  record SlotsReserved(
      ExecutorId executor,
      Incarnation incarnation,
      long request,
      List<ExecutorReservation> granted,
      int waiting)
      implements Event {
    public SlotsReserved {
      granted = List.copyOf(granted);
    }
  }

  /** No answer to {@link Effect.ReserveSlots}: it may have been received or not. */
  record SlotsUnanswered(ExecutorId executor, Incarnation incarnation, long request)
      implements Event {}

  /** The answer to {@link Effect.LaunchTasks}. */
  record LaunchAnswered(
      ExecutorId executor, Incarnation incarnation, List<TaskLaunch.Answer> answers)
      implements Event {
    public LaunchAnswered {
      answers = List.copyOf(answers);
    }
  }

  /** No answer to {@link Effect.LaunchTasks}; the core sends it again with the same ids. */
  record LaunchUnanswered(ExecutorId executor, Incarnation incarnation, List<TaskAttemptId> ids)
      implements Event {
    public LaunchUnanswered {
      ids = List.copyOf(ids);
    }
  }

  /** Statuses of an executor; acknowledged by {@link Effect.AcknowledgeStatuses}. */
  record TaskUpdates(ExecutorId executor, Incarnation incarnation, List<TaskUpdate> updates)
      implements Event {
    public TaskUpdates {
      updates = List.copyOf(updates);
    }
  }

  /**
   * @param followUp the slot the attempt ran on, held for the same job, or null
   */
  record TaskUpdate(TaskStatus status, @Nullable ExecutorReservation followUp) {}

  /**
   * The answer to {@link Effect.AdoptJobs}: all that the executor has of these jobs.
   *
   * @param jobs the jobs asked about, without those of which it has seen a higher epoch:
   * @param refused these, with that epoch
   * @param running attempts that run
   * @param ended statuses of attempts that ended and whose output, if any, is still there,
   *     acknowledged or not
   */
  record JobsAdopted(
      ExecutorId executor,
      Incarnation incarnation,
      List<JobId> jobs,
      List<Effect.JobEpoch> refused,
      List<TaskAttemptId> running,
      List<TaskStatus> ended)
      implements Event {
    public JobsAdopted {
      jobs = List.copyOf(jobs);
      refused = List.copyOf(refused);
      running = List.copyOf(running);
      ended = List.copyOf(ended);
    }
  }

  // The store.

  /** What became of a sending of the commit with this count. */
  record CommitAnswered(long count, Commit.Outcome outcome) implements Event {}

  /**
   * The answer to {@link Effect.ReadFence}: this scheduler's own key by a linearizable read.
   *
   * @param createRevision its creation revision, or -1 when the key is absent
   * @param count the count in it; any value when the key is absent
   * @param holders of the jobs that the refused commit creates, those whose idempotency key is
   *     another's, read after the key
   */
  record FenceRead(long createRevision, long count, List<SubmitHolder> holders) implements Event {
    public FenceRead {
      holders = List.copyOf(holders);
    }

    /** Without a contested submit. */
    public FenceRead(long createRevision, long count) {
      this(createRevision, count, List.of());
    }
  }

  /** {@link Effect.ReadFence} could not be answered; the core asks again. */
  record FenceUnreadable() implements Event {}

  /**
   * How full the store is (rule D10).
   *
   * @param usedBytes what it holds, old revisions included
   * @param quotaBytes where it ends; 0 when that is not known
   * @param takesNothing whether it refuses every write for want of space
   */
  record StoreMeasured(long usedBytes, long quotaBytes, boolean takesNothing) implements Event {}

  /**
   * A job of the store whose owner is gone, and that no other can become any more.
   *
   * @param claimed whether it was claimed, which made its epoch; else the core makes the next one
   */
  record JobLoaded(StoredJob job, boolean claimed) implements Event {}

  /** A job of the store that a scheduler ended that is gone, and whose details are still there. */
  record EndedJobLoaded(JobId job, long epoch) implements Event {}

  // Other schedulers, on a store that they share.

  /** What the store says of them. */
  sealed interface OfCluster extends Event {}

  /**
   * The schedulers that have a key; perhaps no longer true.
   *
   * @param successions which of them were others before
   */
  record SchedulersListed(List<Incarnation> present, List<Succession> successions)
      implements OfCluster {
    public SchedulersListed {
      present = List.copyOf(present);
      successions = List.copyOf(successions);
    }

    /** All began as who they are. */
    public SchedulersListed(List<Incarnation> present) {
      this(present, List.of());
    }
  }

  /** Learnt of another scheduler, other than by the store. */
  record OfPeer(PeerEvent event) implements OfCluster {}

  /**
   * A job that has not ended and whose owner has no key, or that is said to be this scheduler's.
   *
   * @param planned whether it has a plan, so that tasks may run
   */
  record Orphan(JobId job, Incarnation owner, boolean planned) {}

  /**
   * Perhaps before the answer to {@link Effect.ListOrphans}: some that are known without asking, as
   * they were a while ago. They are claimed at once, and the claim shows what is so no more.
   */
  record OrphansKnown(List<Orphan> orphans) implements OfCluster {
    public OrphansKnown {
      orphans = List.copyOf(orphans);
    }
  }

  /** The answer to {@link Effect.ListOrphans}. */
  record OrphansListed(List<Orphan> orphans) implements OfCluster {
    public OrphansListed {
      orphans = List.copyOf(orphans);
    }
  }

  /** {@link Effect.ListOrphans} could not be answered; the core asks again. */
  record OrphansUnreadable() implements OfCluster {}

  /** The answer to {@link Effect.ClaimJobs}, after a {@code JobLoaded} for each that is ours. */
  record ClaimAnswered(List<JobId> jobs) implements OfCluster {
    public ClaimAnswered {
      jobs = List.copyOf(jobs);
    }
  }

  /** Start-up: a registration of the store. */
  record ExecutorLoaded(ExecutorInfo info) implements Event {}

  /**
   * Time passed; at least each {@link Limits#tickMs()}. Everything that an event missed is found by
   * the next one.
   */
  record Tick() implements Event {}
}

package io.mangonel.core.owner;

import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.suspicion.PeerEffect;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import java.util.List;

/**
 * What a scheduler wants done. The core gives an effect out only when it may be performed: what
 * must wait for a commit (rules D4, D5) has waited. The shell performs effects in any order, each
 * once, and reports outcomes as events; it retries nothing.
 */
public sealed interface Effect {

  /** What waits for a commit on behalf of one job. */
  sealed interface OfJob extends Effect {
    JobId job();
  }

  /**
   * Plan it, off the loop; answered by {@code JobSubmitted} or {@code PlanningFailed}.
   *
   * @param suspect whether schedulers have ended before they had planned it: it is to be planned in
   *     a process of its own first (rule T14)
   */
  record PlanJob(JobId job, JobRequest request, boolean suspect) implements Effect {}

  /** Nobody waits for the plan any more; optional to obey. */
  record StopPlanning(JobId job) implements Effect {}

  // To executors. The shell sends the incarnation along, and the executor refuses another's.

  /**
   * Replaces what this scheduler wants of the executor. Answered by {@code SlotsReserved} or {@code
   * SlotsUnanswered}.
   *
   * @param request names the call: a repeated one is answered as the first
   * @param wanted slots wanted, 0 to stop waiting
   * @param ttlMs how long a reservation, and the wait for the rest, live
   */
  record ReserveSlots(
      ExecutorId executor, Incarnation incarnation, long request, int wanted, long ttlMs)
      implements Effect {}

  /** Reservations that are not used. No answer; lost ones expire. */
  record CancelReservations(
      ExecutorId executor, Incarnation incarnation, List<ExecutorReservation> reservations)
      implements Effect {
    public CancelReservations {
      reservations = List.copyOf(reservations);
    }
  }

  /** Answered by {@code LaunchAnswered} or {@code LaunchUnanswered}. */
  record LaunchTasks(ExecutorId executor, Incarnation incarnation, List<TaskLaunch> launches)
      implements Effect {
    public LaunchTasks {
      launches = List.copyOf(launches);
    }
  }

  /** Interrupt these attempts of a job. No answer: heartbeats tell. */
  record CancelTasks(
      ExecutorId executor,
      Incarnation incarnation,
      JobId job,
      long epoch,
      List<TaskAttemptId> attempts)
      implements OfJob {
    public CancelTasks {
      attempts = List.copyOf(attempts);
    }
  }

  /**
   * Raise these jobs' epochs and tell what there is of them; answered by {@code JobsAdopted}.
   *
   * @param gone schedulers that had them before, and have no key any more
   */
  record AdoptJobs(
      ExecutorId executor, Incarnation incarnation, List<JobEpoch> jobs, List<Incarnation> gone)
      implements Effect {
    public AdoptJobs {
      jobs = List.copyOf(jobs);
      gone = List.copyOf(gone);
    }
  }

  record JobEpoch(JobId job, long epoch) {}

  /** Stop all of the job there and delete its files. No answer; a sweep finds what was missed. */
  record RemoveJobData(ExecutorId executor, Incarnation incarnation, JobId job, long epoch)
      implements OfJob {}

  /** These statuses are durable, or do not matter: the executor may forget them. */
  record AcknowledgeStatuses(
      ExecutorId executor, Incarnation incarnation, List<TaskAttemptId> attempts)
      implements Effect {
    public AcknowledgeStatuses {
      attempts = List.copyOf(attempts);
    }
  }

  /** Its registration is durable: answer the executor. */
  record ExecutorAccepted(ExecutorId executor, Incarnation incarnation) implements Effect {}

  /** A heartbeat of someone unknown: ask it to register. */
  record AskToRegister(ExecutorId executor, Incarnation incarnation) implements Effect {}

  /**
   * This scheduler has heard nothing of an executor that the store names: tell it where schedulers
   * are. It finds them by others otherwise, and those may be gone.
   */
  record Announce(ExecutorId executor, Incarnation incarnation) implements Effect {}

  // To clients.

  /** The request is durable: whatever happens now, the job will reach an end. */
  record JobAccepted(JobId job) implements OfJob {}

  /** The job was not taken, and nothing is kept of it. */
  record JobRefused(JobId job, String message, boolean retryable) implements Effect {}

  /**
   * The job was not taken, because another submit of the same under its idempotency key was first:
   * whoever asked waits for that one (rule D6).
   *
   * @param existing durable; perhaps another scheduler's
   */
  record JobExists(JobId job, JobId existing) implements Effect {}

  /** The job ended, durably: answer everyone who waits for it. */
  record JobFinished(JobId job, TerminalRecord.Finished record) implements OfJob {}

  record JobFailed(JobId job, TerminalRecord.Failed record) implements OfJob {}

  record JobCancelled(JobId job, TerminalRecord.Cancelled record) implements OfJob {}

  // To the store.

  /**
   * Read this scheduler's key, linearizably, then who holds the idempotency keys of the jobs that
   * the last commit creates; answered by {@code FenceRead} or {@code FenceUnreadable}.
   */
  record ReadFence() implements Effect {}

  /**
   * Read the headers of all jobs, then the keys of all schedulers; answered by {@code
   * OrphansListed} or {@code OrphansUnreadable}, before which {@code OrphansKnown} may come.
   */
  record ListOrphans() implements Effect {}

  /**
   * Become the owner of these jobs, in a transaction that requires that {@code owner} has no key
   * and that their headers are as they were (rule D3). For each that is ours then, {@code
   * JobLoaded}; at last {@code ClaimAnswered}.
   */
  record ClaimJobs(Incarnation owner, List<JobId> jobs) implements Effect {
    public ClaimJobs {
      jobs = List.copyOf(jobs);
    }
  }

  /** Find out about another scheduler, or delete its key. */
  record OfPeer(PeerEffect effect) implements Effect {}

  /**
   * Delete now what is behind jobs that are no longer kept, and old history, and then measure.
   *
   * @param first whether this scheduler is the one that compacts for all (rule D10)
   */
  record TrimStore(boolean first) implements Effect {}

  /**
   * This scheduler lost its key, or gives it up: it owns nothing any more. The last effect of a
   * core; the shell drops it, lets its key go if that is there, and starts a new incarnation.
   */
  record Fenced(String message) implements Effect {}
}

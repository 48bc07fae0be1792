package io.mangonel.core.agent;

import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import java.util.List;

/**
 * Everything that can happen to an executor, and the only input of {@link AgentCore}. Requests of
 * schedulers may come late, repeated and in any order.
 *
 * <p>{@code call} is the shell's name for a request it must answer; the answering effect repeats it
 * and follows in the same {@code ready()}. {@code target} is the executor incarnation that the
 * request was meant for; {@code scheduler} is the incarnation that sent it.
 */
public sealed interface AgentEvent {

  /**
   * A scheduler is in reach: found by the seed list or in a heartbeat's answer. The agent registers
   * there, heartbeats to it, and in pull mode polls it.
   */
  record SchedulerFound(Incarnation scheduler) implements AgentEvent {}

  /** A scheduler is gone, or its address is answered by another incarnation. */
  record SchedulerGone(Incarnation scheduler) implements AgentEvent {}

  /** A scheduler asks to be registered with, because it does not know this executor. */
  record RegistrationAsked(Incarnation scheduler) implements AgentEvent {}

  /**
   * Answered by {@link AgentEffect.AnswerSlots}.
   *
   * @param request the scheduler's name for it: a repeated one is answered as the first
   * @param wanted replaces what it wanted before; 0 ends its wait
   * @param ttlMs life of the reservations and of the wait
   */
  record SlotsRequested(
      long call, Incarnation target, Incarnation scheduler, long request, int wanted, long ttlMs)
      implements AgentEvent {}

  /** The scheduler will not use these reservations. */
  record ReservationsCancelled(Incarnation scheduler, List<String> reservations)
      implements AgentEvent {
    public ReservationsCancelled {
      reservations = List.copyOf(reservations);
    }
  }

  /**
   * Answered by {@link AgentEffect.AnswerLaunch}.
   *
   * @param polled it came as the answer to a poll: the scheduler hears no answer, so what is
   *     rejected is also reported as a status
   */
  record LaunchRequested(
      long call,
      Incarnation target,
      Incarnation scheduler,
      List<TaskLaunch> launches,
      boolean polled)
      implements AgentEvent {
    public LaunchRequested {
      launches = List.copyOf(launches);
    }
  }

  /** Interrupt these attempts of a job; one that was never heard of will be refused. */
  record CancelRequested(Incarnation target, JobId job, long epoch, List<TaskAttemptId> attempts)
      implements AgentEvent {
    public CancelRequested {
      attempts = List.copyOf(attempts);
    }
  }

  /**
   * Answered by {@link AgentEffect.AnswerInventory}.
   *
   * @param gone schedulers that had the jobs before, and have no key any more
   */
  record AdoptRequested(
      long call,
      Incarnation target,
      Incarnation scheduler,
      List<JobEpoch> jobs,
      List<Incarnation> gone)
      implements AgentEvent {
    public AdoptRequested {
      jobs = List.copyOf(jobs);
      gone = List.copyOf(gone);
    }
  }

  record JobEpoch(JobId job, long epoch) {}

  /** Stop everything of the job and delete its data. */
  record RemoveRequested(Incarnation target, JobId job, long epoch) implements AgentEvent {}

  /** An owner has these statuses safely; it may come as the answer to a report or on its own. */
  record StatusesAcknowledged(List<TaskAttemptId> attempts) implements AgentEvent {
    public StatusesAcknowledged {
      attempts = List.copyOf(attempts);
    }
  }

  /** The answer to {@link AgentEffect.RunTask}: exactly one for each, whatever happened. */
  record TaskEnded(TaskAttemptId attempt, TaskOutcome outcome) implements AgentEvent {}

  /**
   * The answer to {@link AgentEffect.AskJobs}; a question without an answer is asked again.
   *
   * @param known those of {@code asked} that a scheduler owns, or that ended and are kept
   */
  record JobsKnown(List<JobId> asked, List<JobId> known) implements AgentEvent {
    public JobsKnown {
      asked = List.copyOf(asked);
      known = List.copyOf(known);
    }
  }

  /** The process was asked to end: answered, in the end, by {@link AgentEffect.Drained}. */
  record DrainRequested() implements AgentEvent {}

  /** Time passed; at least each {@link Limits#tickMs()}. */
  record Tick() implements AgentEvent {}
}

package io.mangonel.core.agent;

import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an executor wants done, in the order decided. The shell performs each once and retries
 * nothing; a message to a scheduler that fails is repeated by the core when its time comes.
 */
public sealed interface AgentEffect {

  // Tasks.

  /**
   * Run it; answered by {@code TaskEnded}.
   *
   * @param inLane in the slot beside the others, for what is small
   */
  record RunTask(TaskLaunch launch, boolean inLane) implements AgentEffect {}

  /** Interrupt it; {@code TaskEnded} still follows, with whatever outcome it came to. */
  record InterruptTask(TaskAttemptId attempt) implements AgentEffect {}

  /** Delete all files of the job. Its tasks have been interrupted; late files go too. */
  record RemoveJobData(JobId job) implements AgentEffect {}

  /** Delete the files of one attempt: nobody will read them. */
  record RemoveAttemptData(TaskAttemptId attempt) implements AgentEffect {}

  // Answers to calls.

  /**
   * @param granted held for the scheduler for the time it asked for
   * @param waiting slots that will be offered when they come free
   */
  record AnswerSlots(long call, long request, List<ExecutorReservation> granted, int waiting)
      implements AgentEffect {
    public AnswerSlots {
      granted = List.copyOf(granted);
    }
  }

  /** One answer per launch, in its order. */
  record AnswerLaunch(long call, List<TaskLaunch.Answer> answers) implements AgentEffect {
    public AnswerLaunch {
      answers = List.copyOf(answers);
    }
  }

  /**
   * @param refused jobs of which a higher epoch was seen; of the others:
   * @param running what runs
   * @param ended statuses of what ended and is still there, acknowledged or not
   */
  record AnswerInventory(
      long call,
      List<JobId> jobs,
      List<AgentEvent.JobEpoch> refused,
      List<TaskAttemptId> running,
      List<TaskStatus> ended)
      implements AgentEffect {
    public AnswerInventory {
      jobs = List.copyOf(jobs);
      refused = List.copyOf(refused);
      running = List.copyOf(running);
      ended = List.copyOf(ended);
    }
  }

  /** The request was meant for another run of this executor: answer so, with ours. */
  record AnswerOtherIncarnation(long call) implements AgentEffect {}

  // To schedulers.

  /**
   * Register there.
   *
   * @param outputs attempts whose finished output is still served
   */
  record Register(Incarnation scheduler, List<TaskAttemptId> outputs) implements AgentEffect {
    public Register {
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * @param attempts what runs, and what ended and waits for its acknowledgement
   */
  record SendHeartbeat(Incarnation scheduler, List<TaskAttemptId> attempts, int freeSlots)
      implements AgentEffect {
    public SendHeartbeat {
      attempts = List.copyOf(attempts);
    }
  }

  /**
   * Slots came free for a scheduler that waits, or in pull mode for whose turn it is to be polled.
   */
  record SendOffer(Incarnation scheduler, List<ExecutorReservation> reservations)
      implements AgentEffect {
    public SendOffer {
      reservations = List.copyOf(reservations);
    }
  }

  /** A scheduler that is not known has spoken: see at once who is at the known addresses. */
  record LookForSchedulers() implements AgentEffect {}

  /** Ask which of these jobs are known; answered by {@code JobsKnown}. */
  record AskJobs(Incarnation scheduler, List<JobId> jobs) implements AgentEffect {
    public AskJobs {
      jobs = List.copyOf(jobs);
    }
  }

  /**
   * This executor takes no more tasks.
   *
   * @param gone nothing runs there any more, and the process ends now
   */
  record SayLeaving(Incarnation scheduler, boolean gone) implements AgentEffect {}

  /** The process may end: once, after the last {@link SayLeaving}. */
  record Drained() implements AgentEffect {}

  /** Report; answered, perhaps later, by {@code StatusesAcknowledged}. */
  record SendStatuses(Incarnation scheduler, List<Report> reports) implements AgentEffect {
    public SendStatuses {
      reports = List.copyOf(reports);
    }
  }

  /**
   * @param followUp the slot it ran on, held for its job, or null; only in the first sending
   */
  record Report(TaskStatus status, @Nullable ExecutorReservation followUp) {}
}

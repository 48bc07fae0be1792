package io.mangonel.core.task;

import java.util.ArrayList;
import java.util.List;

/**
 * An assignment: this attempt on the slot of this reservation.
 *
 * @param epoch the job's current epoch; equal to the id's launch epoch at launch
 * @param inputs every producer attempt it reads, in order of stage and partition
 */
public record TaskLaunch(
    TaskAttemptId id, String reservation, long epoch, List<InputLocation> inputs) {
  public TaskLaunch {
    inputs = List.copyOf(inputs);
  }

  /**
   * The inputs that a status names again, because it counts only while they do. A status that named
   * all would be as long as its stage's input is wide, for each task of the stage.
   */
  public List<TaskAttemptId> decisiveInputs() {
    var named = new ArrayList<TaskAttemptId>();
    for (InputLocation input : inputs) {
      if (!input.reproducible()) {
        named.add(input.producer());
      }
    }
    return named;
  }

  /** What an executor says to a launch. A repeated launch gets the answer of the first. */
  public sealed interface Answer {
    TaskAttemptId id();

    /** It runs, or it ran. */
    record Accepted(TaskAttemptId id) implements Answer {}

    /** It was not started and never will be under this id. */
    record Rejected(TaskAttemptId id, Reason reason, String message) implements Answer {}

    /**
     * It was not started: the executor has seen a higher epoch of the job (rules T8 and D11).
     *
     * @param highestEpoch the highest epoch of the job that the executor has seen
     */
    record StaleEpoch(TaskAttemptId id, long highestEpoch) implements Answer {}
  }

  /** Why a launch was rejected. */
  public enum Reason {
    /** The reservation expired, was cancelled, was used, or is of another incarnation. */
    NO_RESERVATION,
    /** The launch was meant for another run of the executor. */
    OTHER_INCARNATION,
    /** Too many statuses wait for their acknowledgement (rule T10). */
    OUTBOX_FULL,
    /** Its cancellation, or the removal of its job, arrived first. */
    CANCELLED
  }
}

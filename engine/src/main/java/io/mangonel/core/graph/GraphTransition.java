package io.mangonel.core.graph;

import java.util.List;

/**
 * One change of an {@link ExecutionGraph}. A graph is the fold of its transitions, so a log of
 * them, or a snapshot and the log after it, restores it exactly.
 */
public sealed interface GraphTransition {
  /** An attempt was assigned to an executor; it reads the current outputs of its producers. */
  record TaskLaunched(TaskAttemptId id, ExecutorId executor, Incarnation incarnation)
      implements GraphTransition {}

  /** A running attempt became the winner of its partition. */
  record TaskSucceeded(TaskAttemptId id, TaskOutput output) implements GraphTransition {}

  /** A running attempt ended otherwise; {@code failure} decides what that means. */
  record TaskFailed(TaskAttemptId id, Failure failure) implements GraphTransition {}

  /**
   * An executor incarnation is gone: its running attempts are, and its outputs except {@code kept}.
   */
  record ExecutorGone(
      ExecutorId executor, Incarnation incarnation, List<TaskAttemptId> kept, String reason)
      implements GraphTransition {
    public ExecutorGone {
      kept = List.copyOf(kept);
    }
  }

  /** Rows of the answer have reached the client: the root must not run again. */
  record RowsSent() implements GraphTransition {}
}

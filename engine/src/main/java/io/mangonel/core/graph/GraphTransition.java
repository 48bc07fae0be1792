package io.mangonel.core.graph;

import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.UnreadableRecordException;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutput;
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
   * An executor incarnation is gone: its running attempts are, and its outputs, except {@code
   * kept}. A kept attempt that still counts as running has ended there; its status follows.
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

  /**
   * The files of the present winners are what the statement writes (rule T16): this is the
   * manifest. From here on nothing takes a winner back, and the job is not cancelled.
   */
  record PublishingBegun() implements GraphTransition {}

  default void write(RecordWriter out) {
    switch (this) {
      case TaskLaunched(var id, var executor, var incarnation) -> {
        id.write(out.number(1));
        out.text(executor.value()).text(incarnation.value());
      }
      case TaskSucceeded(var id, var output) -> {
        id.write(out.number(2));
        output.write(out);
      }
      case TaskFailed(var id, var failure) -> {
        id.write(out.number(3));
        failure.write(out);
      }
      case ExecutorGone(var executor, var incarnation, var kept, var reason) ->
          out.number(4)
              .text(executor.value())
              .text(incarnation.value())
              .list(kept, (o, id) -> id.write(o))
              .text(reason);
      case RowsSent() -> out.number(5);
      case PublishingBegun() -> out.number(6);
    }
  }

  static GraphTransition read(RecordReader in) {
    int kind = in.integer();
    return switch (kind) {
      case 1 ->
          new TaskLaunched(
              TaskAttemptId.read(in), new ExecutorId(in.text()), new Incarnation(in.text()));
      case 2 -> new TaskSucceeded(TaskAttemptId.read(in), TaskOutput.read(in));
      case 3 -> new TaskFailed(TaskAttemptId.read(in), Failure.read(in));
      case 4 ->
          new ExecutorGone(
              new ExecutorId(in.text()),
              new Incarnation(in.text()),
              in.list(TaskAttemptId::read),
              in.text());
      case 5 -> new RowsSent();
      case 6 -> new PublishingBegun();
      default -> throw new UnreadableRecordException("transition of kind " + kind);
    };
  }
}

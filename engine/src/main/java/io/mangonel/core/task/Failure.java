package io.mangonel.core.task;

import io.mangonel.core.RecordReader;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.UnreadableRecordException;

/** Why a task attempt did not succeed. The kind alone decides what happens next. */
public sealed interface Failure {
  /** One line for a person. */
  String message();

  /** The statement or its data is wrong: the job fails at once with DuckDB's message. */
  record UserError(String message) implements Failure {}

  /** Memory, disk or another limit ran out: worth another executor. */
  record ResourceExhausted(String message) implements Failure {}

  /** Storage or the engine failed in a way another try may not. */
  record Io(String message) implements Failure {}

  /** Output of {@code producer} could not be read: it is lost, and blamed for it. */
  record FetchFailed(TaskAttemptId producer, String message) implements Failure {}

  /**
   * The executor that holds the output of {@code producer} did not answer: the output may still be
   * there. Costs no attempt; the owner waits for that executor, or blames the producer. Never kept
   * in the store.
   */
  record HolderUnreachable(TaskAttemptId producer, String message) implements Failure {}

  /** The executor is gone with all that ran on it. */
  record ExecutorLost(String message) implements Failure {}

  /** Interrupted on request. */
  record Killed(String message) implements Failure {}

  /** The executor never started it; costs no attempt. */
  record LaunchRejected(String message) implements Failure {}

  /** An input file differs from the one the plan pinned: the job fails, naming it. */
  record InputChanged(String path, String message) implements Failure {}

  /** The same but for its message. */
  default Failure withMessage(String other) {
    return switch (this) {
      case UserError _ -> new UserError(other);
      case ResourceExhausted _ -> new ResourceExhausted(other);
      case Io _ -> new Io(other);
      case FetchFailed(var producer, _) -> new FetchFailed(producer, other);
      case HolderUnreachable(var producer, _) -> new HolderUnreachable(producer, other);
      case ExecutorLost _ -> new ExecutorLost(other);
      case Killed _ -> new Killed(other);
      case LaunchRejected _ -> new LaunchRejected(other);
      case InputChanged(var path, _) -> new InputChanged(path, other);
    };
  }

  default void write(RecordWriter out) {
    switch (this) {
      case UserError(var message) -> out.number(1).text(message);
      case ResourceExhausted(var message) -> out.number(2).text(message);
      case Io(var message) -> out.number(3).text(message);
      case FetchFailed(var producer, var message) -> {
        producer.write(out.number(4));
        out.text(message);
      }
      case ExecutorLost(var message) -> out.number(5).text(message);
      case Killed(var message) -> out.number(6).text(message);
      case LaunchRejected(var message) -> out.number(7).text(message);
      case InputChanged(var path, var message) -> out.number(8).text(path).text(message);
      case HolderUnreachable(var producer, var message) -> {
        producer.write(out.number(9));
        out.text(message);
      }
    }
  }

  static Failure read(RecordReader in) {
    int kind = in.integer();
    return switch (kind) {
      case 1 -> new UserError(in.text());
      case 2 -> new ResourceExhausted(in.text());
      case 3 -> new Io(in.text());
      case 4 -> new FetchFailed(TaskAttemptId.read(in), in.text());
      case 5 -> new ExecutorLost(in.text());
      case 6 -> new Killed(in.text());
      case 7 -> new LaunchRejected(in.text());
      case 8 -> new InputChanged(in.text(), in.text());
      case 9 -> new HolderUnreachable(TaskAttemptId.read(in), in.text());
      default -> throw new UnreadableRecordException("failure of kind " + kind);
    };
  }
}

package io.mangonel.core.graph;

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

  /** The executor is gone with all that ran on it. */
  record ExecutorLost(String message) implements Failure {}

  /** Interrupted on request. */
  record Killed(String message) implements Failure {}

  /** The executor never started it; costs no attempt. */
  record LaunchRejected(String message) implements Failure {}

  /** An input file differs from the one the plan pinned: the job fails, naming it. */
  record InputChanged(String path, String message) implements Failure {}
}

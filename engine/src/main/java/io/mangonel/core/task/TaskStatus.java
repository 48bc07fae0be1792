package io.mangonel.core.task;

import java.util.List;

/**
 * An executor's report about the end of an attempt, repeated until an owner acknowledges it (rule
 * T10).
 *
 * @param inputs the producer attempts it read, as its launch named them, that cannot be made again
 *     with the same rows (rule T7)
 */
public record TaskStatus(
    TaskAttemptId id,
    ExecutorId executor,
    Incarnation incarnation,
    List<TaskAttemptId> inputs,
    TaskOutcome outcome) {
  public TaskStatus {
    inputs = List.copyOf(inputs);
  }
}

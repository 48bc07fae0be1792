package io.mangonel.core.agent;

import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutput;
import java.util.List;

/**
 * A successful attempt of an earlier run of this executor whose files are still in its work
 * directory (rule T12).
 *
 * @param epoch the highest epoch of its job that its record knows
 * @param inputs the producer attempts it read, as a status names them
 * @param output at least one file
 */
public record Recovered(
    TaskAttemptId id, long epoch, List<TaskAttemptId> inputs, TaskOutput output) {
  public Recovered {
    inputs = List.copyOf(inputs);
  }
}

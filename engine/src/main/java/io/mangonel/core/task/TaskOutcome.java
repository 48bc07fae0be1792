package io.mangonel.core.task;

/** How a task attempt ended. */
public sealed interface TaskOutcome {
  record Succeeded(TaskOutput output) implements TaskOutcome {}

  record Failed(Failure failure) implements TaskOutcome {}
}

package io.mangonel.core.graph;

/** How a task attempt ended. */
public sealed interface TaskOutcome {
  record Succeeded(TaskOutput output) implements TaskOutcome {}

  record Failed(Failure failure) implements TaskOutcome {}
}

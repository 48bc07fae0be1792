package io.mangonel.core.task;

import java.util.List;

/**
 * Where a consumer task finds what one producer attempt made for it.
 *
 * @param files only those the consumer task reads; may be empty
 */
public record InputLocation(TaskAttemptId producer, ExecutorId executor, List<OutputFile> files) {
  public InputLocation {
    files = List.copyOf(files);
  }
}

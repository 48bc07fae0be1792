package io.mangonel.core.task;

import java.util.List;

/**
 * Where a consumer task finds what one producer attempt made for it.
 *
 * @param files only those the consumer task reads; may be empty
 * @param reproducible whether another attempt of the producer would make the same rows: then it
 *     does not matter which one was read (rule T7)
 */
public record InputLocation(
    TaskAttemptId producer, ExecutorId executor, List<OutputFile> files, boolean reproducible) {
  public InputLocation {
    files = List.copyOf(files);
  }

  /** Of a producer of which that is not promised. */
  public InputLocation(TaskAttemptId producer, ExecutorId executor, List<OutputFile> files) {
    this(producer, executor, files, false);
  }
}

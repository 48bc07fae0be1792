package io.mangonel.scheduler;

import java.nio.file.Path;
import java.util.List;

/**
 * What a scheduler is started with.
 *
 * @param bind address to listen on
 * @param port 0 for a free one
 * @param state {@code memory} or {@code rocksdb:DIR}
 * @param dataDirectories where statements may read files, absolute; empty allows nothing
 * @param executorWaitMs how long a statement waits for the first executor
 * @param retentionMs how long the files of a finished job stay on executors when nobody read them
 */
public record SchedulerConfig(
    String bind,
    int port,
    String state,
    List<Path> dataDirectories,
    long executorWaitMs,
    long retentionMs) {
  public SchedulerConfig {
    dataDirectories = List.copyOf(dataDirectories);
  }

  /** On loopback with a free port and the default limits. */
  public static SchedulerConfig local(String state, List<Path> dataDirectories) {
    return new SchedulerConfig("127.0.0.1", 0, state, dataDirectories, 30_000, 600_000);
  }
}

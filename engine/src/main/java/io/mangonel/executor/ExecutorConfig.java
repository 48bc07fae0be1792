package io.mangonel.executor;

import java.nio.file.Path;
import java.util.List;

/**
 * What an executor is started with.
 *
 * @param bind address to listen on
 * @param port 0 for a free one
 * @param schedulers {@code host:port} of schedulers, at least one; they may be out of reach for now
 * @param workDirectory its own, absolute: node id, shuffle files, spilled data; made when missing
 * @param slots tasks that run at once, at least 1
 * @param threads of its DuckDB, at least 1
 * @param memoryBytes limit of its DuckDB
 * @param pull whether it polls for work instead of being pushed tasks
 * @param dataDirectories where tasks may read input files, absolute
 */
public record ExecutorConfig(
    String bind,
    int port,
    List<String> schedulers,
    Path workDirectory,
    int slots,
    int threads,
    long memoryBytes,
    boolean pull,
    List<Path> dataDirectories) {
  public ExecutorConfig {
    schedulers = List.copyOf(schedulers);
    dataDirectories = List.copyOf(dataDirectories);
  }
}

package io.mangonel.executor.task;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.planner.stage.StagePlan;
import io.mangonel.wire.HostPort;
import java.util.Map;

/**
 * What a task needs beside its launch.
 *
 * @param peers addresses of the executors whose files it reads
 */
public record TaskWork(StagePlan plan, Map<ExecutorId, HostPort> peers) {
  public TaskWork {
    peers = Map.copyOf(peers);
  }
}

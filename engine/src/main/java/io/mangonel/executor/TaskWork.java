package io.mangonel.executor;

import io.mangonel.core.graph.ExecutorId;
import io.mangonel.planner.stage.StagePlan;
import io.mangonel.wire.HostPort;
import java.util.Map;

/**
 * What a task needs beside its launch.
 *
 * @param peers addresses of the executors whose files it reads
 */
record TaskWork(StagePlan plan, Map<ExecutorId, HostPort> peers) {
  TaskWork {
    peers = Map.copyOf(peers);
  }
}

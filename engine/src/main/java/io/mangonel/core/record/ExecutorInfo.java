package io.mangonel.core.record;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;

/**
 * An executor's registration.
 *
 * @param host where its gRPC service is
 * @param slots its task slots
 * @param fingerprint its engine version
 * @param pull whether it polls for work; such an executor is never asked for slots
 */
public record ExecutorInfo(
    ExecutorId id,
    Incarnation incarnation,
    String host,
    int port,
    int slots,
    String fingerprint,
    boolean pull) {

  /**
   * An executor as people see it.
   *
   * @param alive whether it is launched on
   * @param runningTasks attempts of this scheduler that run there
   * @param silentMs time since its last heartbeat
   */
  public record View(ExecutorInfo info, boolean alive, int runningTasks, long silentMs) {}
}

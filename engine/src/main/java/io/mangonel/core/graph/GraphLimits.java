package io.mangonel.core.graph;

/**
 * How often something may fail before the job does.
 *
 * @param attemptsMax failures of a task
 * @param stageAttemptsMax attempts of a stage
 * @param executorDeathsMax deaths of executors while they ran a task
 */
public record GraphLimits(int attemptsMax, int stageAttemptsMax, int executorDeathsMax) {
  /**
   * Of the names of outputs that an executor still has after its restart, in one transition; what
   * is beyond is made again.
   */
  static final int KEPT_BYTES_MAX = 512 << 10;
}

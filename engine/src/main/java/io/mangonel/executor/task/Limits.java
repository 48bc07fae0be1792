package io.mangonel.executor.task;

/**
 * Limits of one attempt.
 *
 * @param timeoutMs the longest it may run
 * @param partitionsInOneFileMax up to this many partitions go to one file that readers filter;
 *     beyond, each gets a file of its own (measured: filtering five times costs less than
 *     splitting)
 * @param inlineBytesMax a result up to this size travels in the task's status (rule D9)
 * @param batchRows rows in an Arrow batch of a result
 */
public record Limits(
    long timeoutMs, int partitionsInOneFileMax, int inlineBytesMax, int batchRows) {
  /**
   * How much nicer than the rest of the process the threads of long tasks are: where both want a
   * core, these get a tenth of it.
   */
  static final int TASK_NICENESS = 10;

  public static final Limits DEFAULTS = new Limits(4 * 3_600_000L, 5, 64 << 10, 16_384);

  /** The same but for {@link #timeoutMs}. */
  public Limits withTimeoutMs(long value) {
    return new Limits(value, partitionsInOneFileMax, inlineBytesMax, batchRows);
  }
}

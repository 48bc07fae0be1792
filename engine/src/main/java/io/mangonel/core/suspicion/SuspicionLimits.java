package io.mangonel.core.suspicion;

/**
 * Every limit of suspicion. Times in milliseconds.
 *
 * @param refusalsMin refused attempts that count as "nobody is there"
 * @param triesMax attempts of a witness before it has seen nothing
 * @param tryPauseMs the least time between two attempts
 * @param tryLostMs an attempt that is not answered for this long is made again
 * @param askPauseMs after this time witnesses are asked again, and the peer is tried anew: evidence
 *     is of one moment
 * @param executorWitnessesMax executors that are asked at once
 * @param schedulerWitnessesMax schedulers that are asked at once
 * @param caseMs evidence that is not complete after this time is dropped: the lease decides
 * @param removeRetryMs a key that is still there after this time is deleted again
 * @param watchMs how long one whose key was deleted is looked for: alive, it proves an error
 * @param watchPauseMs time between two such looks
 * @param offMs how long an error ends suspicion between two schedulers (rule T2)
 * @param reportMs what a peer said of its reach counts for this long
 * @param uselessMs one that reaches far fewer executors than its peers for this long hands its jobs
 *     over (rule T3)
 */
public record SuspicionLimits(
    int refusalsMin,
    int triesMax,
    long tryPauseMs,
    long tryLostMs,
    long askPauseMs,
    int executorWitnessesMax,
    int schedulerWitnessesMax,
    long caseMs,
    long removeRetryMs,
    long watchMs,
    long watchPauseMs,
    long offMs,
    long reportMs,
    long uselessMs) {
  /**
   * Names of one process that its key tells. With the pauses of {@link Comeback} there are not more
   * of them in the ten minutes for which one counts.
   */
  public static final int NAMES_MAX = 32;

  public static final SuspicionLimits DEFAULTS =
      new SuspicionLimits(
          2, 3, 30, 5_000, 500, 3, 2, 10_000, 1_000, 30_000, 2_000, 600_000, 5_000, 10_000);
}

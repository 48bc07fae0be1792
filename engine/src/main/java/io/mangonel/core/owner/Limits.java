package io.mangonel.core.owner;

import io.mangonel.core.graph.GraphLimits;

/**
 * Every limit of the scheduler's side. Times in milliseconds.
 *
 * @param tickMs the longest time between two ticks
 * @param tickGapMs a longer gap between ticks shifts every deadline by it: this process stood
 *     still, not the others (rule T11)
 * @param attemptsMax failed attempts of a task that fail the job
 * @param stageAttemptsMax attempts of a stage that fail the job
 * @param executorDeathsMax deaths of executors while they ran a task that fail the job (rule T14)
 * @param unsuspectedClaimsMax schedulers that had a job without ever planning it; the next one has
 *     it planned in a process of its own first (rule T14)
 * @param unplannedClaimsMax schedulers that had a job without ever planning it; the next one fails
 *     it: planning it may be what ends them (rule T14)
 * @param jobsMax jobs that have not ended; beyond, a submit is refused
 * @param runningJobsMax planned jobs whose tasks are launched; beyond, a job waits in line. Small
 *     ones never wait
 * @param queuedJobsMax jobs in that line; beyond, a submit is refused
 * @param requestBytesMax size of a request
 * @param planChunkBytes size of a piece of a plan or of a snapshot
 * @param transitionBytesMax size of one transition; a status above it counts as failed
 * @param snapshotEvery log entries between snapshots
 * @param commitOperationsMax store operations in a commit (rule D9)
 * @param commitBytesMax bytes in a commit (rule D9)
 * @param uncommittedChangesMax changes and transitions not yet durable; beyond, nothing is launched
 * @param uncommittedBytesMax bytes not yet durable; beyond, nothing is launched
 * @param uncommittedAgeMaxMs age of the oldest one; beyond, nothing is launched
 * @param commitRetryMs pause before a commit with an unknown outcome is sent again
 * @param executorSilentMs without a heartbeat for this long, an executor gets no launches
 * @param executorLostMs and after this long, its tasks and outputs are given up
 * @param reservationTtlMs life of a reservation and of a wait for one
 * @param askMs a request for slots, or for an inventory, without an answer is made again after this
 *     time, and so is an announcement to an executor that is not heard of
 * @param launchRetryMs a launch without an answer is sent again after this time
 * @param launchSendsMax and at most this often
 * @param missingAttemptMs an attempt that no heartbeat of its executor shows for this long is lost
 * @param adoptMs how long a new owner waits for inventories (rule T5)
 * @param executorWaitMs a job fails when for this long no executor has its engine version
 * @param retentionMs how long the result and the details of an ended job are kept after its end, or
 *     after its result was last read
 * @param endedJobsMax ended jobs that are kept so; beyond, the oldest is forgotten early
 * @param orphansEveryMs how often jobs without an owner are looked for when no scheduler has gone
 * @param orphansLostMs a search, or a claim, that is not answered for this long is made again
 * @param claimGraceMs a job that its heir has not claimed for this long is claimed by anybody
 * @param claimJobsMax jobs of one claim (rule T4)
 */
public record Limits(
    long tickMs,
    long tickGapMs,
    int attemptsMax,
    int stageAttemptsMax,
    int executorDeathsMax,
    int unsuspectedClaimsMax,
    int unplannedClaimsMax,
    int jobsMax,
    int runningJobsMax,
    int queuedJobsMax,
    int requestBytesMax,
    int planChunkBytes,
    int transitionBytesMax,
    int snapshotEvery,
    int commitOperationsMax,
    int commitBytesMax,
    int uncommittedChangesMax,
    int uncommittedBytesMax,
    long uncommittedAgeMaxMs,
    long commitRetryMs,
    long executorSilentMs,
    long executorLostMs,
    long reservationTtlMs,
    long askMs,
    long launchRetryMs,
    int launchSendsMax,
    long missingAttemptMs,
    long adoptMs,
    long executorWaitMs,
    long retentionMs,
    int endedJobsMax,
    long orphansEveryMs,
    long orphansLostMs,
    long claimGraceMs,
    int claimJobsMax) {

  public static final Limits DEFAULTS =
      new Limits(
          50, 2_000, 4, 16, 3, 2, 10, 10_000, 1_000, 5_000, 512 << 10, 256 << 10, 768 << 10, 64,
          100, 1 << 20, 10_000, 8 << 20, 5_000, 100, 3_000, 15_000, 3_000, 1_000, 500, 20, 5_000,
          2_000, 300_000, 600_000, 5_000, 10_000, 30_000, 2_000, 50);

  /** What a job may bear. */
  GraphLimits graph() {
    return new GraphLimits(attemptsMax, stageAttemptsMax, executorDeathsMax);
  }

  /** The same but for {@link #retentionMs}. */
  public Limits withRetentionMs(long value) {
    return with(runningJobsMax, queuedJobsMax, value);
  }

  /** The same but for {@link #runningJobsMax} and {@link #queuedJobsMax}. */
  public Limits withJobs(int running, int queued) {
    return with(running, queued, retentionMs);
  }

  /** A copy: what may be changed is a parameter. */
  private Limits with(int newRunningJobsMax, int newQueuedJobsMax, long newRetentionMs) {
    return new Limits(
        tickMs,
        tickGapMs,
        attemptsMax,
        stageAttemptsMax,
        executorDeathsMax,
        unsuspectedClaimsMax,
        unplannedClaimsMax,
        jobsMax,
        newRunningJobsMax,
        newQueuedJobsMax,
        requestBytesMax,
        planChunkBytes,
        transitionBytesMax,
        snapshotEvery,
        commitOperationsMax,
        commitBytesMax,
        uncommittedChangesMax,
        uncommittedBytesMax,
        uncommittedAgeMaxMs,
        commitRetryMs,
        executorSilentMs,
        executorLostMs,
        reservationTtlMs,
        askMs,
        launchRetryMs,
        launchSendsMax,
        missingAttemptMs,
        adoptMs,
        executorWaitMs,
        newRetentionMs,
        endedJobsMax,
        orphansEveryMs,
        orphansLostMs,
        claimGraceMs,
        claimJobsMax);
  }
}

package io.mangonel.core.agent;

/**
 * Every limit of the executor's side. Times in milliseconds.
 *
 * @param tickMs the longest time between two ticks
 * @param heartbeatMs time between heartbeats
 * @param reservationTtlMs life of a reservation that the executor makes by itself: a follow-up, or
 *     an offer
 * @param waitsMax schedulers that may wait for slots
 * @param goneSchedulersMax incarnations of schedulers that are remembered as gone
 * @param requestsMax answered slot requests that are remembered, to answer a repetition
 * @param outboxMax statuses without an acknowledgement; at this many, launches are refused
 * @param outboxWindow statuses sent at once to one scheduler
 * @param outboxBytesMax inline bytes in the outbox; at this many, launches are refused
 * @param statusRetryMs a status without an acknowledgement is sent again after this time
 * @param jobMemoryMs how long a removed job's epoch is remembered (rule T8)
 * @param forgetMs time between two looks for jobs to forget
 * @param tickGapMs a longer gap between ticks shifts every deadline by it: this process stood still
 *     (rule T11)
 * @param drainMs how long running tasks may go on when the executor was asked to end
 * @param drainReportMs and how long its last statuses may wait for their acknowledgement after that
 * @param sweepMs time between two questions which jobs are still known (rule T13)
 * @param sweepGraceMs a job is dropped when it is still unknown after this time
 * @param sweepJobsMax jobs in one question
 * @param lookMs the least time between two looks for a scheduler that spoke before it was found
 */
public record Limits(
    long tickMs,
    long heartbeatMs,
    long reservationTtlMs,
    int waitsMax,
    int goneSchedulersMax,
    int requestsMax,
    int outboxMax,
    int outboxWindow,
    long outboxBytesMax,
    long statusRetryMs,
    long jobMemoryMs,
    long forgetMs,
    long tickGapMs,
    long drainMs,
    long drainReportMs,
    long sweepMs,
    long sweepGraceMs,
    int sweepJobsMax,
    long lookMs) {
  public static final Limits DEFAULTS =
      new Limits(
          50, 500, 3_000, 1_000, 100, 1_000, 10_000, 100, 64 << 20, 500, 600_000, 10_000, 2_000,
          30_000, 2_000, 60_000, 300_000, 1_000, 100);

  /** The same but for {@link #sweepMs} and {@link #sweepGraceMs}. */
  public Limits withSweep(long everyMs, long graceMs) {
    return with(outboxMax, outboxWindow, drainMs, everyMs, graceMs);
  }

  /** The same but for {@link #outboxMax} and {@link #outboxWindow}. */
  public Limits withOutbox(int max, int window) {
    return with(max, window, drainMs, sweepMs, sweepGraceMs);
  }

  /** The same but for {@link #drainMs}. */
  public Limits withDrainMs(long value) {
    return with(outboxMax, outboxWindow, value, sweepMs, sweepGraceMs);
  }

  /** A copy: what may be changed is a parameter. */
  private Limits with(
      int newOutboxMax,
      int newOutboxWindow,
      long newDrainMs,
      long newSweepMs,
      long newSweepGraceMs) {
    return new Limits(
        tickMs,
        heartbeatMs,
        reservationTtlMs,
        waitsMax,
        goneSchedulersMax,
        requestsMax,
        newOutboxMax,
        newOutboxWindow,
        outboxBytesMax,
        statusRetryMs,
        jobMemoryMs,
        forgetMs,
        tickGapMs,
        newDrainMs,
        drainReportMs,
        newSweepMs,
        newSweepGraceMs,
        sweepJobsMax,
        lookMs);
  }
}

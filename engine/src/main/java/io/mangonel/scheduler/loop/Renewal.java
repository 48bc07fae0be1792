package io.mangonel.scheduler.loop;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews a scheduler's lease, but only while its loop and its committer make rounds: one that hangs
 * must not look alive (rule T3).
 */
public final class Renewal {
  private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);

  private final Signs signs;
  private final long roundMaxMs;
  private final BooleanSupplier keepAlive;
  private final Runnable lost;
  private long calledAtMs;
  private long wokeAtMs;

  /**
   * What tells whether a scheduler is of use.
   *
   * @param nowMs time that does not jump
   * @param roundAtMs when the loop ended its last round
   * @param commitBusyMs how long the commit under way has been so
   */
  public record Signs(LongSupplier nowMs, LongSupplier roundAtMs, LongSupplier commitBusyMs) {}

  /**
   * @param roundMaxMs a round of either that takes longer is none
   * @param keepAlive renews; false when the lease is gone
   * @param lost called when it is
   */
  public Renewal(Signs signs, long roundMaxMs, BooleanSupplier keepAlive, Runnable lost) {
    this.signs = signs;
    this.roundMaxMs = roundMaxMs;
    this.keepAlive = keepAlive;
    this.lost = lost;
    this.calledAtMs = signs.nowMs.getAsLong();
    this.wokeAtMs = calledAtMs;
  }

  /** Whether one that shows these signs is renewed. */
  public static boolean isOfUse(long sinceRoundMs, long commitBusyMs, long roundMaxMs) {
    return sinceRoundMs <= roundMaxMs && commitBusyMs <= roundMaxMs;
  }

  /** To be called often within the life of the lease. */
  public void renew() {
    long nowMs = signs.nowMs.getAsLong();
    long stoodStillMs = nowMs - calledAtMs;
    calledAtMs = nowMs;
    long sinceRoundMs = nowMs - signs.roundAtMs.getAsLong();
    long commitBusyMs = signs.commitBusyMs.getAsLong();
    if (isOfUse(sinceRoundMs, commitBusyMs, roundMaxMs)) {
      if (!keepAlive.getAsBoolean()) {
        lost.run();
      }
    } else if (stoodStillMs > roundMaxMs) {
      // This thread did, too: all of the process, by SIGSTOP or with its machine.
      wokeAtMs = nowMs;
      LOG.warn(
          "the process stood still for {} ms: its lease was not renewed and may have ended",
          stoodStillMs);
    } else if (nowMs - wokeAtMs > roundMaxMs) { // Before, they had not had the time for a round.
      LOG.error(
          "the lease is not renewed: last round {} ms ago, commit under way for {} ms",
          sinceRoundMs,
          commitBusyMs);
    }
  }
}

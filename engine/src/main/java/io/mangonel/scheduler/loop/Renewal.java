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

  /**
   * What tells whether a scheduler is of use.
   *
   * @param sinceRoundMs how long ago the loop ended a round
   * @param commitBusyMs how long the commit under way has been so
   */
  public record Signs(LongSupplier sinceRoundMs, LongSupplier commitBusyMs) {}

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
  }

  /** Whether one that shows these signs is renewed. */
  public static boolean isOfUse(long sinceRoundMs, long commitBusyMs, long roundMaxMs) {
    return sinceRoundMs <= roundMaxMs && commitBusyMs <= roundMaxMs;
  }

  /** To be called often within the life of the lease. */
  public void renew() {
    long sinceRoundMs = signs.sinceRoundMs.getAsLong();
    long commitBusyMs = signs.commitBusyMs.getAsLong();
    if (!isOfUse(sinceRoundMs, commitBusyMs, roundMaxMs)) {
      LOG.error(
          "the lease is not renewed: last round {} ms ago, commit under way for {} ms",
          sinceRoundMs,
          commitBusyMs);
    } else if (!keepAlive.getAsBoolean()) {
      lost.run();
    }
  }
}

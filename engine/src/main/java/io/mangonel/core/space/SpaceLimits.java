package io.mangonel.core.space;

/** Shares of the store's space at which something happens (rule D10), and what then holds. */
public final class SpaceLimits {
  /** From here on history is trimmed: what ended is kept for less long. */
  public static final int TRIM_PERCENT = 50;

  /** From here on nothing new is taken: the rest is for what was taken before. */
  public static final int REFUSE_PERCENT = 75;

  /** While the store is that full, or takes nothing, it is trimmed again after this time. */
  public static final long TRIM_EVERY_MS = 10_000;

  /** The retention, in time and in number of jobs, is divided by this while history is trimmed. */
  public static final int RETENTION_DIVISOR = 10;

  private SpaceLimits() {}
}

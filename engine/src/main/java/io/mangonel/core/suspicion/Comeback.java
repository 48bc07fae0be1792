package io.mangonel.core.suspicion;

/**
 * How long a scheduler that lost its key waits before it comes back under another incarnation (rule
 * T2): longer each time, so that two that fence one another do not do so all the time. One that
 * held its key for a while begins anew.
 */
public final class Comeback {
  static final long FIRST_MS = 500;
  static final long MOST_MS = 30_000;

  /** Held for this long, a key counts as safe again. */
  static final long SETTLED_MS = 60_000;

  private long nextMs = FIRST_MS;

  /**
   * @param heldMs how long the last incarnation had its key; 0 when it got none
   */
  public long pauseMs(long heldMs) {
    if (heldMs >= SETTLED_MS) {
      nextMs = FIRST_MS;
    }
    long pauseMs = nextMs;
    nextMs = Math.min(MOST_MS, 2 * nextMs);
    return pauseMs;
  }
}

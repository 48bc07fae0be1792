package io.mangonel.core.agent;

import io.mangonel.core.RecordWriter;

/**
 * The way out of an executor that was asked to end: nothing new starts, what runs may end, then
 * what still runs is interrupted, then the statuses get a last chance.
 */
final class Drain {
  private static final long NEVER = Long.MAX_VALUE;

  /** What is due. */
  enum Step {
    NOTHING,
    INTERRUPT,
    LEAVE
  }

  private final Limits limits;
  private long interruptAtMs = NEVER;
  private long leaveAtMs = NEVER;
  private boolean begun;
  private boolean left;

  Drain(Limits limits) {
    this.limits = limits;
  }

  boolean begun() {
    return begun;
  }

  /** False when it had begun before. */
  boolean begin(long nowMs) {
    if (begun) {
      return false;
    }
    begun = true;
    interruptAtMs = nowMs + limits.drainMs();
    leaveAtMs = interruptAtMs + limits.drainReportMs();
    return true;
  }

  Step due(boolean running, boolean unacknowledged, long nowMs) {
    if (!begun || left) {
      return Step.NOTHING;
    }
    boolean over = !running && !unacknowledged;
    if (over || nowMs >= leaveAtMs) {
      left = true;
      return Step.LEAVE;
    }
    if (nowMs >= interruptAtMs) {
      interruptAtMs = NEVER;
      return Step.INTERRUPT;
    }
    return Step.NOTHING;
  }

  /** This process stood still. */
  void shift(long byMs) {
    if (begun) {
      interruptAtMs += interruptAtMs == NEVER ? 0 : byMs;
      leaveAtMs += byMs;
    }
  }

  void encode(RecordWriter out) {
    out.flag(begun).flag(left).number(interruptAtMs).number(leaveAtMs);
  }
}

package io.mangonel.core.space;

import io.mangonel.core.RecordWriter;
import java.util.Optional;

/**
 * How full the store is, as it was measured last, and what follows from it (rule D10). A store that
 * was never measured has all the space that is needed.
 */
public final class StoreSpace {
  private static final int PERCENT = 100;

  private long usedBytes;
  private long quotaBytes;
  private boolean takesNothing;
  private boolean trimmed;
  private long trimmedAtMs;

  /**
   * @param newUsedBytes what the store holds, old revisions included
   * @param newQuotaBytes where it ends; 0 when that is not known
   * @param nothing whether it refuses every write for want of space
   */
  public void measured(long newUsedBytes, long newQuotaBytes, boolean nothing) {
    usedBytes = newUsedBytes;
    quotaBytes = newQuotaBytes;
    takesNothing = nothing;
  }

  /** Whether what ended is to be kept for less long. */
  public boolean pressed() {
    return takesNothing || percent() >= SpaceLimits.TRIM_PERCENT;
  }

  /** Why no new job is taken; for a person. */
  public Optional<String> refusal() {
    if (takesNothing) {
      return Optional.of("the state store is full; try again later");
    }
    return percent() >= SpaceLimits.REFUSE_PERCENT
        ? Optional.of(
            "the state store is %d %% full, and from %d %% on no new statement is taken; try again later"
                .formatted(percent(), SpaceLimits.REFUSE_PERCENT))
        : Optional.empty();
  }

  private long percent() {
    return quotaBytes <= 0 ? 0 : usedBytes * PERCENT / quotaBytes;
  }

  /** Whether the store is to be trimmed now; true once in a while. */
  public boolean takeTrim(long nowMs) {
    boolean due = pressed() && (!trimmed || nowMs - trimmedAtMs >= SpaceLimits.TRIM_EVERY_MS);
    if (due) {
      trimmed = true;
      trimmedAtMs = nowMs;
    }
    return due;
  }

  /** For comparing and hashing only. */
  public void encode(RecordWriter out) {
    out.number(usedBytes).number(quotaBytes).flag(takesNothing).flag(trimmed).number(trimmedAtMs);
  }
}

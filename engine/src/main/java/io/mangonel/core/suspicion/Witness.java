package io.mangonel.core.suspicion;

import java.util.Optional;

/**
 * What a third party does that is asked about a scheduler: it tries for itself, and says no more
 * than it saw. Of one question.
 */
public final class Witness {
  private final SuspicionLimits limits;
  private int tries;
  private int refusals;
  private boolean seen;
  private Sighting last = Sighting.SILENT;

  public Witness(SuspicionLimits limits) {
    this.limits = limits;
  }

  /** How long to wait before the next attempt; empty when it has seen enough. */
  public Optional<Long> nextPauseMs() {
    if (seen || tries >= limits.triesMax()) {
      return Optional.empty();
    }
    return Optional.of(tries == 0 ? 0 : limits.tryPauseMs());
  }

  /** An attempt was made. */
  public void tried(Sighting sighting) {
    tries++;
    last = sighting;
    switch (sighting) {
      case ALIVE, REPLACED -> seen = true;
      case REFUSED -> {
        refusals++;
        seen = refusals >= limits.refusalsMin();
      }
      case SILENT -> {}
    }
  }

  /** What it testifies in the end: one refusal alone is nothing. */
  public Sighting testimony() {
    return seen ? last : Sighting.SILENT;
  }
}

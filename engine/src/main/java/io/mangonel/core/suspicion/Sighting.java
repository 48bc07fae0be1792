package io.mangonel.core.suspicion;

/** What an attempt to reach a scheduler incarnation at its address showed. */
public enum Sighting {
  /** It answered. */
  ALIVE,
  /** Another incarnation answered at its address. */
  REPLACED,
  /** The machine answered that nobody listens there. */
  REFUSED,
  /** Anything else: no answer in time, no way, no such name. It proves nothing. */
  SILENT;

  /** Whether it speaks against the incarnation (rule T1). */
  boolean isEvidence() {
    return switch (this) {
      case REPLACED, REFUSED -> true;
      case ALIVE, SILENT -> false;
    };
  }
}

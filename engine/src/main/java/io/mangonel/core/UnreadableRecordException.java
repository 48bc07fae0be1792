package io.mangonel.core;

/** A stored record is torn, or of a newer format than this build knows. */
public final class UnreadableRecordException extends RuntimeException {
  public UnreadableRecordException(String message) {
    super(message);
  }
}

package io.mangonel.scheduler.loop;

/** This scheduler lost its key in the store: it owns nothing any more and has to start again. */
public final class FencedException extends RuntimeException {
  public FencedException(String message) {
    super(message);
  }
}

package io.mangonel.executor.write;

/** What the statement asks for cannot be done; the message is for the user. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }
}

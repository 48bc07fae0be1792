package io.mangonel.state;

/**
 * The store cannot be opened, or cannot answer a read. The message is one line for the user and
 * names the store. Writes never throw it: their outcome says what is known.
 */
public final class StateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StateException(String message) {
    super(message);
  }

  public StateException(String message, Throwable cause) {
    super(message, cause);
  }
}

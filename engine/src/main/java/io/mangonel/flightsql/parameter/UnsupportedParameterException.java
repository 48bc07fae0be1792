package io.mangonel.flightsql.parameter;

/** A value that DuckDB has no exact literal for; the message is for the user. */
public final class UnsupportedParameterException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnsupportedParameterException(String message) {
    super(message);
  }
}

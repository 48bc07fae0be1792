package io.mangonel.planner.database;

import io.mangonel.planner.text.TextEdits.Range;
import org.jspecify.annotations.Nullable;

/** The statement is wrong or not allowed. It never leaves the package: it becomes a value there. */
public final class RejectedException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient @Nullable Range range;

  public RejectedException(String message, @Nullable Range range) {
    super(message);
    this.range = range;
  }

  public RejectedException(String message) {
    this(message, null);
  }

  /** Where in the text that was given, in characters; null when unknown. */
  public @Nullable Range range() {
    return range;
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}

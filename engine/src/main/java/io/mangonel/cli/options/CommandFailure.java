package io.mangonel.cli.options;

/** A command cannot go on; the message is for a person and says what to do. */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The query or the run failed. */
  public static final int FAILED = 1;

  /** Wrong use. */
  public static final int USAGE = 2;

  /** As shells count a process that SIGPIPE ended: nobody reads the answer any more. */
  public static final int OUTPUT_CLOSED = 128 + 13;

  private final int exitCode;

  private CommandFailure(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  public static CommandFailure failed(String message) {
    return new CommandFailure(FAILED, message);
  }

  public static CommandFailure usage(String message) {
    return new CommandFailure(USAGE, message);
  }

  /** Whoever read standard output has gone, like {@code head}: there is nobody to tell. */
  public static CommandFailure outputClosed() {
    return new CommandFailure(OUTPUT_CLOSED, "standard output is closed");
  }

  public boolean isOutputClosed() {
    return exitCode == OUTPUT_CLOSED;
  }

  public int exitCode() {
    return exitCode;
  }
}

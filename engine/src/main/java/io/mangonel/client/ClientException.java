package io.mangonel.client;

import org.jspecify.annotations.Nullable;

/** A statement has no answer. The message is one line for a person. */
public final class ClientException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final String jobId;

  /** Why there is no answer. */
  public enum Kind {
    /** No scheduler could be reached for as long as the client tries again. */
    UNREACHABLE,
    /** The scheduler says that it, or the job, failed for a reason that passes. */
    RETRYABLE,
    /** The statement is wrong, was cancelled, or took too long: it fails again. */
    FAILED,
    /** Whoever waited does not any more; the statement may still run. */
    ABANDONED
  }

  ClientException(Kind kind, String message, String jobId, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.jobId = jobId;
  }

  public Kind kind() {
    return kind;
  }

  /** The job of the statement; empty when none is known. */
  public String jobId() {
    return jobId;
  }
}

package io.mangonel.client;

/** Every bound of the client. */
final class ClientLimits {
  /** Batches that have arrived and are not read yet. */
  static final long ARROW_BYTES_MAX = 2L << 30;

  static final long CONNECT_TIMEOUT_MS = 10_000;

  /** A call without a word for so long asks whether the scheduler is still there. */
  static final long KEEPALIVE_TIME_MS = 10_000;

  /** Without an answer to that it counts as gone. */
  static final long KEEPALIVE_TIMEOUT_MS = 5_000;

  /** A question about the cluster. */
  static final long ADMIN_TIMEOUT_MS = 10_000;

  /** A wish to cancel: whoever has it is about to leave. */
  static final long CANCEL_TIMEOUT_MS = 2_000;

  /** Between two tries, at first; each pause is twice the one before. */
  static final long PAUSE_MIN_MS = 50;

  static final long PAUSE_MAX_MS = 1_000;

  /** How often a statement is sent again because its job went with its scheduler. */
  static final int SENDINGS_AGAIN_MAX = 3;

  private ClientLimits() {}
}

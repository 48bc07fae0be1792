package io.mangonel.flightsql;

/** Every limit of the client door. */
final class Limits {
  /** Arrow memory of all calls together: batches on their way to clients. */
  static final long ARROW_BYTES_MAX = 1L << 30;

  /** Rows that travel inside a ticket (EXPLAIN), compressed; below gRPC's default of 4 MiB. */
  static final int TICKET_BYTES_MAX = 1 << 20;

  /** A ticket or handle, decompressed: far above what any of ours has. */
  static final long HANDLE_BYTES_MAX = 64L << 20;

  /** JSON tokens in it: each may become an object. */
  static final long HANDLE_TOKENS_MAX = 2_000_000;

  /** Column types whose Arrow form is remembered. */
  static final int CACHED_TYPES_MAX = 1_000;

  /** One wait for the end of a job: between two of them a client that left is noticed. */
  static final long RESULT_WAIT_MS = 1_000;

  /** One wait for the end of a job by a client that asks again. */
  static final long POLL_WAIT_MS = 1_000;

  /** Rows of values for one prepared statement in one call: each is a statement. */
  static final int PARAMETER_ROWS_MAX = 1_000;

  /** One wait for a client that reads slowly. */
  static final long CLIENT_WAIT_MS = 1_000;

  /** How long a client may take to read one batch before its stream ends. */
  static final long CLIENT_STALL_MAX_MS = 600_000;

  /** How long calls that were interrupted may take to end when the door is closed. */
  static final long CLOSE_MAX_MS = 5_000;

  /** Jobs in one list. */
  static final int JOBS_LISTED_MAX = 1_000;

  /** Settings that a request brings along, or that are set in one call. */
  static final int SETTINGS_MAX = 100;

  private Limits() {}
}

package io.mangonel.wire;

/** Bounds of messages and connections between processes. */
public final class Limits {
  /** Version of the messages: raised when an older reader would misread a newer writer. */
  public static final int PROTOCOL_VERSION = 1;

  /** One message, either way. A launch batch with large plans is the largest; see the next two. */
  public static final int MESSAGE_BYTES_MAX = 32 << 20;

  /** Plans and launches of one batch, before it is split. */
  public static final int BATCH_BYTES_MAX = 8 << 20;

  /** Statuses in one message. At 64 KiB inline each they stay below half of a message. */
  public static final int STATUSES_PER_MESSAGE_MAX = 200;

  public static final int METADATA_BYTES_MAX = 64 << 10;

  /** One file chunk of a fetch. */
  public static final int CHUNK_BYTES = 256 << 10;

  /** Calls at once on one connection; more wait in the caller. */
  public static final int CALLS_PER_CONNECTION_MAX = 1_000;

  /** Open channels of a process; the one idle longest is closed beyond it. */
  public static final int CHANNELS_MAX = 2_048;

  public static final long CONNECT_TIMEOUT_MS = 2_000;
  public static final long KEEPALIVE_TIME_MS = 10_000;
  public static final long KEEPALIVE_TIMEOUT_MS = 5_000;

  /** The least a client may wait between two keepalives before it is cut off. */
  public static final long KEEPALIVE_PERMITTED_MS = 5_000;

  /** Registration, heartbeat, reservation, cancel, adoption, removal. */
  public static final long CONTROL_DEADLINE_MS = 3_000;

  /** A look who is at a scheduler's address: for the connection, and for the answer. */
  public static final long LOOK_CONNECT_MS = 500;

  public static final long LOOK_DEADLINE_MS = 1_000;

  /** A witness looks up to three times. */
  public static final long WITNESS_DEADLINE_MS = 6_000;

  /** One wait for the end of a job by another scheduler. */
  public static final long AWAIT_JOB_MAX_MS = 30_000;

  /** Launch batches carry plans. */
  public static final long LAUNCH_DEADLINE_MS = 10_000;

  /** A status is acknowledged after a commit. */
  public static final long STATUS_DEADLINE_MS = 10_000;

  /** How long the buffers of a connection that has ended may take to come back, and a look. */
  public static final long BUFFERS_RETURN_MAX_MS = 2_000;

  public static final long BUFFERS_RETURN_POLL_MS = 1;

  /** No chunk of a fetch for so long: the peer counts as unreachable. */
  public static final long FETCH_STALL_MS = 15_000;

  /** One file. */
  public static final long FETCH_DEADLINE_MS = 600_000;

  /** For calls under way when a server closes. */
  public static final long CLOSE_GRACE_MS = 2_000;

  private Limits() {}
}

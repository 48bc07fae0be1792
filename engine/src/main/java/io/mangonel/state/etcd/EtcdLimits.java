package io.mangonel.state.etcd;

/** Every bound of the talk with etcd. */
final class EtcdLimits {
  /** One call, as the server sees it. */
  static final long CALL_MS = 5_000;

  /**
   * One call with all that jetcd does of itself: finding a server, authenticating, reading again.
   */
  static final long ANSWER_MS = 12_000;

  /**
   * After this time what may be asked twice is asked again, and then after twice as long: the next
   * call goes to another member, for this one may hang, or wait for a leader that is gone.
   */
  static final long PATIENCE_MS = 1_000;

  /**
   * After this time the outcome of a commit is unknown, so that it is sent again, to another
   * member; twice as long after each that was not answered, for etcd may be slow.
   */
  static final long COMMIT_MS = 2_000;

  /** A scheduler that starts waits so long for etcd. */
  static final long START_MS = 30_000;

  static final long START_PAUSE_MS = 250;

  /** A renewal of a lease; shorter than the shortest lease. */
  static final long KEEP_ALIVE_MS = 1_500;

  /**
   * A read that found no server is tried again by jetcd, with growing pauses, for as long as this:
   * shorter than {@link #PATIENCE_MS}, so that it says what it found.
   */
  static final long READ_RETRY_MS = 800;

  /** What may be asked twice and found no server has failed after this time. */
  static final long UNAVAILABLE_MS = 4_000;

  static final long READ_PAUSE_MS = 50;
  static final long READ_PAUSE_MAX_MS = 500;
  static final int READ_RETRIES_MAX = 20;

  static final long CONNECT_MS = 2_000;

  /** etcd hangs up on a client that asks more often than each 5 s. */
  static final long PING_MS = 10_000;

  static final long PING_TIMEOUT_MS = 5_000;

  /**
   * Entries of one answer: with the largest values they still fit into {@link #ANSWER_BYTES_MAX}.
   */
  static final int PAGE_ENTRIES = 100;

  static final int ANSWER_BYTES_MAX = 256 << 20;

  /** How often a scan begins again because etcd compacted the moment it looks at. */
  static final int SCAN_ATTEMPTS_MAX = 3;

  /** A channel that fails is replaced when it is at least this old. */
  static final long CHANNEL_AGE_MS = 3_000;

  /** Between two attempts to watch. */
  static final long WATCH_PAUSE_MS = 500;

  /** What a member says of itself. */
  static final long METRICS_MS = 2_000;

  /** Compaction with all its work, or the defragmentation of one member. */
  static final long MAINTENANCE_MS = 180_000;

  /** A file is written anew when it is at least this share of the quota... */
  static final int DEFRAGMENT_PERCENT = 60;

  /** ...and at most this share of it is in use. */
  static final int DEFRAGMENT_USED_PERCENT_MAX = 60;

  /** While etcd takes no writes, files are written anew whatever is in them, at most this often. */
  static final long DEFRAGMENT_PAUSE_NS = 60_000_000_000L;

  /** The alarm NOSPACE is taken back when the largest file is below this share of the quota. */
  static final int DISARM_PERCENT_MAX = 90;

  private EtcdLimits() {}
}

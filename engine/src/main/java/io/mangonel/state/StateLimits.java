package io.mangonel.state;

/** The limits of every store. A caller that exceeds one of a commit has a bug. */
public final class StateLimits {
  /** Operations, and likewise guards, of one commit: etcd's default. */
  public static final int COMMIT_OPERATIONS_MAX = 128;

  /** Keys and values of one commit together: etcd's default request size. */
  public static final int COMMIT_BYTES_MAX = 1_572_864;

  /** Entries of one scan. */
  public static final int SCAN_ENTRIES_MAX = 10_000;

  /** Changes that wait for one watch's listener; beyond, it is told that some were lost. */
  public static final int WATCH_CHANGES_MAX = 10_000;

  /** The shortest lease: etcd's. */
  public static final long LEASE_TTL_MIN_MS = 2_000;

  /** How often leases are looked at when nobody calls. */
  static final long LEASE_CHECK_INTERVAL_MS = 100;

  /** How often {@code mv} reads again when another changed the value meanwhile. */
  static final int MOVE_ATTEMPTS_MAX = 4;

  private StateLimits() {}
}

package io.mangonel.shuffle;

/** Bounds of reading other executors' files. */
public final class Limits {
  /** Files fetched at once by one executor. */
  public static final int FETCHES_MAX = 8;

  /**
   * Tries of one file before its executor counts as out of reach; only a broken connection is tried
   * again.
   */
  public static final int FETCH_TRIES = 3;

  /** Pause before the second try; it doubles for each further one. */
  public static final long FETCH_RETRY_MS = 200;

  /** How long it is believed that a peer is, or is not, on this machine. */
  public static final long NEIGHBOUR_MS = 60_000;

  /** Peers remembered to be, or not to be, on this machine. */
  public static final int NEIGHBOURS_MAX = 4_096;

  /** A token file is this short. */
  public static final int TOKEN_BYTES_MAX = 128;

  /** Read at once for a checksum. */
  public static final int CHECKSUM_BUFFER_BYTES = 256 << 10;

  /** Files whose checksum is remembered. */
  public static final int CHECKSUMS_MAX = 10_000;

  /** Default size of the cache of fetched files. */
  public static final long CACHE_BYTES_DEFAULT = 4L << 30;

  private Limits() {}
}

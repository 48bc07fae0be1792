package io.mangonel.state;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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

  /**
   * @throws IllegalArgumentException when a commit is beyond a limit or names a key twice
   */
  public static void checkCommit(
      List<StateBackend.Guard> guards, List<StateBackend.Operation> operations) {
    if (guards.size() > COMMIT_OPERATIONS_MAX || operations.size() > COMMIT_OPERATIONS_MAX) {
      throw new IllegalArgumentException(
          "a commit of " + guards.size() + " guards and " + operations.size() + " operations");
    }
    Set<Address> addresses = operations.stream().map(Address::of).collect(Collectors.toSet());
    if (addresses.size() < operations.size()) {
      throw new IllegalArgumentException("a commit that names a key twice: " + operations);
    }
    long bytes = operations.stream().mapToLong(StateLimits::bytes).sum();
    if (bytes > COMMIT_BYTES_MAX) {
      throw new IllegalArgumentException("a commit of " + bytes + " bytes");
    }
  }

  /**
   * @throws IllegalArgumentException when a commit with what is read after it is beyond a limit
   */
  public static void checkCommit(
      List<StateBackend.Guard> guards,
      List<StateBackend.Operation> operations,
      List<StateBackend.Page> pages) {
    checkCommit(guards, operations);
    if (operations.size() + pages.size() > COMMIT_OPERATIONS_MAX) {
      throw new IllegalArgumentException(
          "a commit of " + operations.size() + " operations and " + pages.size() + " scans");
    }
  }

  private static long bytes(StateBackend.Operation operation) {
    int value =
        switch (operation) {
          case StateBackend.Operation.Put put -> put.value().length();
          case StateBackend.Operation.PutLeased put -> put.value().length();
          case StateBackend.Operation.Delete _ -> 0;
        };
    return (long) value + operation.key().length();
  }

  /**
   * @throws IllegalArgumentException when a page of a scan is beyond the limit
   */
  public static void checkPage(int limit) {
    if (limit < 1 || limit > SCAN_ENTRIES_MAX) {
      throw new IllegalArgumentException("a page of " + limit + " entries");
    }
  }

  /**
   * @throws IllegalArgumentException when a lease is too short
   */
  public static void checkLease(long ttlMs) {
    if (ttlMs < LEASE_TTL_MIN_MS) {
      throw new IllegalArgumentException("a lease of " + ttlMs + " ms");
    }
  }
}

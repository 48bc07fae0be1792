package io.mangonel.state;

import io.mangonel.core.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The durable store: bytes in, bytes out, every value addressed by keyspace and key. All operations
 * but {@link #get}, {@link #scan} and {@link #scanKeys} are thin forms of one guarded {@link
 * #commit}. Thread-safe; calls block, each for a bounded time.
 */
public interface StateBackend extends AutoCloseable {
  Optional<Entry> get(Keyspace keyspace, String key);

  /**
   * Entries whose key starts with {@code prefix} and is greater than {@code after}, in key order.
   */
  List<Entry> scan(Keyspace keyspace, String prefix, String after, int limit);

  /** As {@link #scan}, without values. */
  List<String> scanKeys(Keyspace keyspace, String prefix, String after, int limit);

  CommitOutcome put(Keyspace keyspace, String key, Bytes value);

  CommitOutcome delete(Keyspace keyspace, String key);

  CommitOutcome putTxn(List<Operation> operations);

  /** Moves a value between keyspaces in one transaction; refused when it is not there. */
  CommitOutcome mv(Keyspace from, Keyspace to, String key);

  /** All operations, if and only if every guard holds. */
  CommitOutcome commit(List<Guard> guards, List<Operation> operations);

  /**
   * A lock that lives on {@code lease}; empty when another holds it. Guarded commits check its
   * token.
   */
  Optional<LockToken> lock(Keyspace keyspace, String key, Lease lease);

  /**
   * Calls {@code listener} for each later change under {@code prefix}; may lose changes, so list as
   * well.
   */
  Watch watch(Keyspace keyspace, String prefix, Consumer<Change> listener);

  /** Keys put with the lease vanish when it expires or is revoked. */
  Lease grantLease(long ttlMs);

  @Override
  void close();

  /**
   * @param createRevision the store's revision at which the key was last created
   * @param modifyRevision the store's revision of its last change
   */
  record Entry(String key, Bytes value, long createRevision, long modifyRevision) {}

  /** What must hold for a commit to be done. */
  sealed interface Guard {
    record Absent(Keyspace keyspace, String key) implements Guard {}

    record CreateRevision(Keyspace keyspace, String key, long revision) implements Guard {}

    record ModifyRevision(Keyspace keyspace, String key, long revision) implements Guard {}

    record Value(Keyspace keyspace, String key, Bytes value) implements Guard {}
  }

  sealed interface Operation {
    record Put(Keyspace keyspace, String key, Bytes value) implements Operation {}

    /** The key goes with the lease. */
    record PutLeased(Keyspace keyspace, String key, Bytes value, long leaseId)
        implements Operation {}

    record Delete(Keyspace keyspace, String key) implements Operation {}
  }

  sealed interface CommitOutcome {
    record Done(long revision) implements CommitOutcome {}

    /** A guard did not hold; nothing changed. */
    record Refused() implements CommitOutcome {}

    /**
     * It may have been done, may be done later, or never: only the identical commit sent again
     * tells (rule D2).
     */
    record Unknown(String message) implements CommitOutcome {}

    /** The store is full; nothing changed (rule D10). */
    record NoSpace(String message) implements CommitOutcome {}
  }

  record LockToken(Keyspace keyspace, String key, long createRevision) {}

  sealed interface Change {
    record Put(Entry entry) implements Change {}

    record Deleted(String key) implements Change {}
  }

  interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  interface Lease {
    long id();

    /** Renews it for its whole time; false when it is already gone. */
    boolean keepAlive();

    void revoke();
  }
}

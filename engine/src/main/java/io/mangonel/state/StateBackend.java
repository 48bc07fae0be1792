package io.mangonel.state;

import io.mangonel.core.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The durable store: bytes in, bytes out, every value addressed by keyspace and key. Keys are
 * non-empty and ordered by code points. Every change is one {@link #commit}; put, delete, putTxn,
 * mv and lock are forms of it. Thread-safe; calls block, each for a bounded time. A read sees every
 * commit that was done before it began. Reads and {@link #grantLease} throw {@link StateException}
 * when the store cannot answer or is closed; a limit of {@link StateLimits} exceeded is an {@link
 * IllegalArgumentException}.
 */
public interface StateBackend extends AutoCloseable {
  Optional<Entry> get(Keyspace keyspace, String key);

  /**
   * Entries whose key starts with {@code prefix} and is greater than {@code after} ("" for the
   * first page), in key order, at most {@code limit}. One call sees one moment.
   */
  List<Entry> scan(Keyspace keyspace, String prefix, String after, int limit);

  /**
   * The pages of several scans, in their order, at the cost of about one. None sees an earlier
   * moment than one before it; where the store can, all see the same.
   */
  default List<List<Entry>> scanAll(List<Page> pages) {
    List<List<Entry>> found = new ArrayList<>();
    for (Page page : pages) {
      found.add(scan(page.keyspace(), page.prefix(), page.after(), page.limit()));
    }
    return found;
  }

  /** As {@link #scan}, without values. */
  List<String> scanKeys(Keyspace keyspace, String prefix, String after, int limit);

  /**
   * All operations, if and only if every guard holds and every lease named is alive. Each change
   * has the same, new revision; a commit that changes nothing has the store's present one. It names
   * no key twice.
   */
  CommitOutcome commit(List<Guard> guards, List<Operation> operations);

  /**
   * As {@link #commit}, and when it is done the pages of several scans after it, at the cost of
   * about one.
   */
  default Committed commitThenScan(
      List<Guard> guards, List<Operation> operations, List<Page> pages) {
    StateLimits.checkCommit(guards, operations, pages);
    CommitOutcome outcome = commit(guards, operations);
    return new Committed(
        outcome, outcome instanceof CommitOutcome.Done ? scanAll(pages) : List.of());
  }

  /** Keys put with the lease vanish when it expires or is revoked; a restart keeps both. */
  Lease grantLease(long ttlMs);

  /**
   * Calls {@code listener}, one change at a time and in order, for each later change of a key that
   * starts with {@code prefix}. It may lose changes, so list as well.
   */
  Watch watch(Keyspace keyspace, String prefix, Consumer<Change> listener);

  /**
   * Lets the store forget what keys were before the call before this one. Nothing that this
   * interface reads needs that; where a store keeps it, its space ends.
   */
  default void compact() {}

  /** How full the store is; empty where nothing but the disk bounds it, or it does not say. */
  default Optional<Space> space() {
    return Optional.empty();
  }

  /**
   * Gives back all the space it can, at once, and takes writes again where it refused them for want
   * of space. It may take minutes, in which commits wait. One process at a time; what fails is
   * logged, and another call tries again.
   */
  default void reclaim() {}

  /** Ends watches and lets the store go; leases stay. Later calls are bugs. */
  @Override
  void close();

  default CommitOutcome put(Keyspace keyspace, String key, Bytes value) {
    return commit(List.of(), List.of(new Operation.Put(keyspace, key, value)));
  }

  default CommitOutcome delete(Keyspace keyspace, String key) {
    return commit(List.of(), List.of(new Operation.Delete(keyspace, key)));
  }

  default CommitOutcome putTxn(List<Operation> operations) {
    return commit(List.of(), operations);
  }

  /**
   * Moves a value between two keyspaces in one transaction, without its lease; refused when it is
   * not there.
   */
  default CommitOutcome mv(Keyspace from, Keyspace to, String key) {
    for (int attempt = 0; attempt < StateLimits.MOVE_ATTEMPTS_MAX; attempt++) {
      Optional<Entry> entry = get(from, key);
      if (entry.isEmpty()) {
        break;
      }
      CommitOutcome outcome =
          commit(
              List.of(new Guard.ModifyRevision(from, key, entry.get().modifyRevision())),
              List.of(
                  new Operation.Put(to, key, entry.get().value()),
                  new Operation.Delete(from, key)));
      if (!(outcome instanceof CommitOutcome.Refused)) {
        return outcome;
      }
    }
    return new CommitOutcome.Refused();
  }

  /**
   * A lock that lives on {@code lease}; empty when another lease holds it or the outcome is
   * unknown. Asking again with the same lease answers the same token. Only the token's guard in a
   * commit is proof of holding it.
   */
  default Optional<LockToken> lock(Keyspace keyspace, String key, Lease lease) {
    Bytes holder = Bytes.of(Long.toString(lease.id()).getBytes(StandardCharsets.US_ASCII));
    CommitOutcome outcome =
        commit(
            List.of(new Guard.Absent(keyspace, key)),
            List.of(new Operation.PutLeased(keyspace, key, holder, lease.id())));
    return switch (outcome) {
      case CommitOutcome.Done done -> Optional.of(new LockToken(keyspace, key, done.revision()));
      case CommitOutcome.Refused _ ->
          get(keyspace, key)
              .filter(entry -> entry.value().equals(holder))
              .map(entry -> new LockToken(keyspace, key, entry.createRevision()));
      case CommitOutcome.Unknown _, CommitOutcome.NoSpace _ -> Optional.empty();
    };
  }

  /** Gives the lock back; refused when it is no longer held by this token. */
  default CommitOutcome unlock(LockToken token) {
    return commit(
        List.of(token.guard()), List.of(new Operation.Delete(token.keyspace(), token.key())));
  }

  /**
   * @param pages as {@link #scanAll} gives them; none unless it is done
   */
  record Committed(CommitOutcome outcome, List<List<Entry>> pages) {
    public Committed {
      pages = pages.stream().map(List::copyOf).toList();
    }
  }

  /** What one {@link #scan} is asked for. */
  record Page(Keyspace keyspace, String prefix, String after, int limit) {
    public Page {
      StateLimits.checkPage(limit);
    }

    /** From the first entry on. */
    public static Page first(Keyspace keyspace, String prefix, int limit) {
      return new Page(keyspace, prefix, "", limit);
    }
  }

  /**
   * @param usedBytes what it holds, old revisions included
   * @param fileBytes what its files take; not less
   * @param quotaBytes where it ends
   * @param takesNothing whether it refuses every write until somebody has made space
   */
  record Space(long usedBytes, long fileBytes, long quotaBytes, boolean takesNothing) {}

  /**
   * @param createRevision the store's revision at which the key was last created
   * @param modifyRevision the store's revision of its last change
   */
  record Entry(String key, Bytes value, long createRevision, long modifyRevision) {}

  /** What must hold for a commit to be done; of an absent key only {@link Absent} holds. */
  sealed interface Guard {
    Keyspace keyspace();

    String key();

    record Absent(Keyspace keyspace, String key) implements Guard {}

    record CreateRevision(Keyspace keyspace, String key, long revision) implements Guard {}

    record ModifyRevision(Keyspace keyspace, String key, long revision) implements Guard {}

    record Value(Keyspace keyspace, String key, Bytes value) implements Guard {}
  }

  sealed interface Operation {
    Keyspace keyspace();

    String key();

    /** The key stays until it is deleted, also if a lease held it before. */
    record Put(Keyspace keyspace, String key, Bytes value) implements Operation {}

    /** The key goes with the lease, and no longer with the one that held it before. */
    record PutLeased(Keyspace keyspace, String key, Bytes value, long leaseId)
        implements Operation {}

    /** An absent key stays absent. */
    record Delete(Keyspace keyspace, String key) implements Operation {}
  }

  sealed interface CommitOutcome {
    record Done(long revision) implements CommitOutcome {}

    /** A guard did not hold or a lease is gone; nothing changed. */
    record Refused() implements CommitOutcome {}

    /**
     * It may have been done, may be done later, or never: only the identical commit sent again
     * tells (rule D2).
     */
    record Unknown(String message) implements CommitOutcome {}

    /**
     * The store is full, and takes nothing more until somebody has made space (rule D10). As with
     * {@code Unknown} only the identical commit sent again tells whether it was done: the one with
     * which etcd finds that it is full is.
     */
    record NoSpace(String message) implements CommitOutcome {}
  }

  /** Proof of a lock for commits that carry its guard. */
  record LockToken(Keyspace keyspace, String key, long createRevision) {
    public Guard guard() {
      return new Guard.CreateRevision(keyspace, key, createRevision);
    }
  }

  sealed interface Change {
    record Put(Entry entry) implements Change {}

    record Deleted(String key) implements Change {}

    /** Changes were lost here: list to learn the present state. */
    record Lost() implements Change {}
  }

  interface Watch extends AutoCloseable {
    /** At most the call of the listener that is under way goes on after this returns. */
    @Override
    void close();
  }

  interface Lease {
    long id();

    /**
     * Renews it for its whole time; false when it is already gone.
     *
     * @throws StateException when the store does not answer: it may be renewed or not
     */
    boolean keepAlive();

    /** Ends it and deletes its keys; a store that does not answer ends it when its time is over. */
    void revoke();
  }
}

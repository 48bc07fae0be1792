package io.mangonel.cluster;

import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The store as one scheduler sees it, until that is "killed": from then on nothing it does arrives,
 * so that its key stays, as after kill -9. Its lease is so long that no test waits for its end.
 */
final class KillableStore implements StateBackend {
  private static final long LEASE_TTL_MS = 3_600_000;

  private final StateBackend store;
  private volatile boolean killed;

  KillableStore(StateBackend store) {
    this.store = store;
  }

  void kill() {
    killed = true;
  }

  private void reach() {
    if (killed) {
      throw new StateException("killed");
    }
  }

  @Override
  public Optional<Entry> get(Keyspace keyspace, String key) {
    reach();
    return store.get(keyspace, key);
  }

  @Override
  public List<Entry> scan(Keyspace keyspace, String prefix, String after, int limit) {
    reach();
    return store.scan(keyspace, prefix, after, limit);
  }

  @Override
  public List<String> scanKeys(Keyspace keyspace, String prefix, String after, int limit) {
    reach();
    return store.scanKeys(keyspace, prefix, after, limit);
  }

  @Override
  public CommitOutcome commit(List<Guard> guards, List<Operation> operations) {
    return killed ? new CommitOutcome.Unknown("killed") : store.commit(guards, operations);
  }

  @Override
  public Lease grantLease(long ttlMs) {
    reach();
    Lease lease = store.grantLease(LEASE_TTL_MS);
    return new Lease() {
      @Override
      public long id() {
        return lease.id();
      }

      @Override
      public boolean keepAlive() {
        reach();
        return lease.keepAlive();
      }

      @Override
      public void revoke() {
        if (!killed) {
          lease.revoke();
        }
      }
    };
  }

  @Override
  public Watch watch(Keyspace keyspace, String prefix, Consumer<Change> listener) {
    return store.watch(keyspace, prefix, listener);
  }

  /** Whoever made the store closes it. */
  @Override
  public void close() {}
}

package io.mangonel.cluster;

import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The store as one scheduler sees it, until that is "killed": from then on nothing it does arrives,
 * so that its key stays, as after kill -9. Its lease is so long that no test waits for its end. Its
 * commits can be held, too.
 */
final class KillableStore implements StateBackend {
  private static final long LEASE_TTL_MS = 3_600_000;

  private static final long HELD_MAX_S = 60;

  private final StateBackend store;
  private volatile boolean killed;
  private volatile CountDownLatch held = new CountDownLatch(0);
  private final AtomicInteger waiting = new AtomicInteger();

  KillableStore(StateBackend store) {
    this.store = store;
  }

  void kill() {
    killed = true;
  }

  /** From now on no commit is done. */
  void hold() {
    held = new CountDownLatch(1);
  }

  void release() {
    held.countDown();
  }

  /** Commits that are held. */
  int waiting() {
    return waiting.get();
  }

  private void awaitRelease() {
    waiting.incrementAndGet();
    try {
      if (!held.await(HELD_MAX_S, TimeUnit.SECONDS)) {
        throw new StateException("held for too long");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      waiting.decrementAndGet();
    }
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
    awaitRelease();
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

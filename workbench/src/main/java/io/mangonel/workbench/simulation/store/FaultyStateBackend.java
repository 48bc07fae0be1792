package io.mangonel.workbench.simulation.store;

import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import io.mangonel.workbench.simulation.world.Fault;
import io.mangonel.workbench.simulation.world.Network;
import io.mangonel.workbench.simulation.world.World;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The store as one scheduler sees it, behind a bad network: by the world's chance it is out of
 * reach, a commit is lost, done unanswered, done long after, or finds the disk full, a list is old,
 * a watch silent, a lease longer or shorter than it should be. Where nothing ever goes wrong in the
 * world, it is the store itself.
 */
public final class FaultyStateBackend implements StateBackend {
  private static final int LATE_COMMIT_MAX_MS = 3_000;
  private static final int FULL_MAX_MS = 3_000;
  private static final int LEASE_LATE_MAX_MS = 6_000;
  private static final int LISTS_KEPT = 8;

  private final StateBackend store;
  private final World world;
  private final Network network;
  private final String name;
  private final OnCommit onCommit;
  private final Deque<List<Entry>> olderLists = new ArrayDeque<>();
  private final List<Watch> watches = new ArrayList<>();
  private final List<Lease> leases = new ArrayList<>();
  private boolean spared;
  private long fullUntilMs;

  /** Told of each commit that reached the store. */
  interface OnCommit {
    void reached(List<Guard> guards, List<Operation> operations, CommitOutcome outcome);
  }

  /**
   * @param name of the scheduler, in the network
   */
  FaultyStateBackend(
      StateBackend store, World world, Network network, String name, OnCommit onCommit) {
    this.store = store;
    this.world = world;
    this.network = network;
    this.name = name;
    this.onCommit = onCommit;
  }

  /** Lets nothing go wrong during the action: a process that cannot start is another subject. */
  void spare(Runnable action) {
    spared = true;
    try {
      action.run();
    } finally {
      spared = false;
    }
  }

  private boolean happens(Fault fault) {
    return !spared && world.happens(fault);
  }

  @Override
  public CommitOutcome commit(List<Guard> guards, List<Operation> operations) {
    if (!spared && !network.open(name, Network.STORE)) {
      return new CommitOutcome.Unknown("out of reach");
    }
    if (happens(Fault.STORE_FULL_FOR_A_WHILE)) {
      fullUntilMs = world.nowMs() + world.random.nextInt(FULL_MAX_MS);
    }
    boolean full = !spared && world.nowMs() < fullUntilMs;
    if (full || happens(Fault.COMMIT_NO_SPACE)) {
      return new CommitOutcome.NoSpace("no space");
    }
    if (happens(Fault.COMMIT_LOST)) {
      return new CommitOutcome.Unknown("lost");
    }
    if (happens(Fault.COMMIT_APPLIED_AFTER_A_READ)) {
      long delayMs = 100L + world.random.nextInt(LATE_COMMIT_MAX_MS);
      world.after(delayMs, () -> forward(guards, operations));
      return new CommitOutcome.Unknown("on its way");
    }
    boolean unanswered = happens(Fault.COMMIT_APPLIED_UNANSWERED);
    CommitOutcome outcome = forward(guards, operations);
    boolean heard = spared || network.open(Network.STORE, name);
    return unanswered || !heard ? new CommitOutcome.Unknown("unanswered") : outcome;
  }

  private CommitOutcome forward(List<Guard> guards, List<Operation> operations) {
    CommitOutcome outcome = store.commit(guards, operations);
    onCommit.reached(guards, operations, outcome);
    return outcome;
  }

  private void reach() {
    if (!spared && !network.bothWays(name, Network.STORE)) {
      throw new StateException("no answer");
    }
  }

  @Override
  public Optional<Entry> get(Keyspace keyspace, String key) {
    reach();
    if (keyspace == Keyspace.SCHEDULERS && happens(Fault.FENCE_UNREADABLE)) {
      throw new StateException("no answer");
    }
    return store.get(keyspace, key);
  }

  @Override
  public List<Entry> scan(Keyspace keyspace, String prefix, String after, int limit) {
    reach();
    List<Entry> now = store.scan(keyspace, prefix, after, limit);
    if (keyspace != Keyspace.SCHEDULERS || spared) {
      return now;
    }
    olderLists.add(now);
    if (olderLists.size() > LISTS_KEPT) {
      olderLists.remove();
    }
    return happens(Fault.STALE_LIST) ? olderLists.element() : now;
  }

  @Override
  public List<String> scanKeys(Keyspace keyspace, String prefix, String after, int limit) {
    reach();
    return store.scanKeys(keyspace, prefix, after, limit);
  }

  @Override
  public Lease grantLease(long ttlMs) {
    reach();
    boolean late = happens(Fault.LEASE_ENDED_LATE);
    long longerMs = late ? world.random.nextInt(LEASE_LATE_MAX_MS) : 0;
    var lease = new FaultyLease(store.grantLease(ttlMs + longerMs));
    leases.add(lease.granted);
    return lease;
  }

  /** Ends the scheduler's lease in the store, as by a clock that is wrong there. */
  public void endLease() {
    leases.forEach(Lease::revoke);
  }

  @Override
  public Watch watch(Keyspace keyspace, String prefix, Consumer<Change> listener) {
    Watch watch =
        store.watch(
            keyspace,
            prefix,
            change -> {
              if (network.open(Network.STORE, name) && !happens(Fault.WATCH_LOST)) {
                listener.accept(change);
              }
            });
    watches.add(watch);
    return watch;
  }

  /** Its process is gone: nobody listens any more. What it sent may still arrive. */
  public void closeWatches() {
    watches.forEach(Watch::close);
  }

  @Override
  public void close() {
    closeWatches();
  }

  private final class FaultyLease implements Lease {
    private final Lease granted;

    private FaultyLease(Lease granted) {
      this.granted = granted;
    }

    @Override
    public long id() {
      return granted.id();
    }

    @Override
    public boolean keepAlive() {
      if (!network.open(name, Network.STORE)) {
        throw new StateException("out of reach");
      }
      boolean renewed = granted.keepAlive();
      reach();
      return renewed;
    }

    @Override
    public void revoke() {
      if (network.open(name, Network.STORE)) {
        granted.revoke();
      }
    }
  }
}

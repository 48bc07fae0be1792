package io.mangonel.workbench.simulation;

import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A store behind a bad network: by the world's chance a commit is lost, done unanswered, done long
 * after, or finds the disk full, and a scheduler's key cannot be read. Where nothing ever goes
 * wrong in the world, it is the store itself.
 */
public final class FaultyStateBackend implements StateBackend {
  private static final int LATE_COMMIT_MAX_MS = 3_000;
  private static final int FULL_MAX_MS = 3_000;

  private final StateBackend store;
  private final World world;
  private final BiConsumer<List<Guard>, CommitOutcome> onCommit;
  private boolean spared;
  private long fullUntilMs;

  /**
   * @param onCommit called after each commit that reached the store
   */
  FaultyStateBackend(
      StateBackend store, World world, BiConsumer<List<Guard>, CommitOutcome> onCommit) {
    this.store = store;
    this.world = world;
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
    return unanswered ? new CommitOutcome.Unknown("unanswered") : outcome;
  }

  private CommitOutcome forward(List<Guard> guards, List<Operation> operations) {
    CommitOutcome outcome = store.commit(guards, operations);
    onCommit.accept(guards, outcome);
    return outcome;
  }

  @Override
  public Optional<Entry> get(Keyspace keyspace, String key) {
    if (keyspace == Keyspace.SCHEDULERS && happens(Fault.FENCE_UNREADABLE)) {
      throw new StateException("no answer");
    }
    return store.get(keyspace, key);
  }

  @Override
  public List<Entry> scan(Keyspace keyspace, String prefix, String after, int limit) {
    return store.scan(keyspace, prefix, after, limit);
  }

  @Override
  public List<String> scanKeys(Keyspace keyspace, String prefix, String after, int limit) {
    return store.scanKeys(keyspace, prefix, after, limit);
  }

  @Override
  public Lease grantLease(long ttlMs) {
    return store.grantLease(ttlMs);
  }

  @Override
  public Watch watch(Keyspace keyspace, String prefix, Consumer<Change> listener) {
    return store.watch(keyspace, prefix, listener);
  }

  @Override
  public void close() {
    store.close();
  }
}

package io.mangonel.workbench.ownership;

import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The store as one scheduler sees it: out of reach for a while, losing commits, their answers, or
 * delivering them late, and answering lists of schedulers as they were.
 */
final class FlakyStore implements StateBackend {
  private static final int LATE_MAX_MS = 8_000;
  private static final int BAD_NETWORK_WEIGHT = 20;
  private static final int LISTS_KEPT = 12;

  private final StateBackend store;
  private final OwnershipWorld world;
  private final Deque<List<Entry>> olderLists = new ArrayDeque<>();
  private boolean cutOff;
  private boolean badNetwork;

  FlakyStore(StateBackend store, OwnershipWorld world) {
    this.store = store;
    this.world = world;
  }

  /** Nothing arrives from now on, or all does. */
  void cutOff(boolean value) {
    cutOff = value;
  }

  /** Most commits come to harm from now on, or only some. */
  void badNetwork(boolean value) {
    badNetwork = value;
  }

  boolean cutOff() {
    return cutOff;
  }

  @Override
  public CommitOutcome commit(List<Guard> guards, List<Operation> operations) {
    int weight = badNetwork ? BAD_NETWORK_WEIGHT : 1;
    if (cutOff || world.happens(OwnershipFault.COMMIT_LOST, weight)) {
      return new CommitOutcome.Unknown("lost");
    }
    if (world.happens(OwnershipFault.COMMIT_LATE, weight)) {
      world.after(
          world.upTo(LATE_MAX_MS),
          () -> {
            var _ = forward(guards, operations);
          });
      return new CommitOutcome.Unknown("on its way");
    }
    CommitOutcome outcome = forward(guards, operations);
    return world.happens(OwnershipFault.ANSWER_LOST, weight)
        ? new CommitOutcome.Unknown("unanswered")
        : outcome;
  }

  private CommitOutcome forward(List<Guard> guards, List<Operation> operations) {
    CommitOutcome outcome = store.commit(guards, operations);
    world.committed();
    return outcome;
  }

  @Override
  public Optional<Entry> get(Keyspace keyspace, String key) {
    reach();
    return store.get(keyspace, key);
  }

  @Override
  public List<Entry> scan(Keyspace keyspace, String prefix, String after, int limit) {
    reach();
    List<Entry> now = store.scan(keyspace, prefix, after, limit);
    if (keyspace != Keyspace.SCHEDULERS) {
      return now;
    }
    olderLists.add(now);
    if (olderLists.size() > LISTS_KEPT) {
      olderLists.remove();
    }
    return world.happens(OwnershipFault.STALE_LIST) ? olderLists.element() : now;
  }

  @Override
  public List<String> scanKeys(Keyspace keyspace, String prefix, String after, int limit) {
    reach();
    return store.scanKeys(keyspace, prefix, after, limit);
  }

  private void reach() {
    if (cutOff) {
      throw new StateException("out of reach");
    }
  }

  @Override
  public Lease grantLease(long ttlMs) {
    reach();
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

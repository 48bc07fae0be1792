package io.mangonel.scheduler.store;

import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Does what it is told, and does not always say so. */
final class LossyStore implements StateBackend {
  private final StateBackend store;
  int loseAnswers;
  int lost;

  LossyStore(StateBackend store) {
    this.store = store;
  }

  @Override
  public CommitOutcome commit(List<Guard> guards, List<Operation> operations) {
    CommitOutcome outcome = store.commit(new ArrayList<>(guards), operations);
    if (lost < loseAnswers) {
      lost++;
      return new CommitOutcome.Unknown("no answer");
    }
    return outcome;
  }

  @Override
  public Optional<Entry> get(Keyspace keyspace, String key) {
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

package io.mangonel.workbench.simulation.store;

import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateLimits;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One watch: what its listener has not yet heard. It hears it when the world gets to that. */
final class SimulatedWatch implements StateBackend.Watch {
  private final Keyspace keyspace;
  private final String prefix;
  private final Consumer<StateBackend.Change> listener;
  private final BiConsumer<Long, Runnable> after;
  private final Consumer<SimulatedWatch> onClose;
  private final Deque<StateBackend.Change> changes = new ArrayDeque<>();
  private boolean delivering;
  private boolean closed;

  SimulatedWatch(
      Keyspace keyspace,
      String prefix,
      Consumer<StateBackend.Change> listener,
      BiConsumer<Long, Runnable> after,
      Consumer<SimulatedWatch> onClose) {
    this.keyspace = keyspace;
    this.prefix = prefix;
    this.listener = listener;
    this.after = after;
    this.onClose = onClose;
  }

  synchronized void offer(Keyspace where, String key, StateBackend.Change change) {
    if (where != keyspace || !key.startsWith(prefix)) {
      return;
    }
    if (changes.size() >= StateLimits.WATCH_CHANGES_MAX) {
      changes.clear();
      changes.add(new StateBackend.Change.Lost());
    }
    changes.add(change);
    if (!delivering) {
      delivering = true;
      after.accept(0L, this::deliver);
    }
  }

  private void deliver() {
    for (StateBackend.Change change = next(); change != null; change = next()) {
      listener.accept(change);
    }
  }

  private synchronized StateBackend.@Nullable Change next() {
    StateBackend.Change change = closed ? null : changes.poll();
    delivering = change != null;
    return change;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      changes.clear();
    }
    onClose.accept(this);
  }
}

package io.mangonel.state;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One watch: a bounded queue and the virtual thread that takes it to the listener. */
public final class WatchQueue implements StateBackend.Watch {
  private static final Logger LOG = LoggerFactory.getLogger(WatchQueue.class);

  private final Keyspace keyspace;
  private final String prefix;
  private final Consumer<StateBackend.Change> listener;
  private final Consumer<WatchQueue> onClose;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<StateBackend.Change> changes = new ArrayDeque<>();
  private boolean closed;

  /**
   * @param onClose called by {@link #close}
   */
  public WatchQueue(
      Keyspace keyspace,
      String prefix,
      Consumer<StateBackend.Change> listener,
      Consumer<WatchQueue> onClose) {
    this.keyspace = keyspace;
    this.prefix = prefix;
    this.listener = listener;
    this.onClose = onClose;
    Thread.ofVirtual().name("state-watch-" + keyspace + "-" + prefix).start(this::deliver);
  }

  void offer(Address address, StateBackend.Change change) {
    if (address.keyspace() == keyspace && address.key().startsWith(prefix)) {
      offer(change);
    }
  }

  /** Never blocks: of a listener that falls behind, the queue is given up for one {@code Lost}. */
  public void offer(StateBackend.Change change) {
    lock.lock();
    try {
      if (changes.size() >= StateLimits.WATCH_CHANGES_MAX) {
        changes.clear();
        changes.add(new StateBackend.Change.Lost());
      }
      changes.add(change);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changes.clear();
      changed.signal();
    } finally {
      lock.unlock();
    }
    onClose.accept(this);
  }

  private void deliver() {
    for (StateBackend.Change change = next(); change != null; change = next()) {
      try {
        listener.accept(change);
      } catch (RuntimeException e) {
        LOG.error("the listener of {} {} failed on {}", keyspace, prefix, change, e);
      }
    }
  }

  /** Null when the watch is closed. */
  private StateBackend.@Nullable Change next() {
    lock.lock();
    try {
      while (changes.isEmpty() && !closed) {
        changed.awaitUninterruptibly();
      }
      return closed ? null : changes.remove();
    } finally {
      lock.unlock();
    }
  }
}

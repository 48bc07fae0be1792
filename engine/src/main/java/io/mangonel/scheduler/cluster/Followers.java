package io.mangonel.scheduler.cluster;

import io.mangonel.core.task.Incarnation;
import io.mangonel.wire.scheduler.Follower;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Schedulers that are connected to this one, and hear at once when it dies: their streams break
 * (rule T1). Thread-safe.
 */
public final class Followers implements AutoCloseable {
  private final Incarnation self;
  private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
  private volatile int executorsReached;
  private volatile boolean closed;

  public Followers(Incarnation self) {
    this.self = self;
  }

  /** Tells who is here, which establishes the stream. */
  public void add(Follower follower) {
    followers.add(follower);
    if (closed || !follower.tell(self, executorsReached)) {
      followers.remove(follower);
      follower.end();
    }
  }

  /** News for all; those that are gone are forgotten. */
  public void tell(int reached) {
    executorsReached = reached;
    followers.removeIf(follower -> !follower.tell(self, reached));
  }

  /** This incarnation ends in good order. */
  @Override
  public void close() {
    closed = true;
    followers.forEach(Follower::end);
    followers.clear();
  }
}

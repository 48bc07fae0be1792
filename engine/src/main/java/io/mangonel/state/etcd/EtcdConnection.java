package io.mangonel.state.etcd;

import io.etcd.jetcd.Client;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel to etcd. A channel that found no server waits longer and longer before it looks
 * again, at last for minutes: longer than a lease lives. So one that fails is replaced.
 */
final class EtcdConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdConnection.class);

  private final EtcdAccess access;
  private Client client;
  private long madeNs;
  private boolean closed;

  EtcdConnection(EtcdAccess access) {
    this.access = access;
    this.client = EtcdCalls.connect(access);
    this.madeNs = System.nanoTime();
  }

  synchronized Client client() {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
    return client;
  }

  /**
   * @throws IllegalStateException when the JVM is ending: jetcd's channel wants to hear of its end
   */
  private static Client connected(EtcdAccess access) {
    Client made = EtcdCalls.connect(access);
    var _ = made.getKVClient(); // Which makes the channel.
    return made;
  }

  /** Calls under way on the old channel fail, and are of unknown outcome as any that fail. */
  void failed(EtcdCalls.FailedCall failure) {
    if (failure.code() != Status.Code.UNAVAILABLE) {
      return;
    }
    Client old;
    synchronized (this) {
      long ageMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - madeNs);
      if (closed || ageMs < EtcdLimits.CHANNEL_AGE_MS) {
        return;
      }
      old = client;
      try {
        client = connected(access);
      } catch (IllegalStateException ending) {
        LOG.debug("no new connection to etcd, for this process ends: {}", ending.getMessage());
        return;
      }
      madeNs = System.nanoTime();
    }
    LOG.debug("connects to etcd anew: {}", failure.description());
    old.close();
  }

  @Override
  public void close() {
    Client open;
    synchronized (this) {
      closed = true;
      open = client;
    }
    open.close();
  }
}

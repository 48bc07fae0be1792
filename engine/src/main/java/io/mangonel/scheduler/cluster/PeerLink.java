package io.mangonel.scheduler.cluster;

import io.mangonel.core.owner.Event;
import io.mangonel.core.suspicion.PeerEvent;
import io.mangonel.core.task.Incarnation;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.loop.EventQueue;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.scheduler.Following;
import io.mangonel.wire.scheduler.SchedulerClient;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stream to one other scheduler: established again and again, until it is closed. */
final class PeerLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);

  private final Incarnation self;
  private final Incarnation peer;
  private final HostPort address;
  private final SchedulerClient client;
  private final EventQueue events;
  private final ScheduledExecutorService timer;
  private @Nullable Following following;
  private boolean established;
  private boolean closed;

  /** Where it reports, and on what it waits before it tries again. */
  record Surroundings(
      Incarnation self,
      SchedulerClient client,
      EventQueue events,
      ScheduledExecutorService timer) {}

  PeerLink(Surroundings surroundings, Incarnation peer, HostPort address) {
    this.self = surroundings.self;
    this.client = surroundings.client;
    this.events = surroundings.events;
    this.timer = surroundings.timer;
    this.peer = peer;
    this.address = address;
  }

  HostPort address() {
    return address;
  }

  /** Does not wait. */
  synchronized void open() {
    if (closed) {
      return;
    }
    try {
      following = client.follow(address, self, new Following.Listener(this::heard, this::ended));
    } catch (IllegalStateException closing) {
      LOG.debug("scheduler {} is not followed: {}", peer, closing.getMessage());
    }
  }

  private void heard(Following.News news) {
    boolean first;
    synchronized (this) {
      if (closed || !news.scheduler().equals(peer)) {
        return; // Its successor has a key, and a link, of its own.
      }
      first = !established;
      established = true;
    }
    if (first) {
      LOG.info("connected to scheduler {} at {}", peer, address);
    }
    events.put(new Event.OfPeer(new PeerEvent.Heard(peer, news.executorsReached())));
  }

  private void ended(String why) {
    boolean broke;
    synchronized (this) {
      broke = established && !closed;
      established = false;
      if (closed) {
        return;
      }
    }
    if (broke) {
      LOG.warn("the connection to scheduler {} at {} broke: {}", peer, address, why);
      events.put(new Event.OfPeer(new PeerEvent.Broke(peer)));
    }
    try {
      var _ = timer.schedule(this::open, ShellLimits.PEER_RECONNECT_MS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closing) {
      LOG.debug("scheduler {} is not followed again: closing", peer);
    }
  }

  @Override
  public void close() {
    Following open;
    synchronized (this) {
      closed = true;
      open = following;
    }
    if (open != null) {
      open.close();
    }
  }
}

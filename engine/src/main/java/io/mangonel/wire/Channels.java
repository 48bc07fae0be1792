package io.mangonel.wire;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The connections of a process to its peers: one channel each, made when first asked for. */
public final class Channels implements AutoCloseable {
  private final Map<HostPort, Connection> byPeer = new LinkedHashMap<>(16, 0.75f, true);

  /** Those no longer given out whose calls may still be under way. */
  private final List<ManagedChannel> leaving = new ArrayList<>();

  private final ExecutorService executor =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("channel-", 0).factory());
  private boolean closed;

  private record Connection(ManagedChannel channel, Unreached unreached) {
    /** Not connected, and whoever calls now may be given the failure of an earlier attempt. */
    boolean broken() {
      ConnectivityState state = channel.getState(false);
      return state == ConnectivityState.TRANSIENT_FAILURE
          || (unreached.seen() && state != ConnectivityState.READY);
    }
  }

  /**
   * The channel to {@code peer}. In place of a broken one comes another, which connects at once:
   * the pace of retries is the caller's.
   *
   * @throws IllegalStateException after {@link #close}
   */
  public synchronized ManagedChannel to(HostPort peer) {
    if (closed) {
      throw new IllegalStateException("channels are closed");
    }
    Connection known = byPeer.get(peer);
    if (known != null && !known.broken()) {
      return known.channel();
    }
    leave(known);
    Connection made = open(peer);
    byPeer.put(peer, made);
    if (byPeer.size() > Limits.CHANNELS_MAX) {
      leave(byPeer.remove(byPeer.keySet().iterator().next()));
    }
    return made.channel();
  }

  private void leave(@Nullable Connection connection) {
    leaving.removeIf(ManagedChannel::isTerminated);
    if (connection != null) {
      connection.channel().shutdown();
      leaving.add(connection.channel());
    }
  }

  private Connection open(HostPort peer) {
    Unreached unreached = new Unreached();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(peer.host(), peer.port())
            .usePlaintext()
            // Peers are never behind the proxy that the environment names for the internet.
            .proxyDetector(_ -> null)
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Limits.CONNECT_TIMEOUT_MS)
            .keepAliveTime(Limits.KEEPALIVE_TIME_MS, TimeUnit.MILLISECONDS)
            .keepAliveTimeout(Limits.KEEPALIVE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
            .keepAliveWithoutCalls(true)
            .maxInboundMessageSize(Limits.MESSAGE_BYTES_MAX)
            .maxInboundMetadataSize(Limits.METADATA_BYTES_MAX)
            .disableRetry()
            .executor(executor)
            .intercept(new ProtocolVersion(Limits.PROTOCOL_VERSION), unreached)
            .build();
    return new Connection(channel, unreached);
  }

  /** Ends every connection; calls under way end as unreachable. */
  @Override
  public void close() {
    List<ManagedChannel> open = new ArrayList<>();
    synchronized (this) {
      closed = true;
      open.addAll(leaving);
      byPeer.values().forEach(connection -> open.add(connection.channel()));
      leaving.clear();
      byPeer.clear();
    }
    open.forEach(ManagedChannel::shutdownNow);
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Limits.CLOSE_GRACE_MS);
    try {
      for (ManagedChannel channel : open) {
        channel.awaitTermination(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    executor.shutdownNow();
  }
}

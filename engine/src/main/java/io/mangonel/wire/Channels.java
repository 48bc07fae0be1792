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

/** The connections of a process to its peers: one channel each, made when first asked for. */
public final class Channels implements AutoCloseable {
  private final Map<HostPort, ManagedChannel> byPeer = new LinkedHashMap<>(16, 0.75f, true);
  private final ExecutorService executor =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("channel-", 0).factory());
  private boolean closed;

  /**
   * The channel to {@code peer}. A broken one tries again at once: the pace of retries is the
   * caller's.
   *
   * @throws IllegalStateException after {@link #close}
   */
  public synchronized ManagedChannel to(HostPort peer) {
    if (closed) {
      throw new IllegalStateException("channels are closed");
    }
    ManagedChannel channel = byPeer.computeIfAbsent(peer, this::open);
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      // A reset of its backoff would still fail the first call after the peer is back.
      channel.enterIdle();
    }
    if (byPeer.size() > Limits.CHANNELS_MAX) {
      HostPort oldest = byPeer.keySet().iterator().next();
      ManagedChannel idle = byPeer.remove(oldest);
      if (idle != null) {
        idle.shutdown();
      }
    }
    return channel;
  }

  private ManagedChannel open(HostPort peer) {
    return NettyChannelBuilder.forAddress(peer.host(), peer.port())
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
        .intercept(new ProtocolVersion(Limits.PROTOCOL_VERSION))
        .build();
  }

  /** Ends every connection; calls under way end as unreachable. */
  @Override
  public void close() {
    List<ManagedChannel> open;
    synchronized (this) {
      closed = true;
      open = new ArrayList<>(byPeer.values());
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

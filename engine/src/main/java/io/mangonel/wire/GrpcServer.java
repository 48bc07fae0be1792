package io.mangonel.wire;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The one gRPC port of a process, for clients and peers. */
public final class GrpcServer implements AutoCloseable {
  private final Server server;
  private final ExecutorService executor;

  private GrpcServer(Server server, ExecutorService executor) {
    this.server = server;
    this.executor = executor;
  }

  public sealed interface Start {
    record Running(GrpcServer server) implements Start {}

    /** One line for a person: the port is in use, the address is not ours, ... */
    record Failed(String message) implements Start {}
  }

  /**
   * Binds and serves. Handlers run on virtual threads.
   *
   * @param bind port 0 takes a free one
   * @param services also Flight's, from {@code FlightGrpcUtils.createFlightService(...)
   *     .bindService()}
   */
  public static Start start(HostPort bind, List<ServerServiceDefinition> services) {
    InetSocketAddress address = new InetSocketAddress(bind.host(), bind.port());
    if (address.isUnresolved()) {
      return new Start.Failed("cannot listen on " + bind + ": the host name is unknown");
    }
    ExecutorService executor =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("rpc-", 0).factory());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .executor(executor)
            .maxInboundMessageSize(Limits.MESSAGE_BYTES_MAX)
            .maxInboundMetadataSize(Limits.METADATA_BYTES_MAX)
            .maxConcurrentCallsPerConnection(Limits.CALLS_PER_CONNECTION_MAX)
            .keepAliveTime(Limits.KEEPALIVE_TIME_MS, TimeUnit.MILLISECONDS)
            .keepAliveTimeout(Limits.KEEPALIVE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(Limits.KEEPALIVE_PERMITTED_MS, TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(true)
            .intercept(new ProtocolVersion(Limits.PROTOCOL_VERSION));
    services.forEach(builder::addService);
    try {
      return new Start.Running(new GrpcServer(builder.build().start(), executor));
    } catch (IOException refused) {
      executor.shutdownNow();
      return new Start.Failed("cannot listen on " + bind + ": " + reason(refused));
    }
  }

  private static String reason(IOException refused) {
    Throwable root = refused;
    for (Throwable cause = root.getCause(); cause != null; cause = root.getCause()) {
      root = cause;
    }
    String message = String.valueOf(root.getMessage());
    if (root instanceof BindException && message.contains("in use")) {
      return "the port is in use";
    }
    return message;
  }

  /** The port bound, also when 0 was asked for. */
  public int port() {
    return server.getPort();
  }

  /** Closes the port; calls under way go on. */
  public void refuse() {
    server.shutdown();
  }

  /** Lets calls under way end for {@link Limits#CLOSE_GRACE_MS}, then cuts them off. */
  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(Limits.CLOSE_GRACE_MS, TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(Limits.CLOSE_GRACE_MS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException interrupted) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    executor.shutdownNow();
  }
}

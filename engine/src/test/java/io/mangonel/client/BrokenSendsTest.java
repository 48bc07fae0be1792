package io.mangonel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.mangonel.flightsql.ClientHeaders;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A client tells whether it sent its statement before, and how many schedulers went away with it.
 */
class BrokenSendsTest {
  private static final Metadata.Key<String> HEADER = header(ClientHeaders.BROKEN_SENDS);
  private static final Metadata.Key<String> FIRST = header(ClientHeaders.FIRST_SEND);

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Test
  void theNextSchedulerHearsHowManyWentAwayBeforeTheyAnswered() throws Exception {
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    InetAddress loopback = InetAddress.getLoopbackAddress();
    Server last =
        NettyServerBuilder.forAddress(new InetSocketAddress(loopback, 0))
            .fallbackHandlerRegistry(refusing(heard))
            .build()
            .start();
    try (ServerSocket first = new ServerSocket(0, 1, loopback);
        ServerSocket second = new ServerSocket(0, 1, loopback)) {
      Thread.ofPlatform().daemon().start(() -> goAway(first));
      Thread.ofPlatform().daemon().start(() -> goAway(second));
      String addresses =
          "127.0.0.1:%d,127.0.0.1:%d,127.0.0.1:%d"
              .formatted(first.getLocalPort(), second.getLocalPort(), last.getPort());
      try (MangonelClient client = MangonelClient.connect(addresses)) {
        assertThatThrownBy(() -> client.execute("SELECT 1")).hasMessageContaining("not that one");
      }
      try (MangonelClient client = MangonelClient.connect("127.0.0.1:" + last.getPort())) {
        assertThatThrownBy(() -> client.execute("SELECT 1")).hasMessageContaining("not that one");
      }
      assertThat(heard).containsExactly("2, first: null", "null, first: yes");
    } finally {
      last.shutdownNow();
    }
  }

  /** Ends each connection once something was sent on it. */
  private static void goAway(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket connection = server.accept()) {
        var _ = connection.getInputStream().read();
      } catch (IOException e) {
        return; // The test is over.
      }
    }
  }

  /** Answers every call with an error of the statement, and keeps the header. */
  private static HandlerRegistry refusing(List<String> heard) {
    return new HandlerRegistry() {
      @Override
      public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
        MethodDescriptor<InputStream, InputStream> method =
            MethodDescriptor.<InputStream, InputStream>newBuilder()
                .setType(MethodDescriptor.MethodType.UNKNOWN)
                .setFullMethodName(name)
                .setRequestMarshaller(bytes())
                .setResponseMarshaller(bytes())
                .build();
        return ServerMethodDefinition.create(
            method,
            (ServerCall<InputStream, InputStream> call, Metadata headers) -> {
              heard.add(headers.get(HEADER) + ", first: " + headers.get(FIRST));
              Metadata trailers = new Metadata();
              trailers.put(header(ClientHeaders.ANSWERED), "yes");
              call.close(Status.INVALID_ARGUMENT.withDescription("not that one"), trailers);
              return new ServerCall.Listener<>() {};
            });
      }
    };
  }

  private static MethodDescriptor.Marshaller<InputStream> bytes() {
    return new MethodDescriptor.Marshaller<>() {
      @Override
      public InputStream stream(InputStream value) {
        return value;
      }

      @Override
      public InputStream parse(InputStream stream) {
        return stream;
      }
    };
  }
}

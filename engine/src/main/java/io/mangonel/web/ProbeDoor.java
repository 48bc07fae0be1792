package io.mangonel.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The HTTP side of a process without a page: {@code /healthz}, {@code /readyz}, {@code /metrics}.
 */
public final class ProbeDoor implements AutoCloseable {
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final BooleanSupplier ready;
  private final Supplier<String> metrics;

  private ProbeDoor(HttpServer server, BooleanSupplier ready, Supplier<String> metrics) {
    this.server = server;
    this.ready = ready;
    this.metrics = metrics;
  }

  /**
   * Listens.
   *
   * @param port 0 for a free one
   * @param ready whether work can be done
   * @param metrics in Prometheus' text format
   * @throws IOException when it cannot; {@link java.net.BindException} when the port is in use
   */
  public static ProbeDoor start(
      String bind, int port, BooleanSupplier ready, Supplier<String> metrics) throws IOException {
    HttpExchanges.limit();
    HttpServer server = HttpServer.create(new InetSocketAddress(bind, port), WebLimits.BACKLOG);
    var door = new ProbeDoor(server, ready, metrics);
    server.setExecutor(door.calls);
    server.createContext("/", door::handle);
    server.start();
    return door;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpExchanges.send(
          exchange,
          switch (exchange.getRequestURI().getPath()) {
            case "/healthz" -> HttpReply.text(HttpReply.OK, "ok\n");
            case "/readyz" ->
                ready.getAsBoolean()
                    ? HttpReply.text(HttpReply.OK, "ready\n")
                    : HttpReply.text(HttpReply.UNAVAILABLE, "no scheduler has accepted it\n");
            case "/metrics" -> HttpReply.of(HttpReply.OK, HttpReply.METRICS_TYPE, metrics.get());
            default -> HttpReply.text(HttpReply.NOT_FOUND, "/healthz, /readyz or /metrics\n");
          });
    }
  }

  @Override
  public void close() {
    server.stop(0);
    calls.close();
  }
}

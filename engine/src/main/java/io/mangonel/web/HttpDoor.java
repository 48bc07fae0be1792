package io.mangonel.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mangonel.scheduler.query.QueryService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side of a scheduler: the page, the REST interface, {@code /healthz} (the process
 * answers), {@code /readyz} (work can be done), {@code /metrics}.
 */
public final class HttpDoor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpDoor.class);
  private static final int ID_CHARACTERS = 8;

  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore room = new Semaphore(WebLimits.REQUESTS_MAX);
  private final HttpServer server;
  private final QueryService queries;
  private final StatementApi statements;
  private final RestApi rest;
  private final RequestGuard guard;
  private final StaticFiles files = new StaticFiles();

  private HttpDoor(HttpServer server, String bind, QueryService queries, Path directory) {
    this.server = server;
    this.queries = queries;
    this.statements = new StatementApi(queries, directory);
    this.rest = new RestApi(queries, statements);
    this.guard = new RequestGuard(bind);
  }

  /**
   * Listens.
   *
   * @param port 0 for a free one
   * @param directory what relative paths of a statement are relative to
   * @throws IOException when it cannot; {@link java.net.BindException} when the port is in use
   */
  public static HttpDoor start(String bind, int port, QueryService queries, Path directory)
      throws IOException {
    HttpExchanges.limit();
    HttpServer server = HttpServer.create(new InetSocketAddress(bind, port), WebLimits.BACKLOG);
    HttpDoor door = new HttpDoor(server, bind, queries, directory);
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
      if (!room.tryAcquire()) {
        HttpExchanges.send(
            exchange, HttpReply.error(HttpReply.UNAVAILABLE, "too many requests; try again"));
        return;
      }
      HttpReply reply;
      try {
        reply = reply(exchange);
      } finally {
        room.release();
      }
      HttpExchanges.send(exchange, reply);
    }
  }

  private HttpReply reply(HttpExchange exchange) {
    HttpQuestion question;
    try {
      question = new HttpQuestion(exchange);
    } catch (IllegalArgumentException e) {
      return HttpReply.error(HttpReply.BAD_REQUEST, "the address is malformed: " + e.getMessage());
    }
    try {
      return route(question);
    } catch (IOException | RuntimeException e) {
      String id = UUID.randomUUID().toString().substring(0, ID_CHARACTERS);
      LOG.error("internal error {}", id, e);
      return HttpReply.error(
          HttpReply.INTERNAL, "internal error " + id + ": the scheduler's log has the details");
    }
  }

  private HttpReply route(HttpQuestion question) throws IOException {
    if (question.reads()) {
      // For machines, which may know this scheduler by any name.
      switch (question.path()) {
        case "/healthz" -> {
          return HttpReply.text(HttpReply.OK, "ok\n");
        }
        case "/readyz" -> {
          return rest.ready()
              ? HttpReply.text(HttpReply.OK, "ready\n")
              : HttpReply.text(HttpReply.UNAVAILABLE, "no executor is alive\n");
        }
        case "/metrics" -> {
          return HttpReply.of(HttpReply.OK, HttpReply.METRICS_TYPE, queries.metrics());
        }
        default -> {}
      }
    }
    var refused = guard.refusal(question);
    if (refused.isPresent()) {
      return refused.get();
    }
    var answered = rest.answer(question);
    if (answered.isPresent()) {
      return answered.get();
    }
    var file = files.find(question.path());
    if (file.isPresent()) {
      return question.reads() ? file.get() : HttpReply.notAllowed(question.method(), "GET");
    }
    return HttpReply.error(HttpReply.NOT_FOUND, "there is nothing at " + question.path());
  }

  @Override
  public void close() {
    server.stop(WebLimits.STOP_WAIT_S);
    calls.close();
    statements.close();
  }
}

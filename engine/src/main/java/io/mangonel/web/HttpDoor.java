package io.mangonel.web;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.ExecutorSummary;
import io.mangonel.scheduler.query.QueryService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side of a scheduler, read only: {@code /healthz} (the process answers), {@code /readyz}
 * (at least one executor is alive), {@code /api/jobs}, {@code /api/jobs/ID}, {@code
 * /api/executors}.
 */
public final class HttpDoor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpDoor.class);
  private static final int BACKLOG = 128;
  private static final int STOP_WAIT_S = 1;

  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int INTERNAL = 500;
  private static final int UNAVAILABLE = 503;

  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final QueryService queries;
  private final AdminApi api;

  private record Reply(int status, String contentType, String body) {}

  private HttpDoor(HttpServer server, QueryService queries) {
    this.server = server;
    this.queries = queries;
    this.api = new AdminApi(queries);
  }

  /**
   * Listens.
   *
   * @param port 0 for a free one
   * @throws IOException when it cannot; {@link java.net.BindException} when the port is in use
   */
  public static HttpDoor start(String bind, int port, QueryService queries) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(bind, port), BACKLOG);
    HttpDoor door = new HttpDoor(server, queries);
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
      Reply reply = reply(exchange);
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", reply.contentType());
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(reply.status(), head ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private Reply reply(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return error(METHOD_NOT_ALLOWED, method + " is not allowed here");
    }
    try {
      return route(exchange.getRequestURI().getPath());
    } catch (RuntimeException e) {
      String id = UUID.randomUUID().toString().substring(0, 8);
      LOG.error("internal error {}", id, e);
      return error(INTERNAL, "internal error " + id + ": the scheduler's log has the details");
    }
  }

  private Reply route(String path) {
    String jobPrefix = "/api/jobs/";
    return switch (path) {
      case "/healthz" -> new Reply(OK, "text/plain", "ok\n");
      case "/readyz" -> readiness();
      case "/api/jobs" -> json(api.jobs());
      case "/api/executors" -> json(api.executors());
      default ->
          path.startsWith(jobPrefix)
              ? json(api.job(path.substring(jobPrefix.length())))
              : error(NOT_FOUND, "no page " + path);
    };
  }

  private Reply readiness() {
    boolean ready =
        queries.executors() instanceof Answer.Ok<List<ExecutorSummary>>(var executors)
            && executors.stream().anyMatch(executor -> executor.state().equals("alive"));
    return ready
        ? new Reply(OK, "text/plain", "ready\n")
        : new Reply(UNAVAILABLE, "text/plain", "no executor is alive\n");
  }

  private static Reply json(Answer<String> answer) {
    return switch (answer) {
      case Answer.Ok<String>(String json) -> new Reply(OK, "application/json", json);
      case Answer.UserFault<String>(String message) -> error(BAD_REQUEST, message);
      case Answer.NotFound<String>(String message) -> error(NOT_FOUND, message);
      case Answer.Retryable<String>(String message) -> error(UNAVAILABLE, message);
    };
  }

  private static Reply error(int status, String message) {
    String json = new JsonMapper().createObjectNode().put("error", message).toString();
    return new Reply(status, "application/json", json);
  }

  @Override
  public void close() {
    server.stop(STOP_WAIT_S);
    calls.close();
  }
}

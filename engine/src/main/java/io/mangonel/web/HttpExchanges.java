package io.mangonel.web;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/** Answers on the wire, and the bounds of the JDK's server. */
final class HttpExchanges {
  private static final String SETTING = "sun.net.httpserver.";

  private HttpExchanges() {}

  /** To be called before the first server of the process is made: it reads these once. */
  static void limit() {
    System.setProperty(SETTING + "maxReqTime", String.valueOf(WebLimits.REQUEST_S));
    System.setProperty(SETTING + "maxRspTime", String.valueOf(WebLimits.RESPONSE_S));
    System.setProperty(
        SETTING + "maxIdleConnections", String.valueOf(WebLimits.IDLE_CONNECTIONS_MAX));
    // Else each answer waits for the client's delayed acknowledgement.
    System.setProperty(SETTING + "nodelay", "true");
  }

  static void send(HttpExchange exchange, HttpReply reply) throws IOException {
    byte[] body = reply.body().toByteArray();
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", reply.contentType());
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    // Kept, but asked for each time: an unchanged answer costs no body.
    headers.set("Cache-Control", "no-cache");
    reply.headers().forEach(headers::set);
    int status = reply.status();
    if (status == HttpReply.OK) {
      String tag = reply.headers().getOrDefault("ETag", StaticFiles.tag(body));
      headers.set("ETag", tag);
      if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
        status = HttpReply.NOT_MODIFIED;
      }
    }
    boolean bodiless =
        exchange.getRequestMethod().equals("HEAD")
            || status == HttpReply.NOT_MODIFIED
            || body.length == 0;
    exchange.sendResponseHeaders(status, bodiless ? -1 : body.length);
    if (!bodiless) {
      exchange.getResponseBody().write(body);
    }
  }
}

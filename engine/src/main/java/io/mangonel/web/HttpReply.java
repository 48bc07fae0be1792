package io.mangonel.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mangonel.core.Bytes;
import io.mangonel.scheduler.query.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** An answer to a request. */
record HttpReply(int status, String contentType, Bytes body, Map<String, String> headers) {
  static final int OK = 200;
  static final int ACCEPTED = 202;
  static final int NOT_MODIFIED = 304;
  static final int BAD_REQUEST = 400;
  static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;
  static final int METHOD_NOT_ALLOWED = 405;
  static final int UNSUPPORTED_TYPE = 415;
  static final int MISDIRECTED = 421;
  static final int INTERNAL = 500;
  static final int UNAVAILABLE = 503;

  static final String JSON_TYPE = "application/json";
  static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final JsonMapper JSON = new JsonMapper();

  HttpReply {
    headers = Map.copyOf(headers);
  }

  static HttpReply text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", text);
  }

  static HttpReply of(int status, String contentType, String text) {
    return new HttpReply(
        status, contentType, Bytes.of(text.getBytes(StandardCharsets.UTF_8)), Map.of());
  }

  static HttpReply json(int status, JsonNode node) {
    return of(status, JSON_TYPE, node.toString());
  }

  /** Says what is wrong and, by its status, whose fault it is. */
  static HttpReply error(int status, String message) {
    return json(
        status,
        JSON.createObjectNode().put("error", message).put("retryable", status == UNAVAILABLE));
  }

  static HttpReply notAllowed(String method, String allowed) {
    HttpReply reply = error(METHOD_NOT_ALLOWED, method + " is not allowed here: use " + allowed);
    return new HttpReply(
        reply.status(), reply.contentType(), reply.body(), Map.of("Allow", allowed));
  }

  static HttpReply of(Answer<? extends JsonNode> answer) {
    return switch (answer) {
      case Answer.Ok<? extends JsonNode>(JsonNode node) -> json(OK, node);
      case Answer.UserFault<? extends JsonNode>(String message) -> error(BAD_REQUEST, message);
      case Answer.NotFound<? extends JsonNode>(String message) -> error(NOT_FOUND, message);
      case Answer.Retryable<? extends JsonNode>(String message) -> error(UNAVAILABLE, message);
      case Answer.Leaving<? extends JsonNode>(String message) -> error(UNAVAILABLE, message);
    };
  }
}

package io.mangonel.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import io.mangonel.scheduler.query.Answer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request, read. */
final class HttpQuestion {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final HttpExchange exchange;
  private final Map<String, String> parameters = new HashMap<>();

  /**
   * @throws IllegalArgumentException when its query is not percent-encoded UTF-8
   */
  HttpQuestion(HttpExchange exchange) {
    this.exchange = exchange;
    String query = exchange.getRequestURI().getRawQuery();
    for (String pair : query == null ? new String[0] : query.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      parameters.put(decode(parts[0]), parts.length < 2 ? "" : decode(parts[1]));
    }
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  String method() {
    return exchange.getRequestMethod();
  }

  /** Whether it only reads. */
  boolean reads() {
    return method().equals("GET") || method().equals("HEAD");
  }

  String path() {
    return exchange.getRequestURI().getPath();
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  String parameter(String name, String otherwise) {
    return parameters.getOrDefault(name, otherwise);
  }

  /** A whole number within its bounds. */
  Answer<Long> number(String name, long otherwise, long max) {
    @Nullable String text = parameters.get(name);
    if (text == null) {
      return new Answer.Ok<>(otherwise);
    }
    if (!text.matches("[0-9]{1,15}") || Long.parseLong(text) > max) {
      return new Answer.UserFault<>(name + " must be a whole number from 0 to " + max);
    }
    return new Answer.Ok<>(Long.parseLong(text));
  }

  /** The body, a JSON object. */
  Answer<JsonNode> body() throws IOException {
    byte[] bytes = exchange.getRequestBody().readNBytes(WebLimits.BODY_BYTES_MAX + 1);
    if (bytes.length > WebLimits.BODY_BYTES_MAX) {
      return new Answer.UserFault<>(
          "the request is larger than " + WebLimits.BODY_BYTES_MAX + " bytes");
    }
    try {
      JsonNode node = JSON.readTree(bytes);
      return node != null && node.isObject()
          ? new Answer.Ok<>(node)
          : new Answer.UserFault<>("the body must be a JSON object");
    } catch (JsonProcessingException e) {
      return new Answer.UserFault<>("the body is not JSON: " + e.getOriginalMessage());
    }
  }
}

package io.mangonel.flightsql;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.mangonel.scheduler.query.StatementRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, from the headers of the call. Values are percent-encoded UTF-8, as in a URL's query.
 *
 * @param sessionId {@code mangonel-session}, else the cookie of a Flight session, else null
 * @param offeredSession the session of a call without one, if its client keeps the cookie that the
 *     answer brings; null for a call with a session
 * @param directory {@code mangonel-directory}: what relative paths are relative to, absolute
 * @param idempotencyKey {@code mangonel-idempotency-key}
 * @param brokenSends {@code mangonel-broken-sends}
 * @param firstSend {@code mangonel-first-send}
 * @param settings {@code mangonel-settings}: {@code name=value&...}, for this call alone
 */
record Caller(
    @Nullable String sessionId,
    @Nullable String offeredSession,
    @Nullable String directory,
    @Nullable String idempotencyKey,
    int brokenSends,
    boolean firstSend,
    SortedMap<String, String> settings) {

  private static final Context.Key<Caller> KEY = Context.key("mangonel-caller");
  private static final Metadata.Key<String> SESSION = header(ClientHeaders.SESSION);
  private static final Metadata.Key<String> DIRECTORY = header(ClientHeaders.DIRECTORY);
  private static final Metadata.Key<String> IDEMPOTENCY_KEY = header(ClientHeaders.IDEMPOTENCY_KEY);
  private static final Metadata.Key<String> BROKEN_SENDS = header(ClientHeaders.BROKEN_SENDS);
  private static final Metadata.Key<String> FIRST_SEND = header(ClientHeaders.FIRST_SEND);
  private static final Metadata.Key<String> SETTINGS = header(ClientHeaders.SETTINGS);
  private static final Metadata.Key<String> COOKIE = header("cookie");
  private static final Metadata.Key<String> SET_COOKIE = header("set-cookie");
  private static final String SESSION_COOKIE = "arrow_flight_session_id";
  private static final String ANONYMOUS = "anonymous";

  /** The caller of the current call. */
  static Caller current() {
    return KEY.get();
  }

  StatementRequest request(StatementCommands.Text text, Path defaultDirectory) {
    return new StatementRequest(
        text.sql(),
        ANONYMOUS,
        sessionId == null ? text.session() : sessionId,
        idempotencyKey,
        directory == null ? defaultDirectory.toString() : directory,
        settings,
        text.values(),
        brokenSends,
        firstSend);
  }

  /** Puts the caller into the context of each call; refuses headers that make no sense. */
  static final class Interceptor implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      Caller caller;
      try {
        caller = read(headers);
      } catch (IllegalArgumentException e) {
        call.close(Status.INVALID_ARGUMENT.withDescription(e.getMessage()), new Metadata());
        return new ServerCall.Listener<>() {};
      }
      ServerCall<Q, A> answered = caller.offeredSession == null ? call : offering(call, caller);
      return Contexts.interceptCall(
          Context.current().withValue(KEY, caller), answered, headers, next);
    }

    /** The answer's headers bring the cookie; a client that keeps none does not notice. */
    private static <Q, A> ServerCall<Q, A> offering(ServerCall<Q, A> call, Caller caller) {
      return new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
        @Override
        public void sendHeaders(Metadata headers) {
          headers.put(SET_COOKIE, SESSION_COOKIE + "=" + caller.offeredSession);
          super.sendHeaders(headers);
        }
      };
    }
  }

  private static Caller read(Metadata headers) {
    String session = decoded(headers, SESSION).or(() -> cookie(headers)).orElse(null);
    return new Caller(
        session,
        session == null ? UUID.randomUUID().toString() : null,
        decoded(headers, DIRECTORY).map(Caller::absolute).orElse(null),
        decoded(headers, IDEMPOTENCY_KEY).orElse(null),
        number(ClientHeaders.BROKEN_SENDS, headers.get(BROKEN_SENDS)),
        headers.containsKey(FIRST_SEND),
        settings(headers.get(SETTINGS)));
  }

  private static Optional<String> decoded(Metadata headers, Metadata.Key<String> key) {
    return Optional.ofNullable(headers.get(key)).map(Caller::decode);
  }

  private static Optional<String> cookie(Metadata headers) {
    String cookies = headers.get(COOKIE);
    if (cookies == null) {
      return Optional.empty();
    }
    for (String cookie : cookies.split(";", -1)) {
      String[] pair = cookie.strip().split("=", 2);
      if (pair.length == 2 && pair[0].equals(SESSION_COOKIE)) {
        return Optional.of(pair[1].replace("\"", ""));
      }
    }
    return Optional.empty();
  }

  private static int number(String header, @Nullable String value) {
    try {
      return value == null ? 0 : Integer.parseUnsignedInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(header + " is not a number: " + value, e);
    }
  }

  private static String absolute(String directory) {
    try {
      if (Path.of(directory).isAbsolute()) {
        return directory;
      }
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          ClientHeaders.DIRECTORY + " is not a path: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException(
        ClientHeaders.DIRECTORY + " must be an absolute path, it is " + directory);
  }

  private static SortedMap<String, String> settings(@Nullable String text) {
    SortedMap<String, String> settings = new TreeMap<>();
    if (text == null || text.isEmpty()) {
      return settings;
    }
    for (String pair : text.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      if (parts.length != 2 || parts[0].isEmpty()) {
        throw new IllegalArgumentException(
            ClientHeaders.SETTINGS + " must be name=value&..., it has '" + pair + "'");
      }
      settings.put(decode(parts[0]), decode(parts[1]));
    }
    if (settings.size() > Limits.SETTINGS_MAX) {
      throw new IllegalArgumentException("at most " + Limits.SETTINGS_MAX + " settings in a call");
    }
    return settings;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}

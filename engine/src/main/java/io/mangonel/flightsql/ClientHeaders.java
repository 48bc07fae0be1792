package io.mangonel.flightsql;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** The headers by which a client says what the protocol has no field for. */
public final class ClientHeaders {
  /** The session whose settings apply and which {@code SET} changes: any text the client chose. */
  public static final String SESSION = "mangonel-session";

  /** What relative paths are relative to: an absolute path. */
  public static final String DIRECTORY = "mangonel-directory";

  /** A statement sent again under the same key is the same job. */
  public static final String IDEMPOTENCY_KEY = "mangonel-idempotency-key";

  /**
   * How many schedulers went away while the client waited for their first answer to this statement.
   * One that may have ended them is planned with care.
   */
  public static final String BROKEN_SENDS = "mangonel-broken-sends";

  /**
   * Says, with any value, that the client made the idempotency key itself, for this statement, and
   * has sent it nowhere before. A small read is then answered before the key is stored.
   */
  public static final String FIRST_SEND = "mangonel-first-send";

  /** Settings of this call alone, {@link #encode(SortedMap) encoded}. */
  public static final String SETTINGS = "mangonel-settings";

  /**
   * Says, with any value, that the client has changed its session before. A scheduler that does not
   * know the session then refuses the call with {@link #SESSION_LOST}, instead of running it
   * without what was set.
   */
  public static final String SESSION_CHANGED = "mangonel-session-changed";

  /** In the trailers of a refused call: nothing was done, and the session has to be set up anew. */
  public static final String SESSION_LOST = "mangonel-session-lost";

  /**
   * In the trailers of an error about a job that was told of before it was stored: nobody has it,
   * it only read, and its statement may be sent again, under the same key.
   */
  public static final String NEVER_STORED = "mangonel-never-stored";

  /**
   * In the trailers of an error that a scheduler answered. Without it the call did not come to an
   * answer: the connection broke, and what came of the call is not known.
   */
  public static final String ANSWERED = "mangonel-answered";

  private ClientHeaders() {}

  /** A header's value may hold ASCII only. */
  public static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** {@code name=value&...}, each part encoded. */
  public static String encode(SortedMap<String, String> settings) {
    return settings.entrySet().stream()
        .map(setting -> encode(setting.getKey()) + "=" + encode(setting.getValue()))
        .collect(Collectors.joining("&"));
  }
}

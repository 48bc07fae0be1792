package io.mangonel.client;

import io.mangonel.planner.database.SessionSettings;
import io.mangonel.wire.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A client that outlives schedulers. It is given the addresses of some of them; when the one it
 * talks to is gone, it goes on at another: a statement that was sent runs once, and its rows come
 * once and in order. A client is one session: what {@code SET}, {@code USE} and {@code CREATE TEMP
 * VIEW} do holds for it, on every scheduler.
 *
 * <p>One thread uses it, one statement at a time; {@link QueryResult#cancel} may be called from any
 * thread.
 */
public final class MangonelClient implements AutoCloseable {
  /** Where a scheduler listens if nothing else is said. */
  public static final int DEFAULT_PORT = 32010;

  private final ClientSession session;

  /**
   * What may be set.
   *
   * @param retry how long to try again once a scheduler that was in reach is not any more
   * @param timeout of each statement, counted by the scheduler; zero for none
   * @param directory what relative paths in statements are relative to
   * @param settings of all statements, as with {@code SET}
   */
  public record Options(
      Duration retry, Duration timeout, Path directory, SortedMap<String, String> settings) {
    public static final Options DEFAULTS =
        new Options(Duration.ofMinutes(1), Duration.ZERO, Path.of(""), new TreeMap<>());

    public Options {
      if (retry.isNegative() || timeout.isNegative()) {
        throw new IllegalArgumentException("a time is negative");
      }
      settings = new TreeMap<>(settings);
    }

    public Options withRetry(Duration value) {
      return new Options(value, timeout, directory, settings);
    }

    public Options withTimeout(Duration value) {
      return new Options(retry, value, directory, settings);
    }

    public Options withDirectory(Path value) {
      return new Options(retry, timeout, value, settings);
    }

    /** As {@code SET name = 'value'} for every statement. */
    public Options with(String name, String value) {
      SortedMap<String, String> more = new TreeMap<>(settings);
      more.put(name, value);
      return new Options(retry, timeout, directory, more);
    }
  }

  private MangonelClient(ClientSession session) {
    this.session = session;
  }

  /**
   * As {@link #connect(String, Options)}, with the defaults.
   *
   * @param addresses {@code host:port}, several separated by commas
   */
  public static MangonelClient connect(String addresses) {
    return connect(addresses, Options.DEFAULTS);
  }

  /**
   * Makes a client; it connects with the first statement.
   *
   * @param addresses {@code host:port}, several separated by commas: of schedulers of one cluster
   * @throws IllegalArgumentException for what is not an address
   */
  public static MangonelClient connect(String addresses, Options options) {
    List<HostPort> parsed = new ArrayList<>();
    for (String address : addresses.split(",", -1)) {
      String text = address.strip();
      parsed.add(
          HostPort.parse(text)
              .or(() -> HostPort.parse(text + ":" + DEFAULT_PORT))
              .orElseThrow(
                  () ->
                      new IllegalArgumentException("'" + text + "' is not an address: host:port")));
    }
    SortedMap<String, String> settings = new TreeMap<>(options.settings);
    if (!options.timeout.isZero()) {
      settings.put(SessionSettings.STATEMENT_TIMEOUT, String.valueOf(options.timeout.toMillis()));
    }
    String directory = options.directory.toAbsolutePath().toString();
    var setup = new ClientSession.Setup(parsed, directory, settings, options.retry.toMillis());
    return new MangonelClient(new ClientSession(setup, notice -> {}));
  }

  /**
   * Starts a statement. The answer is there when the scheduler has taken it; the first {@link
   * QueryResult#next} waits for the end of the job.
   *
   * @throws ClientException when the statement is wrong, or no scheduler takes it
   */
  public QueryResult execute(String sql) {
    return session.execute(sql);
  }

  /** Ends the connection. Jobs that run go on; results that are open cannot be read any more. */
  @Override
  public void close() {
    session.close();
  }
}

package io.mangonel.process;

import static org.awaitility.Awaitility.await;

import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cluster.Rows;
import io.mangonel.flightsql.ClientHeaders;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A client that sends a statement again, under its idempotency key, until it has rows or an error
 * that no repetition mends. It counts what it was told meanwhile. Thread-safe.
 */
final class RetryingClient {
  private static final Duration TRY_MAX = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration PORT_MAX = Duration.ofSeconds(10);

  private final HostAndPort address;
  private final Path directory;
  private final Duration max;
  private final Map<String, LongAdder> retried = new ConcurrentSkipListMap<>();

  /**
   * @param directory what relative paths are relative to
   * @param max how long a statement may take, with all its repetitions
   */
  RetryingClient(HostAndPort address, Path directory, Duration max) {
    this.address = address;
    this.directory = directory;
    this.max = max;
  }

  /** Every retryable error with how often it was seen; numbers in it are replaced. */
  Map<String, Long> retried() {
    Map<String, Long> counts = new TreeMap<>();
    retried.forEach((message, count) -> counts.put(message, count.sum()));
    return counts;
  }

  /** The rows. Throws what no repetition mends, and when time is up. */
  Rows answer(String sql, Map<String, String> settings) throws TimeoutException {
    long deadlineNs = System.nanoTime() + max.toNanos();
    String key = UUID.randomUUID().toString();
    while (true) {
      try {
        return tryOnce(sql, new TreeMap<>(settings), key);
      } catch (FlightRuntimeException e) {
        if (e.status().code() != FlightStatusCode.UNAVAILABLE) {
          throw e;
        }
        String message = String.valueOf(e.status().description());
        retried
            .computeIfAbsent(shortened(message, isTransport(e)), _ -> new LongAdder())
            .increment();
        if (!isTransport(e)) {
          // The scheduler said so itself: the job it knows by that key may be one that failed.
          key = UUID.randomUUID().toString();
        }
        if (System.nanoTime() > deadlineNs) {
          throw new TimeoutException("no answer within " + max + ", at last: " + message);
        }
        awaitPort();
      }
    }
  }

  /** Until somebody listens there, at most for a while: the next try says what is wrong. */
  private void awaitPort() {
    try {
      await().pollDelay(PAUSE).pollInterval(PAUSE).atMost(PORT_MAX).until(this::isListening);
    } catch (ConditionTimeoutException e) {
      return;
    }
  }

  private boolean isListening() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.host(), address.port()));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static String shortened(String message, boolean transport) {
    String line = message.replaceAll("\\R.*", "").replaceAll("[0-9a-f]*[0-9][0-9a-f]*", "#");
    return (transport ? "transport: " : "answered: ") + line;
  }

  /** The connection failed, as opposed to a scheduler that answers "not now". */
  private static boolean isTransport(FlightRuntimeException e) {
    for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    String message = String.valueOf(e.status().description());
    return message.contains("Network closed") || message.contains("UNAVAILABLE");
  }

  private Rows tryOnce(String sql, SortedMap<String, String> settings, String key) {
    FlightCallHeaders headers = new FlightCallHeaders();
    headers.insert(ClientHeaders.SESSION, "session-" + key);
    headers.insert(ClientHeaders.DIRECTORY, ClientHeaders.encode(directory.toString()));
    headers.insert(ClientHeaders.IDEMPOTENCY_KEY, key);
    headers.insert(ClientHeaders.SETTINGS, ClientHeaders.encode(settings));
    CallOption[] options = {
      new HeaderCallOption(headers), CallOptions.timeout(TRY_MAX.toSeconds(), TimeUnit.SECONDS)
    };
    try (Connection connection = new Connection(address)) {
      FlightInfo info = connection.client.execute(sql, options);
      List<List<@Nullable Object>> values = new ArrayList<>();
      FlightStream stream =
          connection.opened(
              connection.client.getStream(info.getEndpoints().getFirst().getTicket(), options));
      while (stream.next()) {
        Rows.append(stream.getRoot(), values);
      }
      return new Rows(
          stream.getSchema().getFields().stream().map(field -> field.getName()).toList(), values);
    }
  }

  /** A connection of its own for each try: it shows nothing of the one before. */
  private static final class Connection implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final FlightSqlClient client;

    Connection(HostAndPort address) {
      BufferAllocator allocator = opened(new RootAllocator());
      Location location = Location.forGrpcInsecure(address.host(), address.port());
      FlightClient flight = opened(FlightClient.builder(allocator, location).build());
      client = opened(new FlightSqlClient(flight));
    }

    private <T extends AutoCloseable> T opened(T resource) {
      open.push(resource);
      return resource;
    }

    @Override
    public void close() {
      try {
        while (!open.isEmpty()) {
          open.pop().close();
        }
      } catch (Exception e) {
        throw new IllegalStateException("cannot close a connection", e);
      }
    }
  }
}

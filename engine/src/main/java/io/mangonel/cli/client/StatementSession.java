package io.mangonel.cli.client;

import io.mangonel.cli.client.SchedulerConnection.BatchReader;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Statements of one session, over as many connections as it takes. While no scheduler is in reach
 * it tries again for a bounded time: a statement is sent under its key, so it runs once, and rows
 * are read on from where the connection broke. Its failures are {@link CommandFailure}s.
 */
public final class StatementSession implements AutoCloseable {
  private static final long PAUSE_MIN_MS = 50;
  private static final long PAUSE_MAX_MS = 1_000;

  private final List<HostAndPort> addresses;
  private final String session = UUID.randomUUID().toString();
  private final SortedMap<String, String> settings;
  private final long retryMs;
  private final Consumer<String> notices;

  private volatile @Nullable SchedulerConnection connection;
  private volatile @Nullable Sent running;
  private int address;
  private boolean contacted;

  /**
   * @param addresses schedulers, at least one; the first that answers is asked
   * @param settings of all statements
   * @param retryMs how long to try again once a scheduler that was in reach is not any more
   * @param notices takes one line for a person each time that begins
   */
  public StatementSession(
      List<HostAndPort> addresses,
      SortedMap<String, String> settings,
      long retryMs,
      Consumer<String> notices) {
    this.addresses = List.copyOf(addresses);
    this.settings = settings;
    this.retryMs = retryMs;
    this.notices = notices;
  }

  /**
   * The statement that runs.
   *
   * @param info null until the scheduler has answered
   */
  private record Sent(String statement, String key, @Nullable FlightInfo info) {}

  /** What is asked of one connection. */
  @FunctionalInterface
  private interface Exchange<T> {
    T with(SchedulerConnection connection) throws IOException;
  }

  /** Starts a statement; the answer comes with {@link #read}. */
  public FlightInfo execute(String statement) throws IOException {
    String key = UUID.randomUUID().toString();
    running = new Sent(statement, key, null);
    FlightInfo info = exchange(to -> to.send(statement, key));
    running = new Sent(statement, key, info);
    return info;
  }

  /** Waits for the end of the job and reads all rows of its answer, each once. */
  public void read(FlightInfo info, BatchReader reader) throws IOException {
    var position = new Position(reader);
    exchange(
        to -> {
          position.begin();
          to.receive(info, position::take);
          return position;
        });
    running = null;
  }

  /** A result is the same each time it is read: what was taken before is passed over. */
  private static final class Position {
    private final BatchReader reader;
    private long taken;
    private long seen;

    Position(BatchReader reader) {
      this.reader = reader;
    }

    void begin() {
      seen = 0;
    }

    void take(VectorSchemaRoot batch) throws IOException {
      int rows = batch.getRowCount();
      int known = (int) Math.min(rows, taken - seen);
      seen += rows;
      if (known == 0) {
        reader.read(batch);
      } else if (known < rows) {
        try (VectorSchemaRoot rest = batch.slice(known, rows - known)) {
          reader.read(rest);
        }
      }
      taken = Math.max(taken, seen);
    }
  }

  private <T> T exchange(Exchange<T> exchange) throws IOException {
    long brokenNs = 0;
    long pauseMs = PAUSE_MIN_MS;
    int refusals = 0;
    while (true) {
      try {
        T answer = exchange.with(connect());
        contacted = true;
        return answer;
      } catch (FlightRuntimeException e) {
        HostAndPort asked = addresses.get(address);
        if (!SchedulerConnection.isOutOfReach(e)) {
          throw SchedulerConnection.failure(e, asked);
        }
        disconnect();
        boolean refused = SchedulerConnection.isRefused(e);
        contacted |= !refused;
        refusals += refused ? 1 : 0;
        long nowNs = System.nanoTime();
        if (!contacted) {
          // Nobody has ever answered: only another address is worth a try.
          if (refusals >= addresses.size()) {
            throw SchedulerConnection.failure(e, asked);
          }
          continue;
        }
        if (brokenNs == 0) {
          brokenNs = nowNs;
          if (retryMs > 0) {
            notices.accept(
                "the scheduler at %s does not answer; trying again for up to %d s"
                    .formatted(asked, TimeUnit.MILLISECONDS.toSeconds(retryMs)));
          }
        }
        if (nowNs - brokenNs >= TimeUnit.MILLISECONDS.toNanos(retryMs)) {
          throw SchedulerConnection.failure(e, asked);
        }
        pauseMs = pause(pauseMs);
      }
    }
  }

  private static long pause(long pauseMs) {
    try {
      TimeUnit.MILLISECONDS.sleep(pauseMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted while no scheduler was in reach");
    }
    return Math.min(PAUSE_MAX_MS, 2 * pauseMs);
  }

  private SchedulerConnection connect() {
    SchedulerConnection open = connection;
    if (open == null) {
      String directory = Path.of("").toAbsolutePath().toString();
      open =
          SchedulerConnection.forStatements(addresses.get(address), session, directory, settings);
      connection = open;
    }
    return open;
  }

  private void disconnect() {
    SchedulerConnection open = connection;
    connection = null;
    address = (address + 1) % addresses.size();
    if (open != null) {
      open.close();
    }
  }

  /** Asks for the end of the statement that runs; from any thread, and only for a short time. */
  public void cancel() {
    Sent sent = running;
    SchedulerConnection open = connection;
    if (sent == null || open == null) {
      return;
    }
    FlightInfo info = sent.info();
    if (info == null) {
      // Perhaps it runs already, and only the answer is on its way: its key names it.
      info = open.sendBriefly(sent.statement(), sent.key()).orElse(null);
    }
    if (info != null) {
      open.cancel(info);
    }
  }

  @Override
  public void close() {
    SchedulerConnection open = connection;
    if (open != null) {
      open.close();
    }
  }
}

package io.mangonel.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.client.SchedulerConnection.BatchReader;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
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
  private final SessionMemory memory = new SessionMemory();

  /** Gets a permit when a pause has to end. */
  private final Semaphore wakes = new Semaphore(0);

  /** The thread that waits for the scheduler to take a statement. */
  private volatile @Nullable Thread sending;

  private volatile boolean interrupted;
  private volatile boolean abandoned;

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
    interrupted = false;
    abandoned = false;
    wakes.drainPermits();
    String key = UUID.randomUUID().toString();
    running = new Sent(statement, key, null);
    FlightInfo info =
        exchange(
            to -> {
              sending = Thread.currentThread();
              try {
                return sendKeepingSession(to, statement, key);
              } finally {
                sending = null;
              }
            });
    running = new Sent(statement, key, info);
    return info;
  }

  /** A scheduler that has forgotten the session is told what it was before anything else. */
  private FlightInfo sendKeepingSession(SchedulerConnection to, String statement, String key)
      throws IOException {
    try {
      return to.send(statement, key, memory.isChanged());
    } catch (FlightRuntimeException e) {
      if (!SchedulerConnection.isSessionLost(e)) {
        throw e;
      }
      memory.lost();
    }
    for (String earlier : memory.statements()) {
      FlightInfo info = to.send(earlier, UUID.randomUUID().toString(), false);
      to.receive(info, batch -> {}, () -> false);
      memory.ran(earlier);
    }
    notices.accept(
        "the scheduler had forgotten this session; set again: "
            + (memory.names().isEmpty() ? "nothing" : memory.names()));
    return to.send(statement, key, memory.isChanged());
  }

  /** Waits for the end of the job and reads all rows of its answer, each once. */
  public void read(FlightInfo info, BatchReader reader) throws IOException {
    read(info, reader, () -> false);
  }

  /**
   * Waits for the end of the job and reads rows of its answer, each once, until {@code enough}
   * says, before a batch, that the rest is not wanted.
   */
  public void read(FlightInfo info, BatchReader reader, BooleanSupplier enough) throws IOException {
    var position = new Position(reader);
    exchange(
        to -> {
          position.begin();
          to.receive(info, position::take, () -> interrupted || enough.getAsBoolean());
          return position;
        });
    Sent sent = running;
    running = null;
    if (interrupted) {
      throw CommandFailure.failed("interrupted: the rest of the answer is left out");
    }
    if (sent != null) {
      memory.ran(sent.statement());
    }
  }

  /** The id of the job that {@code info} is the answer of; empty when there is no job. */
  public static String jobId(FlightInfo info) {
    byte[] id = info.getAppMetadata();
    return id == null ? "" : new String(id, StandardCharsets.UTF_8);
  }

  /**
   * What the scheduler says about itself, now, without waiting for one that is away.
   *
   * @param action one of {@link io.mangonel.flightsql.AdminActions}
   */
  public Optional<JsonNode> ask(String action, String body) {
    SchedulerConnection open = connection;
    if (open == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(AdminReports.read(open.ask(action, body)));
    } catch (FlightRuntimeException e) {
      return Optional.empty();
    }
  }

  /** As {@link #ask}, but it waits for a scheduler, and says why there is no answer. */
  public String askPatiently(String action, String body) throws IOException {
    return exchange(to -> to.ask(action, body));
  }

  /** The tables and views there are. */
  public List<TableEntry> tables() throws IOException {
    return exchange(SchedulerConnection::tables);
  }

  /** As {@link #tables}, in one try; none when there is no answer. */
  public List<TableEntry> tablesAtOnce() {
    return atOnce(SchedulerConnection::tables).orElse(List.of());
  }

  /** The names of a query's columns, in one try and without running it; none without an answer. */
  public List<String> columnsAtOnce(String query) {
    return atOnce(to -> to.columns(query)).orElse(List.of());
  }

  /** Runs a short query of one text column, in one try; nothing when there is no answer. */
  public List<String> textsAtOnce(String query) {
    return atOnce(
            to -> {
              List<String> texts = new ArrayList<>();
              FlightInfo info = to.sendBriefly(query, UUID.randomUUID().toString()).orElse(null);
              if (info != null) {
                to.receive(info, batch -> addTexts(batch, texts), () -> false);
              }
              return texts;
            })
        .orElse(List.of());
  }

  private static void addTexts(VectorSchemaRoot batch, List<String> texts) {
    for (int row = 0; row < batch.getRowCount(); row++) {
      texts.add(String.valueOf(batch.getVector(0).getObject(row)));
    }
  }

  private <T> Optional<T> atOnce(Exchange<T> exchange) {
    try {
      return Optional.of(exchange.with(connect()));
    } catch (FlightRuntimeException | IOException e) {
      return Optional.empty();
    }
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
        if (abandoned) {
          // A send that was interrupted leaves its mark on the thread.
          var _ = Thread.interrupted();
          disconnect();
          throw CommandFailure.failed(
              "not waiting any longer; the statement may still run: see 'mangonel jobs list'");
        }
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

  private long pause(long pauseMs) {
    try {
      var _ = wakes.tryAcquire(pauseMs, TimeUnit.MILLISECONDS);
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

  /**
   * Stops reading the answer, if it is being read, and asks for the end of the statement; from any
   * thread, and only for a short time.
   */
  public void interrupt() {
    interrupted = true;
    if (connection == null) {
      abandon();
    } else {
      cancel();
    }
  }

  /** Stops waiting for whatever is waited for, whatever comes of the statement; from any thread. */
  public void abandon() {
    abandoned = true;
    wakes.release();
    SchedulerConnection open = connection;
    if (open != null) {
      open.abandon();
    }
    Thread sender = sending;
    if (sender != null) {
      sender.interrupt();
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

package io.mangonel.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.client.SchedulerConnection.BatchReader;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.client.ClientException;
import io.mangonel.client.ClientSession;
import io.mangonel.client.MangonelClient;
import io.mangonel.client.QueryResult;
import io.mangonel.client.SchedulerLink;
import io.mangonel.client.TableEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * A command's session: a {@link MangonelClient} that also answers questions, and whose failures are
 * {@link CommandFailure}s.
 */
public final class StatementSession implements AutoCloseable {
  private final ClientSession session;
  private @Nullable QueryResult result;

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
    var setup =
        new ClientSession.Setup(
            addresses.stream().map(HostAndPort::hostPort).toList(),
            Path.of("").toAbsolutePath().toString(),
            settings,
            retryMs);
    session = new ClientSession(setup, notices);
  }

  private static <T> T translated(Supplier<T> call) {
    try {
      return call.get();
    } catch (ClientException e) {
      throw Failures.of(e);
    }
  }

  /** Starts a statement; the answer comes with {@link #read}. */
  public FlightInfo execute(String statement) {
    QueryResult started = translated(() -> session.execute(statement));
    result = started;
    return started.info();
  }

  /** Waits for the end of the job and reads all rows of its answer, each once. */
  public void read(FlightInfo info, BatchReader reader) throws IOException {
    read(info, reader, () -> false);
  }

  /**
   * Waits for the end of the job that was started last, and reads rows of its answer, each once,
   * until {@code enough} says, before a batch, that the rest is not wanted.
   */
  public void read(FlightInfo info, BatchReader reader, BooleanSupplier enough) throws IOException {
    QueryResult current = result;
    if (current == null || !current.info().equals(info)) {
      throw new IllegalStateException("another statement was started meanwhile");
    }
    result = null;
    try {
      while (!session.isInterrupted()
          && !enough.getAsBoolean()
          && translated(() -> current.next())) {
        reader.read(current.batch());
      }
    } finally {
      current.leave();
    }
    if (session.isInterrupted()) {
      throw CommandFailure.failed("interrupted: the rest of the answer is left out");
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
    return session.askNow(to -> to.ask(action, body)).map(AdminReports::read);
  }

  /** As {@link #ask}, but it waits for a scheduler, and says why there is no answer. */
  public String askPatiently(String action, String body) {
    return translated(() -> session.ask(to -> to.ask(action, body)));
  }

  /** The tables and views there are. */
  public List<TableEntry> tables() {
    return translated(() -> session.ask(SchedulerLink::tables));
  }

  /** As {@link #tables}, in one try; none when there is no answer. */
  public List<TableEntry> tablesAtOnce() {
    return session.askOnce(SchedulerLink::tables).orElse(List.of());
  }

  /** The names of a query's columns, in one try and without running it; none without an answer. */
  public List<String> columnsAtOnce(String query) {
    return session.askOnce(to -> to.columns(query)).orElse(List.of());
  }

  /** Runs a short query of one text column, in one try; nothing when there is no answer. */
  public List<String> textsAtOnce(String query) {
    return session.askOnce(to -> texts(to, query)).orElse(List.of());
  }

  private static List<String> texts(SchedulerLink to, String query) {
    List<String> texts = new ArrayList<>();
    FlightInfo info = to.sendBriefly(query).orElse(null);
    if (info != null) {
      FlightStream stream = to.open(info);
      try {
        while (stream.next()) {
          addTexts(stream.getRoot(), texts);
        }
      } finally {
        to.close(stream);
      }
    }
    return texts;
  }

  private static void addTexts(VectorSchemaRoot batch, List<String> texts) {
    for (int row = 0; row < batch.getRowCount(); row++) {
      texts.add(String.valueOf(batch.getVector(0).getObject(row)));
    }
  }

  /**
   * Stops reading the answer, if it is being read, and asks for the end of the statement; from any
   * thread, and only for a short time.
   */
  public void interrupt() {
    session.interrupt();
  }

  /** Stops waiting for whatever is waited for, whatever comes of the statement; from any thread. */
  public void abandon() {
    session.abandon();
  }

  /** Asks for the end of the statement that runs; from any thread, and only for a short time. */
  public void cancel() {
    session.cancel();
  }

  @Override
  public void close() {
    session.close();
  }
}

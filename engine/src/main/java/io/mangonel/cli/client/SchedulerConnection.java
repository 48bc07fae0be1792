package io.mangonel.cli.client;

import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.flightsql.AdminActions;
import io.mangonel.flightsql.ClientHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/** A client's connection to one scheduler. Its failures are {@link CommandFailure}s. */
public final class SchedulerConnection implements AutoCloseable {
  /** Batches that have arrived and are not printed yet. */
  private static final long ARROW_BYTES_MAX = 2L << 30;

  private static final long ADMIN_TIMEOUT_S = 10;
  private static final long CANCEL_TIMEOUT_S = 2;

  private final BufferAllocator allocator = new RootAllocator(ARROW_BYTES_MAX);
  private final FlightClient flight;
  private final FlightSqlClient sql;
  private final HostAndPort address;
  private final CallOption headers;
  private volatile @Nullable FlightStream receiving;

  private SchedulerConnection(HostAndPort address, CallHeaders headers) {
    this.address = address;
    this.headers = new HeaderCallOption(headers);
    flight =
        FlightClient.builder(allocator, Location.forGrpcInsecure(address.host(), address.port()))
            .build();
    sql = new FlightSqlClient(flight);
  }

  /** For a session of its own: what {@code SET} changes lasts as long as this connection. */
  public static SchedulerConnection forStatements(
      HostAndPort address, String session, String directory, SortedMap<String, String> settings) {
    FlightCallHeaders headers = new FlightCallHeaders();
    headers.insert(ClientHeaders.SESSION, ClientHeaders.encode(session));
    headers.insert(ClientHeaders.DIRECTORY, ClientHeaders.encode(directory));
    if (!settings.isEmpty()) {
      headers.insert(ClientHeaders.SETTINGS, ClientHeaders.encode(settings));
    }
    return new SchedulerConnection(address, headers);
  }

  /** The JSON that the first scheduler in reach answers. */
  public static String ask(List<HostAndPort> addresses, String action, String body) {
    CommandFailure last = CommandFailure.usage("no scheduler named");
    for (HostAndPort address : addresses) {
      try (SchedulerConnection connection =
          new SchedulerConnection(address, new FlightCallHeaders())) {
        return connection.ask(action, body);
      } catch (FlightRuntimeException e) {
        last = failure(e, address);
        if (!isOutOfReach(e)) {
          throw last;
        }
      }
    }
    throw last;
  }

  /** Whether a scheduler is in reach there. */
  public static boolean answers(HostAndPort address) {
    try {
      listJobs(List.of(address));
      return true;
    } catch (CommandFailure e) {
      return false;
    }
  }

  /** The newest jobs, as JSON. */
  public static String listJobs(List<HostAndPort> addresses) {
    return ask(addresses, AdminActions.JOBS_LIST, "");
  }

  /**
   * The JSON that this scheduler answers.
   *
   * @throws FlightRuntimeException as the scheduler, or the way there, has it
   */
  String ask(String action, String body) {
    Iterator<Result> results =
        flight.doAction(
            new Action(action, body.getBytes(StandardCharsets.UTF_8)),
            CallOptions.timeout(ADMIN_TIMEOUT_S, TimeUnit.SECONDS));
    String answer = new String(results.next().getBody(), StandardCharsets.UTF_8);
    results.forEachRemaining(rest -> {});
    return answer;
  }

  /** What takes the batches of an answer. */
  @FunctionalInterface
  public interface BatchReader {
    /** Reads a batch, which is gone after the call. */
    void read(VectorSchemaRoot batch) throws IOException;
  }

  /**
   * As {@link #execute}.
   *
   * @param key a statement sent again under its key is not run again
   * @param sessionChanged whether the statement relies on what its session has set
   * @throws FlightRuntimeException as the scheduler, or the way there, has it
   */
  FlightInfo send(String statement, String key, boolean sessionChanged) {
    FlightCallHeaders once = new FlightCallHeaders();
    once.insert(ClientHeaders.IDEMPOTENCY_KEY, ClientHeaders.encode(key));
    if (sessionChanged) {
      once.insert(ClientHeaders.SESSION_CHANGED, "yes");
    }
    return sql.execute(statement, headers, new HeaderCallOption(once));
  }

  /**
   * As {@link #read}.
   *
   * @param enough asked before each batch: whether the rest is not wanted
   * @throws FlightRuntimeException as the scheduler, or the way there, has it
   */
  void receive(FlightInfo info, BatchReader reader, BooleanSupplier enough) throws IOException {
    FlightStream stream = sql.getStream(info.getEndpoints().getFirst().getTicket(), headers);
    receiving = stream;
    try {
      while (!enough.getAsBoolean() && stream.next()) {
        reader.read(stream.getRoot());
      }
    } finally {
      receiving = null;
      close(stream);
    }
  }

  /** Ends {@link #receive} as if the connection were broken; from any thread. */
  void abandon() {
    FlightStream stream = receiving;
    if (stream != null) {
      stream.cancel("the client does not wait any longer", null);
    }
  }

  /** Starts a statement; the answer comes with {@link #read}. */
  public FlightInfo execute(String statement) {
    try {
      return sql.execute(statement, headers);
    } catch (FlightRuntimeException e) {
      throw failure(e, address);
    }
  }

  /** Waits for the end of the job and reads all rows of its answer. */
  public void read(FlightInfo info, BatchReader reader) throws IOException {
    try {
      receive(info, reader, () -> false);
    } catch (FlightRuntimeException e) {
      throw failure(e, address);
    }
  }

  /** Runs a statement to its end; its rows do not matter. */
  public void run(String statement) throws IOException {
    read(execute(statement), batch -> {});
  }

  private void close(FlightStream stream) {
    try {
      stream.close();
    } catch (Exception e) {
      throw new IllegalStateException("cannot close a stream from " + address, e);
    }
  }

  /** As {@link #send}, but it waits only briefly, and has no answer when there is none. */
  Optional<FlightInfo> sendBriefly(String statement, String key) {
    FlightCallHeaders once = new FlightCallHeaders();
    once.insert(ClientHeaders.IDEMPOTENCY_KEY, ClientHeaders.encode(key));
    try {
      return Optional.of(
          sql.execute(
              statement,
              headers,
              new HeaderCallOption(once),
              CallOptions.timeout(CANCEL_TIMEOUT_S, TimeUnit.SECONDS)));
    } catch (FlightRuntimeException e) {
      return Optional.empty();
    }
  }

  /**
   * The tables and views there are, in the scheduler's order.
   *
   * @throws FlightRuntimeException as the scheduler, or the way there, has it
   */
  List<TableEntry> tables() throws IOException {
    CallOption brief = CallOptions.timeout(ADMIN_TIMEOUT_S, TimeUnit.SECONDS);
    FlightInfo info = sql.getTables(null, null, null, List.of(), true, headers, brief);
    List<TableEntry> tables = new ArrayList<>();
    FlightStream stream = sql.getStream(info.getEndpoints().getFirst().getTicket(), headers, brief);
    try {
      while (stream.next()) {
        VectorSchemaRoot root = stream.getRoot();
        for (int row = 0; row < root.getRowCount(); row++) {
          byte[] schema = ((VarBinaryVector) root.getVector("table_schema")).get(row);
          tables.add(
              new TableEntry(
                  text(root, "db_schema_name", row),
                  text(root, "table_name", row),
                  text(root, "table_type", row),
                  columns(schema)));
        }
      }
    } finally {
      close(stream);
    }
    return tables;
  }

  /**
   * The names of a query's columns; the query is not run.
   *
   * @throws FlightRuntimeException as the scheduler, or the way there, has it
   */
  List<String> columns(String query) {
    return sql
        .getExecuteSchema(query, headers, CallOptions.timeout(CANCEL_TIMEOUT_S, TimeUnit.SECONDS))
        .getSchema()
        .getFields()
        .stream()
        .map(Field::getName)
        .toList();
  }

  private static String text(VectorSchemaRoot root, String column, int row) {
    VarCharVector texts = (VarCharVector) root.getVector(column);
    return texts.isNull(row) ? "" : texts.getObject(row).toString();
  }

  private static List<String> columns(byte @Nullable [] schema) throws IOException {
    if (schema == null || schema.length == 0) {
      return List.of();
    }
    var in = new ReadChannel(Channels.newChannel(new ByteArrayInputStream(schema)));
    return MessageSerializer.deserializeSchema(in).getFields().stream()
        .map(Field::getName)
        .toList();
  }

  /** Asks for the end of a statement; waits only briefly, for the process is about to end. */
  public void cancel(FlightInfo info) {
    try {
      sql.cancelFlightInfo(
          new CancelFlightInfoRequest(info),
          headers,
          CallOptions.timeout(CANCEL_TIMEOUT_S, TimeUnit.SECONDS));
    } catch (FlightRuntimeException e) {
      // It has ended, or the scheduler is gone: nothing is left to cancel from here.
      return;
    }
  }

  static CommandFailure failure(FlightRuntimeException e, HostAndPort address) {
    String message = e.status().description();
    if (isOutOfReach(e)) {
      return CommandFailure.failed(
          "no scheduler answers at "
              + address
              + ": start one with 'mangonel standalone', or name another with --url");
    }
    return CommandFailure.failed(message == null ? e.status().toString() : message);
  }

  /** Told apart from a scheduler that answers "not now": the way there failed. */
  static boolean isOutOfReach(FlightRuntimeException e) {
    boolean broken =
        switch (e.status().code()) {
          case UNAVAILABLE, CANCELLED -> true;
          case INTERNAL -> String.valueOf(e.status().description()).contains("RST_STREAM");
          default -> false;
        };
    var trailers = e.status().metadata();
    return broken && (trailers == null || !trailers.containsKey(ClientHeaders.ANSWERED));
  }

  /** Whether the scheduler does not know the session any more: nothing was done. */
  static boolean isSessionLost(FlightRuntimeException e) {
    var trailers = e.status().metadata();
    return trailers != null && trailers.containsKey(ClientHeaders.SESSION_LOST);
  }

  /** Whether nobody listens there: nothing was sent. */
  static boolean isRefused(FlightRuntimeException e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    try {
      sql.close();
      flight.close();
      allocator.close();
    } catch (Exception e) {
      throw new IllegalStateException("cannot close the connection to " + address, e);
    }
  }
}

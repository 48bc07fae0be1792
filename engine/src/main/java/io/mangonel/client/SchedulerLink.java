package io.mangonel.client;

import io.grpc.netty.NettyChannelBuilder;
import io.mangonel.flightsql.ClientHeaders;
import io.mangonel.wire.ArrowMemory;
import io.mangonel.wire.HostPort;
import io.netty.channel.ChannelOption;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightGrpcUtils;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to one scheduler. It tries nothing twice: its failures are those of the calls,
 * {@link FlightRuntimeException}s. One thread uses it, but for {@link #abandon} and {@link
 * #cancel}.
 */
public final class SchedulerLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SchedulerLink.class);

  private final BufferAllocator allocator = new RootAllocator(ClientLimits.ARROW_BYTES_MAX);
  private final FlightClient flight;
  private final FlightSqlClient sql;
  private final HostPort address;
  private final CallOption headers;
  private volatile @Nullable FlightStream receiving;

  private SchedulerLink(HostPort address, CallHeaders headers) {
    this.address = address;
    this.headers = new HeaderCallOption(headers);
    flight =
        FlightGrpcUtils.createFlightClient(
            allocator,
            NettyChannelBuilder.forAddress(address.host(), address.port())
                .usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .withOption(
                    ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) ClientLimits.CONNECT_TIMEOUT_MS)
                // A scheduler that stands still must not be waited for when there are others.
                .keepAliveTime(ClientLimits.KEEPALIVE_TIME_MS, TimeUnit.MILLISECONDS)
                .keepAliveTimeout(ClientLimits.KEEPALIVE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .build());
    sql = new FlightSqlClient(flight);
  }

  /** For questions that belong to no session. */
  public static SchedulerLink plain(HostPort address) {
    return new SchedulerLink(address, new FlightCallHeaders());
  }

  /** For a session of its own: what {@code SET} changes lasts as long as its name is used. */
  public static SchedulerLink forStatements(
      HostPort address, String session, String directory, SortedMap<String, String> settings) {
    FlightCallHeaders headers = new FlightCallHeaders();
    headers.insert(ClientHeaders.SESSION, ClientHeaders.encode(session));
    headers.insert(ClientHeaders.DIRECTORY, ClientHeaders.encode(directory));
    if (!settings.isEmpty()) {
      headers.insert(ClientHeaders.SETTINGS, ClientHeaders.encode(settings));
    }
    return new SchedulerLink(address, headers);
  }

  public HostPort address() {
    return address;
  }

  /** The JSON that this scheduler answers to one of {@code AdminActions}. */
  public String ask(String action, String body) {
    Iterator<Result> results =
        flight.doAction(
            new Action(action, body.getBytes(StandardCharsets.UTF_8)),
            CallOptions.timeout(ClientLimits.ADMIN_TIMEOUT_MS, TimeUnit.MILLISECONDS));
    String answer = new String(results.next().getBody(), StandardCharsets.UTF_8);
    results.forEachRemaining(rest -> {});
    return answer;
  }

  /** Starts a statement; each call starts another job. */
  public FlightInfo send(String statement) {
    return sql.execute(statement, headers);
  }

  /**
   * Starts a statement, or finds the job that was started under the key before.
   *
   * @param sessionChanged whether the statement relies on what its session has set
   * @param before how it went so far with this statement
   */
  FlightInfo send(String statement, String key, boolean sessionChanged, Sends before) {
    FlightCallHeaders once = new FlightCallHeaders();
    once.insert(ClientHeaders.IDEMPOTENCY_KEY, ClientHeaders.encode(key));
    if (before.all() == 0) {
      once.insert(ClientHeaders.FIRST_SEND, "yes");
    }
    if (before.broken() > 0) {
      once.insert(ClientHeaders.BROKEN_SENDS, String.valueOf(before.broken()));
    }
    if (sessionChanged) {
      once.insert(ClientHeaders.SESSION_CHANGED, "yes");
    }
    return sql.execute(statement, headers, new HeaderCallOption(once));
  }

  /** Waits for the end of the job and opens its rows, from the first. Close it. */
  public FlightStream open(FlightInfo info) {
    FlightStream stream = sql.getStream(info.getEndpoints().getFirst().getTicket(), headers);
    receiving = stream;
    return stream;
  }

  /** Ends what {@link #open} opened. */
  public void close(FlightStream stream) {
    receiving = null;
    try {
      stream.close();
    } catch (Exception e) {
      throw new IllegalStateException("cannot close a stream from " + address, e);
    }
  }

  /** Ends the stream that is open as if the connection were broken; from any thread. */
  void abandon() {
    FlightStream stream = receiving;
    if (stream != null) {
      stream.cancel("the client does not wait any longer", null);
    }
  }

  /** As {@link #send}, but it waits only briefly, and has no answer when there is none. */
  public Optional<FlightInfo> sendBriefly(String statement) {
    return sendBriefly(statement, UUID.randomUUID().toString());
  }

  Optional<FlightInfo> sendBriefly(String statement, String key) {
    FlightCallHeaders once = new FlightCallHeaders();
    once.insert(ClientHeaders.IDEMPOTENCY_KEY, ClientHeaders.encode(key));
    try {
      return Optional.of(
          sql.execute(
              statement,
              headers,
              new HeaderCallOption(once),
              CallOptions.timeout(ClientLimits.CANCEL_TIMEOUT_MS, TimeUnit.MILLISECONDS)));
    } catch (FlightRuntimeException e) {
      return Optional.empty();
    }
  }

  /** The tables and views there are, in the scheduler's order. */
  public List<TableEntry> tables() {
    CallOption brief = CallOptions.timeout(ClientLimits.ADMIN_TIMEOUT_MS, TimeUnit.MILLISECONDS);
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

  /** The names of a query's columns; the query is not run. */
  public List<String> columns(String query) {
    return sql
        .getExecuteSchema(
            query,
            headers,
            CallOptions.timeout(ClientLimits.CANCEL_TIMEOUT_MS, TimeUnit.MILLISECONDS))
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

  private static List<String> columns(byte @Nullable [] schema) {
    if (schema == null || schema.length == 0) {
      return List.of();
    }
    var in = new ReadChannel(Channels.newChannel(new ByteArrayInputStream(schema)));
    try {
      return MessageSerializer.deserializeSchema(in).getFields().stream()
          .map(Field::getName)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * Asks for the end of a statement; waits only briefly; from any thread.
   *
   * @return false when the scheduler could not be asked
   */
  public boolean cancel(FlightInfo info) {
    try {
      sql.cancelFlightInfo(
          new CancelFlightInfoRequest(info),
          headers,
          CallOptions.timeout(ClientLimits.CANCEL_TIMEOUT_MS, TimeUnit.MILLISECONDS));
      return true;
    } catch (FlightRuntimeException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      sql.close();
      flight.close();
      ArrowMemory.close(allocator);
    } catch (Exception e) {
      // All answers were read, so it is of no use to the caller to fail for it.
      LOG.warn("the connection to {} did not end cleanly", address, e);
    }
  }
}

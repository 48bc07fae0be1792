package io.mangonel.flightsql;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ServerInterceptors;
import io.mangonel.scheduler.query.QueryService;
import io.mangonel.web.AdminApi;
import io.mangonel.wire.ArrowMemory;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightGrpcUtils;
import org.apache.arrow.flight.auth.ServerAuthHandler;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client door of a scheduler: Arrow Flight SQL as a service for a gRPC server. The server's
 * calls may block. Close it after the server has ended: memory that is still in use then is a bug
 * and throws.
 */
public final class FlightSqlDoor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FlightSqlDoor.class);

  private final BufferAllocator allocator = new RootAllocator(Limits.ARROW_BYTES_MAX);

  /** A thread per call, started where the call arrives: it inherits the call's context. */
  private final ExecutorService calls =
      Executors.newThreadPerTaskExecutor(
          call -> Thread.ofVirtual().unstarted(Context.current().wrap(call)));

  private final ResultSchemas schemas = new ResultSchemas(allocator);
  private final BindableService service;

  /**
   * @param defaultDirectory what relative paths are relative to for clients that do not say
   */
  @SuppressWarnings("deprecation") // The handler that asks for nothing has no successor here.
  public FlightSqlDoor(QueryService queries, Path defaultDirectory) {
    ResultSender sender = new ResultSender(allocator, schemas);
    StatementCommands statements =
        new StatementCommands(queries, schemas, sender, allocator, defaultDirectory);
    PreparedStatementCommands prepared = new PreparedStatementCommands(statements, schemas);
    Producer producer =
        new Producer(
            allocator,
            new Producer.Families(
                statements,
                prepared,
                new SessionCommands(queries, defaultDirectory),
                new MetadataCommands(queries, schemas, sender, defaultDirectory),
                new TypeInfoCommands(sender),
                new AdminActions(new AdminApi(queries))),
            calls);
    BindableService flight =
        FlightGrpcUtils.createFlightService(allocator, producer, ServerAuthHandler.NO_OP, calls);
    PollCommand poll = new PollCommand(statements, prepared);
    KnownSessions sessions = new KnownSessions(queries, defaultDirectory);
    service =
        () ->
            ServerInterceptors.intercept(
                poll.addTo(flight.bindService()), sessions, new Caller.Interceptor());
  }

  public BindableService service() {
    return service;
  }

  /** To be called when the server is closed: what still runs had its time. */
  @Override
  public void close() {
    calls.shutdownNow();
    try {
      if (!calls.awaitTermination(Limits.CLOSE_MAX_MS, TimeUnit.MILLISECONDS)) {
        LOG.warn(
            "calls go on after {} ms; their memory goes with the process", Limits.CLOSE_MAX_MS);
        return;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return;
    }
    schemas.close();
    ArrowMemory.close(allocator);
  }
}

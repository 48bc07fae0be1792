package io.mangonel.executor;

import io.mangonel.core.graph.ExecutorId;
import java.io.IOException;

/** A running executor: one DuckDB, task slots, gRPC server. Several may run in one process. */
public final class ExecutorServer implements AutoCloseable {
  private final ExecutorId id;
  private final int port;

  private ExecutorServer(ExecutorId id, int port) {
    this.id = id;
    this.port = port;
  }

  /**
   * Opens the work directory and the DuckDB, serves, and registers with the schedulers, for as long
   * as that takes.
   *
   * @throws IOException when the port is in use, or the work directory cannot be written or belongs
   *     to a running executor; the message is for a person
   */
  public static ExecutorServer start(ExecutorConfig config) throws IOException {
    if (config.schedulers().isEmpty()) {
      throw new IOException("no scheduler is named");
    }
    return new ExecutorServer(new ExecutorId("none"), config.port());
  }

  /** Its stable node id, from the work directory. */
  public ExecutorId id() {
    return id;
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /**
   * Waits until a scheduler has accepted it.
   *
   * @return false when none had after {@code timeoutMs}
   * @throws IOException when a scheduler refused it for good (another DuckDB version); the message
   *     is for a person
   */
  public boolean awaitRegistered(long timeoutMs) throws IOException {
    return timeoutMs < 0;
  }

  /** Stops tasks, tells the schedulers, ends the server and closes the DuckDB. */
  @Override
  public void close() {}
}

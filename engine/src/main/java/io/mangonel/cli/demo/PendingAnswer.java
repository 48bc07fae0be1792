package io.mangonel.cli.demo;

import io.mangonel.cli.client.StatementSession;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * A statement whose client outlives schedulers, and waits on a thread of its own.
 *
 * @param job its id
 * @param rows a line for each row; fails as {@link StatementSession#read} does
 */
public record PendingAnswer(String job, CompletableFuture<List<String>> rows) {
  /**
   * Returns when the job is durable.
   *
   * @param addresses schedulers; the first that answers is asked
   * @param awayMax how long the client goes on while no scheduler is in reach
   */
  public static PendingAnswer to(
      String sql, List<HostAndPort> addresses, Map<String, String> settings, Duration awayMax)
      throws IOException {
    StatementSession session =
        new StatementSession(addresses, new TreeMap<>(settings), awayMax.toMillis(), notice -> {});
    FlightInfo info;
    try {
      info = session.execute(sql);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
    CompletableFuture<List<String>> rows = new CompletableFuture<>();
    Thread.ofPlatform().daemon().name("client").start(() -> read(session, info, rows));
    return new PendingAnswer(StatementSession.jobId(info), rows);
  }

  private static void read(
      StatementSession session, FlightInfo info, CompletableFuture<List<String>> answer) {
    try (session) {
      List<String> rows = new ArrayList<>();
      session.read(info, batch -> append(batch, rows));
      answer.complete(rows);
    } catch (IOException | RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  /** Waits for them. */
  public List<String> await(Duration max) {
    try {
      return rows.get(max.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof CommandFailure failure
          ? failure
          : new IllegalStateException("cannot read the answer", e.getCause());
    } catch (TimeoutException e) {
      throw CommandFailure.failed("no answer within " + max.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  /** Adds a line for each row. */
  public static void append(VectorSchemaRoot batch, List<String> rows) {
    for (int row = 0; row < batch.getRowCount(); row++) {
      List<String> values = new ArrayList<>();
      for (FieldVector vector : batch.getFieldVectors()) {
        values.add(String.valueOf(vector.getObject(row)));
      }
      rows.add(String.join(" | ", values));
    }
  }
}

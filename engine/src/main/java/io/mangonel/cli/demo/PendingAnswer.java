package io.mangonel.cli.demo;

import io.mangonel.cli.client.StatementSession;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** The rows of a statement whose client outlives schedulers, and waits on a thread of its own. */
public final class PendingAnswer {
  private PendingAnswer() {}

  /**
   * Returns when the job is durable.
   *
   * @param awayMax how long the client goes on while no scheduler is in reach
   * @return a line for each row; fails as {@link StatementSession#read} does
   */
  public static CompletableFuture<List<String>> to(
      String sql, HostAndPort address, Map<String, String> settings, Duration awayMax)
      throws IOException {
    StatementSession session =
        new StatementSession(
            List.of(address), new TreeMap<>(settings), awayMax.toMillis(), notice -> {});
    FlightInfo info;
    try {
      info = session.execute(sql);
    } catch (IOException | RuntimeException e) {
      session.close();
      throw e;
    }
    CompletableFuture<List<String>> answer = new CompletableFuture<>();
    Thread.ofPlatform().daemon().name("client").start(() -> read(session, info, answer));
    return answer;
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

  /** Adds a line for each row. */
  static void append(VectorSchemaRoot batch, List<String> rows) {
    for (int row = 0; row < batch.getRowCount(); row++) {
      List<String> values = new ArrayList<>();
      for (FieldVector vector : batch.getFieldVectors()) {
        values.add(String.valueOf(vector.getObject(row)));
      }
      rows.add(String.join(" | ", values));
    }
  }
}

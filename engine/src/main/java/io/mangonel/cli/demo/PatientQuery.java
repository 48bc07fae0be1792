package io.mangonel.cli.demo;

import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.scheduler.query.JobState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * A statement whose client outlives schedulers: its ticket names the job, so any scheduler that
 * serves the address can answer it.
 */
public final class PatientQuery {
  private static final long PAUSE_MS = 50;

  private final HostAndPort address;
  private final String session;
  private final Path data;
  private final Map<String, String> settings;
  private @Nullable FlightInfo info;

  public PatientQuery(
      HostAndPort address, String session, Path data, Map<String, String> settings) {
    this.address = address;
    this.session = session;
    this.data = data;
    this.settings = settings;
  }

  /** Returns when the job is durable. */
  public void submit(String sql) {
    try (SchedulerConnection connection = connect()) {
      info = connection.execute(sql);
    }
  }

  private SchedulerConnection connect() {
    return SchedulerConnection.forStatements(
        address, session, data.toString(), new TreeMap<>(settings));
  }

  /** Waits for the rows, as text, on a thread of its own; asks again when a scheduler is gone. */
  public CompletableFuture<List<String>> answer(Duration max) {
    CompletableFuture<List<String>> answer = new CompletableFuture<>();
    long deadlineNs = System.nanoTime() + max.toNanos();
    Thread.ofPlatform()
        .daemon()
        .name("client")
        .start(
            () -> {
              try {
                answer.complete(read(deadlineNs));
              } catch (IOException | RuntimeException | InterruptedException e) {
                answer.completeExceptionally(e);
              }
            });
    return answer;
  }

  private List<String> read(long deadlineNs) throws IOException, InterruptedException {
    while (true) {
      List<String> rows = new ArrayList<>();
      try (SchedulerConnection connection = connect()) {
        connection.read(Objects.requireNonNull(info), batch -> append(batch, rows));
        return rows;
      } catch (CommandFailure e) {
        if (System.nanoTime() > deadlineNs || hasFailed()) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
      }
    }
  }

  /** Whether a scheduler is there and says that the newest job has no answer. */
  private boolean hasFailed() {
    try {
      String jobs = SchedulerConnection.listJobs(List.of(address));
      String state = AdminReports.read(jobs).path(0).path("state").asText();
      return state.equals(JobState.FAILED.name()) || state.equals(JobState.CANCELLED.name());
    } catch (CommandFailure e) {
      return false;
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

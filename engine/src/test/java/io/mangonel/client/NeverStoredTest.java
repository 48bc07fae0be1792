package io.mangonel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mangonel.executor.ExecutorConfig;
import io.mangonel.executor.ExecutorServer;
import io.mangonel.flightsql.FlightSqlDoor;
import io.mangonel.scheduler.SchedulerConfig;
import io.mangonel.scheduler.SchedulerServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A scheduler that is gone with a job that it has told of and not stored: to the next scheduler it
 * is as if it had never been. Each scheduler here has a store of its own.
 */
class NeverStoredTest {
  private static final long REGISTRATION_MAX_MS = 30_000;

  @TempDir private static Path directory;

  /** A scheduler with its executor and its store. */
  private static final class Alone implements AutoCloseable {
    private final List<FlightSqlDoor> doors = new ArrayList<>();
    private final SchedulerServer scheduler;
    private final ExecutorServer executor;

    Alone(String name) throws IOException {
      scheduler =
          SchedulerServer.start(
              SchedulerConfig.local("memory", List.of(directory)),
              queries -> {
                doors.add(new FlightSqlDoor(queries, directory));
                return List.of(doors.getFirst().service());
              });
      executor =
          ExecutorServer.start(
              new ExecutorConfig(
                  "127.0.0.1",
                  0,
                  List.of("127.0.0.1:" + scheduler.port()),
                  directory.resolve(name),
                  2,
                  2,
                  512L << 20,
                  false,
                  List.of(directory)));
      assertThat(executor.awaitRegistered(REGISTRATION_MAX_MS)).isTrue();
    }

    String address() {
      return "127.0.0.1:" + scheduler.port();
    }

    @Override
    public void close() {
      scheduler.close();
      executor.close();
      doors.forEach(FlightSqlDoor::close);
    }
  }

  @Test
  void aSmallReadWhoseJobIsNowhereIsSentAgain() throws IOException {
    try (Alone next = new Alone("small-next")) {
      Alone first = new Alone("small-first");
      try (MangonelClient client = MangonelClient.connect(first.address() + "," + next.address())) {
        try (QueryResult result = client.execute("SELECT 41 + 1 AS x")) {
          String before = result.jobId();
          first.close();
          assertThat(result.readAll()).containsExactly(List.of(42));
          assertThat(result.jobId()).isNotEmpty().isNotEqualTo(before);
        }
      }
    }
  }

  /** It was told of when it was stored: somebody else has forgotten it, and it has written. */
  @Test
  void aWriteWhoseJobIsNowhereIsNot() throws IOException {
    Path written = directory.resolve("written.parquet");
    try (Alone next = new Alone("write-next")) {
      Alone first = new Alone("write-first");
      try (MangonelClient client = MangonelClient.connect(first.address() + "," + next.address());
          QueryResult result =
              client.execute("COPY (SELECT 1 AS x) TO '" + written + "' (FORMAT parquet)")) {
        first.close();
        Files.deleteIfExists(written);
        assertThatThrownBy(result::next)
            .isInstanceOfSatisfying(
                ClientException.class,
                e -> assertThat(e.kind()).isEqualTo(ClientException.Kind.FAILED))
            .hasMessageContaining("there is no job " + result.jobId());
      }
      assertThat(written).doesNotExist();
    }
  }
}

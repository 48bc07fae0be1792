package io.mangonel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mangonel.flightsql.ClientHeaders;
import io.mangonel.process.ProcessCluster.Setup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What clients hold in their hands when processes die, or go away themselves with: streams of large
 * results, prepared statements, sessions. They use a stock Flight SQL client.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // Set before every test.
class OpenClientsTest {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final int ROWS = 200_000;

  /** Some 60 MB: far more than what is on its way at any time. */
  private static final String LARGE =
      "SELECT range AS i, repeat(md5(range::VARCHAR), 8) AS text FROM range(" + ROWS + ")";

  @TempDir static Path directory;
  private ProcessCluster cluster;
  private BufferAllocator allocator;
  private FlightSqlClient client;
  private CallOption[] options;

  @BeforeAll
  void start() throws IOException {
    Path data = Files.createDirectories(directory.resolve("data"));
    cluster = new ProcessCluster(directory, data, new Setup(1, 1, "push"));
  }

  /** The memory of streams that ended in every way here comes back, or closing fails. */
  @AfterAll
  void stop() throws Exception {
    try (ProcessCluster _ = cluster) {
      cluster.scheduler().terminate();
      assertThat(cluster.scheduler().errors()).contains("closed").doesNotContain("leak");
      assertThat(cluster.bugs()).isEmpty();
    }
  }

  @BeforeEach
  void connect() {
    FlightCallHeaders headers = new FlightCallHeaders();
    headers.insert(ClientHeaders.SESSION, "open-client");
    options =
        new CallOption[] {
          new HeaderCallOption(headers), CallOptions.timeout(WAIT.toSeconds(), TimeUnit.SECONDS)
        };
    allocator = new RootAllocator();
    Location location =
        Location.forGrpcInsecure(cluster.address().host(), cluster.address().port());
    client = new FlightSqlClient(FlightClient.builder(allocator, location).build());
  }

  @AfterEach
  void disconnect() throws Exception {
    client.close();
    allocator.close();
  }

  private Reader open(String sql) {
    return open(client.execute(sql, options));
  }

  private Reader open(FlightInfo info) {
    return new Reader(client.getStream(info.getEndpoints().getFirst().getTicket(), options));
  }

  /** The rows of a stream, checked one by one. */
  private static final class Reader implements AutoCloseable {
    private final FlightStream stream;
    private long rows;

    Reader(FlightStream stream) {
      this.stream = stream;
    }

    /** Reads a batch; false at the end. */
    boolean next() {
      if (!stream.next()) {
        return false;
      }
      VectorSchemaRoot batch = stream.getRoot();
      BigIntVector numbers = (BigIntVector) batch.getVector(0);
      VarCharVector texts = (VarCharVector) batch.getVector(1);
      for (int row = 0; row < batch.getRowCount(); row++) {
        assertThat(numbers.get(row)).isEqualTo(rows++);
      }
      int last = batch.getRowCount() - 1;
      String text = new String(texts.get(last), StandardCharsets.US_ASCII);
      String once = text.substring(0, 32);
      assertThat(text).isEqualTo(once.repeat(8));
      return true;
    }

    /** The first value of an answer that is a number; empty when there is no row. */
    Optional<Integer> first() {
      return stream.next()
          ? Optional.of(
              ((Number) Objects.requireNonNull(stream.getRoot().getVector(0).getObject(0)))
                  .intValue())
          : Optional.empty();
    }

    @Override
    public void close() {
      try {
        stream.close();
      } catch (Exception e) {
        throw new IllegalStateException("cannot close a stream", e);
      }
    }

    void readAll() {
      while (next()) {
        assertThat(rows).isLessThanOrEqualTo(ROWS);
      }
    }
  }

  @Test
  void aStreamGoesOnWhereItWasWhenTheHolderOfTheRowsIsKilledAndComesBack() throws Exception {
    try (Reader reader = open(LARGE)) {
      assertThat(reader.next()).isTrue();
      cluster.executor(0).kill();
      assertThat(reader.rows).as("it was in the middle").isLessThan(ROWS / 2);
      cluster.startExecutorAgain(0);
      reader.readAll();
      assertThat(reader.rows).isEqualTo(ROWS);
    }
    assertThat(cluster.scheduler().errors()).contains("the rest of a result is fetched");
    cluster.awaitExecutor(0);
  }

  @Test
  void aStreamWhoseRowsAreLostEndsWithAnErrorThatSaysWhatToDo() throws Exception {
    try (Reader reader = open(LARGE)) {
      assertThat(reader.next()).isTrue();
      cluster.executor(0).kill();
      assertThat(deleteJobs()).as("files that are lost").isPositive();
      cluster.startExecutorAgain(0);
      assertThatThrownBy(reader::readAll)
          .isInstanceOfSatisfying(
              FlightRuntimeException.class,
              error -> {
                assertThat(error.status().code()).isEqualTo(FlightStatusCode.UNAVAILABLE);
                assertThat(error.status().description())
                    .contains("lost while it was read", "run the statement again");
              });
      assertThat(reader.rows).isLessThan(ROWS);
    }
    cluster.awaitExecutor(0);
    assertAnswers("SELECT 42", 42);
  }

  /** Of the shuffle directory, what jobs made; returns how many files. */
  private long deleteJobs() throws IOException {
    Path shuffle = cluster.workDirectory(0).resolve("shuffle");
    long deleted = 0;
    try (Stream<Path> walk = Files.walk(shuffle)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        boolean ofJob = path.getNameCount() > shuffle.getNameCount() + 1;
        if (ofJob && Files.isRegularFile(path)) {
          Files.delete(path);
          deleted++;
        }
      }
    }
    return deleted;
  }

  @Test
  void aClientThatGoesAwayInTheMiddleLeavesNoFileOpenAndNoSlotTaken() throws Exception {
    try (Reader reader = open(LARGE)) {
      assertThat(reader.next()).isTrue();
      await().atMost(WAIT).until(() -> !openFiles().isEmpty());
      reader.stream.cancel("it has enough", null);
    }
    await().atMost(WAIT).until(() -> openFiles().isEmpty());
    assertAnswers("SELECT 43", 43);
  }

  /** Files of jobs that the executor has open: those that it sends. */
  private List<String> openFiles() {
    Path shuffle = cluster.workDirectory(0).resolve("shuffle");
    List<String> open = new ArrayList<>();
    try (Stream<Path> descriptors =
        Files.list(Path.of("/proc", cluster.executor(0).pid() + "", "fd"))) {
      for (Path descriptor : descriptors.toList()) {
        String target = target(descriptor);
        if (target != null && target.startsWith(shuffle.resolve("job-").toString())) {
          open.add(target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open;
  }

  private static @Nullable String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return null;
    }
  }

  @Test
  void aPreparedStatementAndASessionAreThereWhenTheSchedulerWasKilled() throws Exception {
    drain(client.execute("SET TimeZone = 'Asia/Tokyo'", options));
    drain(client.execute("CREATE TEMP VIEW mine AS SELECT 7 AS n", options));
    try (FlightSqlClient.PreparedStatement prepared =
            client.prepare("SELECT CAST(? AS INTEGER) + n AS sum FROM mine", options);
        VectorSchemaRoot values =
            VectorSchemaRoot.create(prepared.getParameterSchema(), allocator)) {
      IntVector value = (IntVector) values.getVector(0);
      value.setSafe(0, 35);
      values.setRowCount(1);
      prepared.setParameters(values);
      assertThat(first(prepared.execute(options))).isEqualTo(42);

      cluster.scheduler().kill();
      cluster.startSchedulerAgain();
      awaitConnection();
      assertThat(first(prepared.execute(options))).isEqualTo(42);
      value.setSafe(0, 36);
      assertThat(first(prepared.execute(options))).isEqualTo(43);
      assertAnswers("SELECT (current_setting('TimeZone') = 'Asia/Tokyo')::INTEGER", 1);
      prepared.clearParameters();
    }
  }

  /** A stock client fails at once until its channel is connected again. */
  private void awaitConnection() {
    await()
        .atMost(WAIT)
        .ignoreExceptionsMatching(
            e ->
                e instanceof FlightRuntimeException flight
                    && flight.status().code() == FlightStatusCode.UNAVAILABLE)
        .until(() -> first(client.execute("SELECT 1", options)) == 1);
  }

  private void assertAnswers(String sql, int answer) {
    assertThat(first(client.execute(sql, options))).as(sql).isEqualTo(answer);
  }

  private int first(FlightInfo info) {
    try (Reader reader = open(info)) {
      return reader.first().orElseThrow();
    }
  }

  private void drain(FlightInfo info) {
    try (Reader reader = open(info)) {
      assertThat(reader.first()).isEmpty();
    }
  }
}

package io.mangonel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.MangonelProcess;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.client.MangonelClient;
import io.mangonel.client.QueryResult;
import io.mangonel.flightsql.AdminActions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.vector.BigIntVector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Clients that know two schedulers of one etcd, of which the one they talk to is killed. */
@SuppressWarnings("NullAway.Init") // Set before all tests.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientFailoverTest {
  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final int ROWS = 200_000;

  /** Some 60 MB: far more than what is on its way at any time. */
  private static final String LARGE =
      "SELECT range AS i, repeat(md5(range::VARCHAR), 8) AS text FROM range(" + ROWS + ")";

  /** Some seconds of work on one thread; the text is the job's name in the list. */
  private static String slow(String name) {
    return slow(name, 40_000);
  }

  private static String slow(String name, int rows) {
    return "SELECT count(*) AS n, '"
        + name
        + "' AS name FROM range(30000) a(i), range("
        + rows
        + ") b(j) WHERE (i * j) % 7 = 0";
  }

  @TempDir static Path directory;
  private EtcdProcesses cluster;
  private int clients;

  @BeforeAll
  void start() throws IOException {
    Path data = Files.createDirectories(directory.resolve("data"));
    cluster = new EtcdProcesses(directory, data, 2, 1);
  }

  @AfterAll
  void stop() {
    if (cluster != null) { // Else it did not start, or was skipped.
      cluster.close();
    }
  }

  private static void kill(ServerProcess process) throws InterruptedException {
    process.kill();
    assertThat(process.isAlive()).isFalse();
  }

  @Test
  void theCommandLineGoesOnAtTheOtherSchedulerWithTheSameJob() throws Exception {
    String sql = slow("command line");
    Path files = Files.createDirectory(directory.resolve("client-" + clients++));
    List<String> arguments = new ArrayList<>(List.of("sql", "-c", sql, "--format", "csv"));
    arguments.addAll(List.of("--url", cluster.addressesFrom(0)));
    try (MangonelProcess client = MangonelProcess.start(directory, files, arguments)) {
      String job = cluster.awaitRunning(1, sql);
      kill(cluster.scheduler(0));
      assertThat(client.process().waitFor(BOUND.toSeconds(), TimeUnit.SECONDS))
          .as(client.errors())
          .isTrue();
      assertThat(client.process().exitValue()).as(client.errors()).isZero();
      assertThat(client.output().lines()).hasSize(2).first().isEqualTo("n,name");
      assertThat(cluster.jobs(cluster.address(1), sql)).hasSize(1);
      assertThat(cluster.runs(job).runs()).as("the task ran once").hasSize(1);
      assertInspectedEverywhere(job);
    } finally {
      cluster.startSchedulerAgain(0);
    }
  }

  /** It ends elsewhere while the scheduler that is asked for the answer still ends itself. */
  @Test
  void theCommandLineGoesOnWhenItsSchedulerIsAskedToEnd() throws Exception {
    String sql = slow("asked to end", 15_000);
    Path files = Files.createDirectory(directory.resolve("client-" + clients++));
    List<String> arguments = new ArrayList<>(List.of("sql", "-c", sql, "--format", "csv"));
    arguments.addAll(List.of("--url", cluster.addressesFrom(0)));
    try (MangonelProcess client = MangonelProcess.start(directory, files, arguments)) {
      String job = cluster.awaitRunning(1, sql);
      cluster.scheduler(0).terminate();
      assertThat(client.process().waitFor(BOUND.toSeconds(), TimeUnit.SECONDS))
          .as(client.errors())
          .isTrue();
      assertThat(client.process().exitValue()).as(client.errors()).isZero();
      assertThat(client.output().lines()).hasSize(2).first().isEqualTo("n,name");
      assertThat(cluster.runs(job).runs()).as("the task ran once").hasSize(1);
    } finally {
      cluster.startSchedulerAgain(0);
    }
  }

  /** The job of a scheduler that is dead, at the survivor and at one that started just now. */
  private void assertInspectedEverywhere(String job) throws IOException {
    HostAndPort fresh = cluster.addScheduler();
    JsonNode survivor = cluster.job(1, job);
    assertThat(survivor.path("state").asText()).isEqualTo("COMPLETED");
    assertThat(survivor.path("owners").findValuesAsText("epoch")).containsExactly("1", "2");
    assertThat(survivor.path("stages")).isNotEmpty();
    assertThat(survivor.path("attempts")).hasSize(1);
    JsonNode elsewhere = EtcdProcesses.ask(fresh, AdminActions.JOBS_SHOW, job);
    assertThat(elsewhere.path("owners").findValuesAsText("scheduler"))
        .isEqualTo(survivor.path("owners").findValuesAsText("scheduler"));
    assertThat(EtcdProcesses.ask(fresh, AdminActions.JOBS_LIST, "").findValuesAsText("id"))
        .contains(job);
    try (MangonelClient client = MangonelClient.connect(fresh.toString())) {
      assertThat(client.execute("SELECT 42 AS answer").readAll().toString()).isEqualTo("[[42]]");
    }
    for (String what : List.of("sql", "state", "stages", "ended_ms", "rows", "epoch")) {
      assertThat(elsewhere.path(what)).as(what).isEqualTo(survivor.path(what));
    }
  }

  @Test
  void theCommandLineReadsALargeResultOnAtTheOtherScheduler() throws Exception {
    Path files = Files.createDirectory(directory.resolve("client-" + clients++));
    List<String> arguments = new ArrayList<>(List.of("sql", "-c", LARGE, "--format", "csv"));
    arguments.addAll(List.of("--url", cluster.addressesFrom(0)));
    List<String> command = MangonelProcess.command(List.of(), "io.mangonel.cli.Main", arguments);
    // Takes some of the rows, then none until it may.
    String script = "\"$@\" | { head -c 100000; until [ -e go ]; do sleep 0.05; done; cat; }";
    List<String> shell = new ArrayList<>(List.of("bash", "-o", "pipefail", "-c", script, "sh"));
    shell.addAll(command);
    try (MangonelProcess client = MangonelProcess.startCommand(files, files, shell)) {
      await().atMost(BOUND).until(() -> client.output().length() >= 100_000);
      kill(cluster.scheduler(0));
      Files.createFile(files.resolve("go"));
      assertThat(client.process().waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(client.process().exitValue()).as(client.errors()).isZero();
      assertThat(client.errors()).contains("does not answer");
      List<String> lines = client.output().lines().toList();
      assertThat(lines).hasSize(ROWS + 1);
      for (int i = 0; i < ROWS; i++) {
        assertThat(lines.get(i + 1)).startsWith(i + ",");
      }
    } finally {
      cluster.startSchedulerAgain(0);
    }
  }

  @Test
  void theJavaClientGoesOnWithItsJobItsRowsAndItsSession() throws Exception {
    try (MangonelClient client = MangonelClient.connect(cluster.addressesFrom(0))) {
      client.execute("SET TimeZone = 'Asia/Tokyo'").readAll();
      String job;
      try (QueryResult result = client.execute(LARGE)) {
        job = result.jobId();
        assertThat(result.next()).isTrue();
        long next = checked(result, 0);
        kill(cluster.scheduler(0));
        while (result.next()) {
          next = checked(result, next);
        }
        assertThat(next).isEqualTo(ROWS);
      }
      assertThat(cluster.jobs(cluster.address(1), LARGE))
          .extracting(one -> one.path("id").asText())
          .contains(job);
      assertThat(cluster.runs(job).runs()).hasSize(1);
      assertThat(client.execute("SELECT current_setting('TimeZone')").readAll().toString())
          .contains("Asia/Tokyo");
    } finally {
      cluster.startSchedulerAgain(0);
    }
  }

  /** A client that knows nothing of keys, behind something that leads it to another scheduler. */
  @Test
  void aStockClientThatSendsItsStatementAgainGetsItsJob() throws Exception {
    String sql = slow("stock");
    byte[] before;
    try (StockClient client = new StockClient(cluster.address(0), "stock-session")) {
      before = client.start(sql).getAppMetadata();
      cluster.awaitRunning(1, sql);
      kill(cluster.scheduler(0));
      assertThatThrownBy(() -> client.start(sql)).isInstanceOf(FlightRuntimeException.class);
    }
    try (StockClient client = new StockClient(cluster.address(1), "stock-session")) {
      // At once: nobody has taken the job over yet.
      FlightInfo again = client.start(sql);
      assertThat(again.getAppMetadata()).isEqualTo(before);
      assertThat(client.read(again)).isEqualTo(1);
      assertThat(client.start(sql).getAppMetadata()).as("the next one is new").isNotEqualTo(before);
    } finally {
      cluster.startSchedulerAgain(0);
    }
    String job = new String(before, StandardCharsets.UTF_8);
    assertThat(cluster.runs(job).runs()).hasSize(1);
    JsonNode known = cluster.job(1, job);
    assertThat(known.path("state").asText()).isEqualTo("COMPLETED");
    assertThat(known.path("owners")).hasSize(2);
  }

  private static long checked(QueryResult result, long from) {
    BigIntVector numbers = (BigIntVector) result.batch().getVector("i");
    for (int row = 0; row < result.batch().getRowCount(); row++) {
      assertThat(numbers.get(row)).isEqualTo(from + row);
    }
    return from + result.batch().getRowCount();
  }
}

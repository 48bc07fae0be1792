package io.mangonel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.MangonelProcess;
import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.process.ProcessCluster.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code mangonel sql} as a process, while its scheduler is away, and when it is interrupted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientProcessTest {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final int INTERRUPTED = 130;

  /** Some seconds of work on one thread; the text is the job's name in the list. */
  private static String slow(int name) {
    return "SELECT count(*) AS n, "
        + name
        + " AS name FROM range(30000) a(i), range(40000) b(j) WHERE (i * j) % 7 = 0";
  }

  @TempDir static Path directory;
  private @Nullable ProcessCluster cluster;
  private int clients;

  @BeforeAll
  void start() throws IOException {
    Path data = Files.createDirectories(directory.resolve("data"));
    cluster = new ProcessCluster(directory, data, new Setup(1, 1, "push"));
  }

  @AfterAll
  void stop() {
    cluster().close();
  }

  private ProcessCluster cluster() {
    return Objects.requireNonNull(cluster);
  }

  private MangonelProcess mangonel(String... arguments) throws IOException {
    Path files = Files.createDirectory(directory.resolve("client-" + clients++));
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--url", cluster().address().toString()));
    return MangonelProcess.start(directory, files, all);
  }

  private static int exitCode(MangonelProcess process) throws InterruptedException {
    assertThat(process.process().waitFor(WAIT.toSeconds(), TimeUnit.SECONDS))
        .as(process.errors())
        .isTrue();
    return process.process().exitValue();
  }

  private List<JsonNode> jobs(int name) {
    List<JsonNode> found = new ArrayList<>();
    AdminReports.read(SchedulerConnection.listJobs(List.of(cluster().address())))
        .forEach(
            job -> {
              if (job.path("sql").asText().equals(slow(name))) {
                found.add(job);
              }
            });
    return found;
  }

  /** The job's id, once a task of it runs. */
  private String awaitRunning(int name) {
    await()
        .atMost(WAIT)
        .until(
            () ->
                jobs(name).stream()
                    .map(job -> job.path("id").asText())
                    .anyMatch(
                        id -> !TaskRuns.read(cluster().executorLogs()).of(id).runs().isEmpty()));
    return jobs(name).getFirst().path("id").asText();
  }

  @Test
  void aClientGetsItsAnswerAlthoughItsSchedulerIsKilledAndStaysAwayForAWhile() throws Exception {
    try (MangonelProcess sql = mangonel("sql", "-c", slow(1), "--format", "csv")) {
      String job = awaitRunning(1);
      cluster().scheduler().kill();
      await().atMost(WAIT).until(() -> sql.errors().contains("does not answer"));
      cluster().startSchedulerAgain();

      assertThat(exitCode(sql)).as(sql.errors()).isZero();
      assertThat(sql.output().lines()).hasSize(2).first().isEqualTo("n,name");
      assertThat(sql.errors().lines()).as("one line for a person").hasSize(1);
      assertThat(jobs(1)).hasSize(1);
      assertThat(TaskRuns.read(cluster().executorLogs()).of(job).runs()).hasSize(1);
    }
  }

  @Test
  void aClientGetsItsAnswerWhenItsSchedulerIsAskedToEndAndStartsAgain() throws Exception {
    try (MangonelProcess sql = mangonel("sql", "-c", slow(5), "--format", "csv")) {
      String job = awaitRunning(5);
      cluster().scheduler().terminate();
      assertThat(sql.process().isAlive()).as(sql.errors()).isTrue();
      cluster().startSchedulerAgain();

      assertThat(exitCode(sql)).as(sql.errors()).isZero();
      assertThat(sql.output().lines()).hasSize(2);
      assertThat(jobs(5)).hasSize(1);
      assertThat(TaskRuns.read(cluster().executorLogs()).of(job).runs()).hasSize(1);
    }
  }

  @Test
  void aClientThatMayNotWaitSaysThatItsSchedulerIsAway() throws Exception {
    try (MangonelProcess sql = mangonel("sql", "-c", slow(2), "--retry-ms", "0")) {
      awaitRunning(2);
      cluster().scheduler().kill();
      try {
        assertThat(exitCode(sql)).isEqualTo(1);
        assertThat(sql.errors().lines())
            .singleElement()
            .asString()
            .contains("no scheduler answers");
      } finally {
        cluster().startSchedulerAgain();
      }
    }
    try (MangonelProcess cancel = mangonel("jobs", "cancel", awaitRunning(2))) {
      assertThat(exitCode(cancel)).as(cancel.errors()).isZero();
      assertThat(cancel.output()).contains("is CANCELLED");
    }
  }

  @Test
  void anInterruptedClientCancelsItsJobAndTheSlotComesBack() throws Exception {
    try (MangonelProcess sql = mangonel("sql", "-c", slow(3))) {
      awaitRunning(3);
      String pid = String.valueOf(sql.process().pid());
      assertThat(new ProcessBuilder("kill", "-INT", pid).start().waitFor()).isZero();

      assertThat(exitCode(sql)).isEqualTo(INTERRUPTED);
      assertThat(sql.errors()).doesNotContain("Exception");
      await()
          .atMost(WAIT)
          .until(() -> jobs(3).getFirst().path("state").asText().equals("CANCELLED"));
    }
    try (MangonelProcess next = mangonel("sql", "-c", "SELECT 42 AS n", "--format", "csv")) {
      assertThat(exitCode(next)).as(next.errors()).isZero();
      assertThat(next.output()).isEqualTo("n\n42\n");
    }
  }

  @Test
  void aStatementThatTakesTooLongFailsWithOneLine() throws Exception {
    try (MangonelProcess sql = mangonel("sql", "-c", slow(4), "--timeout", "300ms")) {
      assertThat(exitCode(sql)).isEqualTo(1);
      assertThat(sql.errors().lines()).singleElement().asString().contains("timeout of 300 ms");
    }
  }
}

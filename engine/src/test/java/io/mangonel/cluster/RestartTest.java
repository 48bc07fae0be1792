package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.Bytes;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.JobDetail;
import io.mangonel.scheduler.query.JobState;
import io.mangonel.scheduler.query.JobSummary;
import io.mangonel.scheduler.query.Submission;
import io.mangonel.shuffle.ShuffleDirectory;
import io.mangonel.state.Keyspace;
import io.mangonel.state.RocksDbStateBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schedulers and executors that end while jobs run. */
class RestartTest {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final long EXECUTOR_WAIT_MS = 1_000;
  private static final Map<String, String> HASH = Map.of("mangonel_join_mode", "hash");

  /** A second or two of work on one thread. */
  private static final String LONG =
      "SELECT count(*) AS n FROM range(21000) a(i), range(28000) b(j) WHERE (i * j) % 7 = 0";

  /** Its answer, by counting: a seventh of each side is divisible by seven. */
  private static final String LONG_ANSWER =
      "SELECT 21000::BIGINT * 28000 - 18000::BIGINT * 24000 AS n";

  /** Two stages; of the first one's tasks one is short and the others take seconds. */
  private static final String TWO_STAGES =
      "SELECT id % 10 AS g, sum(ord("
          + "sha256(".repeat(12)
          + "id::VARCHAR"
          + ")".repeat(12)
          + ")) AS n FROM 'parts/*.parquet' GROUP BY id % 10 ORDER BY g";

  @TempDir Path directory;
  private Path data;

  @BeforeEach
  void writeData() throws IOException, SQLException {
    data = Files.createDirectories(directory.resolve("data"));
    Files.createDirectories(data.resolve("parts"));
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement()) {
      statement.execute(
          "COPY (SELECT i AS id FROM range(1000) t(i)) TO '%s'"
              .formatted(data.resolve("t.parquet")));
      for (int part = 0; part < 4; part++) {
        statement.execute(
            "COPY (SELECT i AS id FROM range(%d) t(i)) TO '%s'"
                .formatted(part == 0 ? 10 : 200_000, data.resolve("parts/p" + part + ".parquet")));
      }
    }
  }

  private TestCluster cluster(int executors) throws IOException {
    return new TestCluster(
        directory.resolve("work"), data, "rocksdb:" + directory.resolve("state"), executors);
  }

  @Test
  void endedJobsAreListedAndShownAfterARestartOfTheScheduler() throws IOException {
    try (var cluster = cluster(1)) {
      JobId good = cluster.submit("SELECT count(*) AS n FROM 't.parquet'", Map.of());
      Rows before = cluster.rows(good);
      JobId bad = cluster.submit("SELECT sum(('x' || id)::INT) FROM 't.parquet'", Map.of());
      assertThat(cluster.queries().openResult(bad, TestCluster.ANSWER_WAIT_MS))
          .isInstanceOf(Answer.UserFault.class);
      cluster.execute("CREATE VIEW t AS FROM 't.parquet'");
      JobDetail shown = detail(cluster, good);
      assertThat(shown.stages()).allMatch(stage -> stage.done() == stage.tasks());

      cluster.restartScheduler();

      cluster.rows(good).assertSameAs(before);
      assertThat(states(cluster)).containsOnlyKeys(good, bad);
      assertThat(states(cluster)).containsEntry(good, JobState.COMPLETED);
      assertThat(states(cluster)).containsEntry(bad, JobState.FAILED);
      assertThat(detail(cluster, good))
          .as("SQL, times, stages, who ran what")
          .usingRecursiveComparison()
          // Read back it is the time of the owner's first entry in the log, some milliseconds
          // later.
          .ignoringFields("history.owners.sinceMs")
          .isEqualTo(shown);
      assertThat(detail(cluster, bad).summary().error()).contains("Conversion");
      assertThat(list(cluster))
          .filteredOn(line -> line.id().equals(good))
          .singleElement()
          .satisfies(
              line -> {
                assertThat(line.tasks()).isPositive();
                assertThat(line.doneTasks()).isEqualTo(line.tasks());
              });
      assertThat(cluster.queries().openResult(bad, 1)).isInstanceOf(Answer.UserFault.class);
      assertThat(cluster.rows("SELECT count(*) FROM t", Map.of()).values())
          .containsExactly(List.of(1000L));
      assertThat(cluster.fatal()).isNull();
    }
  }

  /** As docs/operations.md has it. */
  @Test
  void aCopyOfTheStateDirectoryIsABackup() throws IOException {
    Path state = directory.resolve("state");
    Path backup = directory.resolve("backup");
    JobId before;
    try (var cluster = cluster(1)) {
      cluster.execute("CREATE VIEW t AS FROM 't.parquet'");
      before = cluster.submit("SELECT count(*) AS n FROM t", Map.of());
      assertThat(cluster.rows(before).values()).containsExactly(List.of(1000L));
    }
    copy(state, backup);
    try (var cluster = cluster(1)) {
      cluster.execute("DROP VIEW t");
      cluster.rows("SELECT 1", Map.of());
    }
    ShuffleDirectory.delete(state);
    copy(backup, state);
    try (var cluster = cluster(1)) {
      assertThat(cluster.rows("SELECT max(id) FROM t", Map.of()).values())
          .containsExactly(List.of(999L));
      assertThat(states(cluster)).containsEntry(before, JobState.COMPLETED);
      assertThat(cluster.rows(before).values()).containsExactly(List.of(1000L));
      assertThat(cluster.fatal()).isNull();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  @Test
  void aStatementThatCannotBePlannedIsAFailedJob() throws IOException {
    try (var cluster = cluster(1)) {
      assertThat(
              cluster
                  .queries()
                  .submit(cluster.request("SELECT nothing FROM 't.parquet'", Map.of())))
          .isInstanceOf(Answer.UserFault.class);

      await().atMost(WAIT).until(() -> states(cluster).containsValue(JobState.FAILED));
      assertThat(states(cluster)).hasSize(1);
      assertThat(cluster.fatal()).isNull();
    }
  }

  @Test
  void aRunningTaskIsAdoptedByTheNextScheduler() throws IOException {
    try (var runs = new TaskLog();
        var cluster = cluster(1)) {
      JobId job = cluster.submit(LONG, Map.of());
      await().atMost(WAIT).until(() -> running(cluster, job));

      cluster.restartScheduler();

      cluster.rows(job).assertSameAs(expected(LONG_ANSWER));
      assertThat(runs.started(job)).as("attempts that executors ran").hasSize(1);
      assertThat(cluster.fatal()).isNull();
    }
  }

  @Test
  void finishedTasksAreNotRunAgainWhenTheSchedulerEndsTwiceInTheNextStage() throws IOException {
    try (var runs = new TaskLog();
        var cluster = cluster(2)) {
      JobId job = cluster.submit(TWO_STAGES, HASH);
      await()
          .atMost(WAIT)
          .until(
              () ->
                  detail(cluster, job).stages().stream().anyMatch(stage -> stage.done() > 0)
                      && running(cluster, job));

      cluster.restartScheduler();
      cluster.restartScheduler();

      JobDetail shown = detail(cluster, job);
      assertThat(shown.stages()).hasSizeGreaterThan(1);
      cluster.rows(job).assertSameAs(expected(TWO_STAGES.replace("'parts", "'" + data + "/parts")));
      int tasks = shown.stages().stream().mapToInt(JobDetail.Stage::tasks).sum();
      assertThat(runs.started(job)).as("one attempt of each task").hasSize(tasks);
      assertThat(cluster.fatal()).isNull();
    }
  }

  @Test
  void aJobWhoseCancelTheSchedulerDidNotFinishIsCancelledByTheNext() throws IOException {
    try (var cluster = cluster(1)) {
      JobId job = cluster.submit(LONG, Map.of());
      await().atMost(WAIT).until(() -> running(cluster, job));

      cluster.restartSchedulerAfter(() -> markCancelled(job));

      await().atMost(WAIT).until(() -> states(cluster).get(job) == JobState.CANCELLED);
      assertThat(cluster.rows("SELECT count(*) FROM 't.parquet'", Map.of()).values())
          .as("the slot is back")
          .containsExactly(List.of(1000L));
      await().atMost(WAIT).until(() -> filesOf(job).isEmpty());
      assertThat(cluster.fatal()).isNull();
    }
  }

  @Test
  void aStatementSentAgainUnderItsKeyIsTheSameJobAlsoAfterARestart() throws IOException {
    try (var runs = new TaskLog();
        var cluster = cluster(1)) {
      JobId job = cluster.submit(LONG, Map.of(), "key-1");
      assertThat(cluster.submit(LONG, Map.of(), "key-1")).isEqualTo(job);
      await().atMost(WAIT).until(() -> running(cluster, job));

      cluster.restartScheduler();

      assertThat(cluster.submit(LONG, Map.of(), "key-1")).isEqualTo(job);
      assertThat(cluster.queries().submit(cluster.request("SELECT 2", Map.of(), "key-1")))
          .isInstanceOfSatisfying(
              Answer.UserFault.class,
              answer -> assertThat(answer.message()).contains("another statement", job.value()));
      cluster.rows(job).assertSameAs(expected(LONG_ANSWER));
      assertThat(states(cluster)).containsOnlyKeys(job);
      assertThat(runs.started(job)).hasSize(1);
      assertThat(cluster.fatal()).isNull();
    }
  }

  @Test
  void aTimeoutCountsFromTheSubmitAlsoAcrossARestart() throws IOException {
    try (var cluster = cluster(1)) {
      JobId job =
          cluster.submit(LONG + " AND i < 29999", Map.of("mangonel_statement_timeout_ms", "1500"));
      cluster.restartScheduler();

      assertThat(cluster.queries().openResult(job, TestCluster.ANSWER_WAIT_MS))
          .isInstanceOfSatisfying(
              Answer.UserFault.class,
              answer -> assertThat(answer.message()).contains("timeout of 1500 ms"));
      JobSummary summary = detail(cluster, job).summary();
      assertThat(Objects.requireNonNull(summary.endedMs()) - summary.submittedMs())
          .isBetween(1_500L, 15_000L);
      await().atMost(WAIT).until(() -> filesOf(job).isEmpty());
      assertThat(cluster.rows("SELECT count(*) FROM 't.parquet'", Map.of()).values())
          .containsExactly(List.of(1000L));
      assertThat(cluster.fatal()).isNull();
    }
  }

  @Test
  void aJobGoesOnElsewhereWhenItsExecutorStops() throws IOException {
    try (var cluster = cluster(2)) {
      JobId job = cluster.submit(LONG, Map.of());
      await().atMost(WAIT).until(() -> running(cluster, job));

      cluster.stopExecutor(0);

      cluster.rows(job).assertSameAs(expected(LONG_ANSWER));
      assertThat(cluster.fatal()).isNull();
    }
  }

  @Test
  void withoutAnExecutorAStatementIsRetryable() throws IOException {
    try (var cluster =
        TestCluster.withoutExecutors(directory.resolve("work"), data, "memory", EXECUTOR_WAIT_MS)) {
      assertThat(cluster.queries().submit(cluster.request("FROM 't.parquet'", Map.of())))
          .isInstanceOfSatisfying(
              Answer.Retryable.class,
              answer -> assertThat(answer.message()).contains("no executor"));
    }
  }

  @Test
  void aStatementThatWaitsForAnExecutorRunsWhenOneComes() throws Exception {
    try (var cluster = cluster(0)) {
      var waiting =
          java.util.concurrent.CompletableFuture.supplyAsync(
              () -> cluster.queries().submit(cluster.request("FROM 't.parquet'", Map.of())));
      cluster.addExecutor("late");
      assertThat(waiting.get(WAIT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              Answer.Ok.class, ok -> assertThat(ok.value()).isInstanceOf(Submission.Job.class));
    }
  }

  /** As a scheduler does that dies before it has done more. */
  private void markCancelled(JobId job) {
    try (var store = RocksDbStateBackend.open(directory.resolve("state"), _ -> {})) {
      store.put(Keyspace.CANCELS, job.value(), Bytes.of(new byte[1]));
    }
  }

  /** What the executors have of a job on disk. */
  private List<Path> filesOf(JobId job) throws IOException {
    try (Stream<Path> all = Files.walk(directory.resolve("work"))) {
      return all.filter(path -> path.toString().contains(job.value())).toList();
    } catch (java.io.UncheckedIOException e) {
      return List.of(directory); // Something went while it was listed: asked again.
    }
  }

  private static Rows expected(String sql) throws IOException {
    try {
      return Rows.ofPlainDuckDb(sql);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private static boolean running(TestCluster cluster, JobId job) {
    return detail(cluster, job).stages().stream().anyMatch(stage -> stage.running() > 0);
  }

  private static JobDetail detail(TestCluster cluster, JobId job) {
    if (cluster.queries().job(job) instanceof Answer.Ok<JobDetail>(var detail)) {
      return detail;
    }
    throw new AssertionError("no job " + job);
  }

  private static Map<JobId, JobState> states(TestCluster cluster) {
    return list(cluster).stream()
        .collect(java.util.stream.Collectors.toMap(JobSummary::id, JobSummary::state));
  }

  private static List<JobSummary> list(TestCluster cluster) {
    if (cluster.queries().jobs(100) instanceof Answer.Ok<List<JobSummary>>(var jobs)) {
      return jobs;
    }
    throw new AssertionError("no list of jobs");
  }
}

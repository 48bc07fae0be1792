package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.JobState;
import io.mangonel.scheduler.query.JobSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that end while jobs run. */
class RestartTest {
  private static final Duration WAIT = Duration.ofSeconds(60);

  /** Some seconds of work on one thread. */
  private static final String LONG =
      "SELECT count(*) AS n FROM range(30000) a(i), range(40000) b(j) WHERE (i * j) % 7 = 0";

  @TempDir Path directory;
  private Path data;

  @BeforeEach
  void writeData() throws IOException, SQLException {
    data = Files.createDirectories(directory.resolve("data"));
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement()) {
      statement.execute(
          "COPY (SELECT i AS id FROM range(1000) t(i)) TO '%s'"
              .formatted(data.resolve("t.parquet")));
    }
  }

  private TestCluster cluster(int executors) throws IOException {
    return new TestCluster(
        directory.resolve("work"), data, "rocksdb:" + directory.resolve("state"), executors);
  }

  @Test
  void endedJobsAndTheirSmallResultsSurviveARestartOfTheScheduler() throws IOException {
    try (var cluster = cluster(1)) {
      JobId good = cluster.submit("SELECT count(*) AS n FROM 't.parquet'", Map.of());
      Rows before = cluster.rows(good);
      JobId bad = cluster.submit("SELECT sum(('x' || id)::INT) FROM 't.parquet'", Map.of());
      assertThat(cluster.queries().openResult(bad, TestCluster.ANSWER_WAIT_MS))
          .isInstanceOf(Answer.UserFault.class);
      cluster.execute("CREATE VIEW t AS FROM 't.parquet'");

      cluster.restartScheduler();

      cluster.rows(good).assertSameAs(before);
      assertThat(states(cluster)).containsOnlyKeys(good, bad);
      assertThat(states(cluster)).containsEntry(good, JobState.COMPLETED);
      assertThat(states(cluster)).containsEntry(bad, JobState.FAILED);
      assertThat(cluster.queries().openResult(bad, 1)).isInstanceOf(Answer.UserFault.class);
      assertThat(cluster.rows("SELECT count(*) FROM t", Map.of()).values())
          .containsExactly(List.of(1000L));
      assertThat(cluster.fatal()).isNull();
    }
  }

  @Test
  void aRunningJobEndsAfterARestartOfTheScheduler() throws IOException {
    try (var cluster = cluster(1)) {
      JobId job = cluster.submit(LONG, Map.of());
      await().atMost(WAIT).until(() -> running(cluster, job));

      cluster.restartScheduler();

      // Right, or a clear error: what it must not do is hang.
      switch (cluster.queries().openResult(job, TestCluster.ANSWER_WAIT_MS)) {
        case Answer.Ok<?> _ -> cluster.rows(job).assertSameAs(expected());
        case Answer.Retryable<?>(String message) ->
            assertThat(message).doesNotContain("has not ended");
        case Answer<?> other -> throw new AssertionError(other);
      }
      assertThat(cluster.fatal()).isNull();
    }
  }

  @Test
  void aJobGoesOnElsewhereWhenItsExecutorStops() throws IOException {
    try (var cluster = cluster(2)) {
      JobId job = cluster.submit(LONG, Map.of());
      await().atMost(WAIT).until(() -> running(cluster, job));

      cluster.stopExecutor(0);

      cluster.rows(job).assertSameAs(expected());
      assertThat(cluster.fatal()).isNull();
    }
  }

  @Test
  void withoutAnExecutorAStatementIsRetryable() throws IOException {
    try (var cluster = cluster(0)) {
      assertThat(cluster.queries().submit(cluster.request("FROM 't.parquet'", Map.of())))
          .isInstanceOfSatisfying(
              Answer.Retryable.class,
              answer -> assertThat(answer.message()).contains("no executor"));
    }
  }

  private static Rows expected() throws IOException {
    try {
      return Rows.ofPlainDuckDb(LONG);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private static boolean running(TestCluster cluster, JobId job) {
    return cluster.queries().job(job)
            instanceof Answer.Ok<io.mangonel.scheduler.query.JobDetail>(var detail)
        && detail.stages().stream().anyMatch(stage -> stage.running() > 0);
  }

  private static Map<JobId, JobState> states(TestCluster cluster) {
    if (cluster.queries().jobs(100) instanceof Answer.Ok<List<JobSummary>>(var jobs)) {
      return jobs.stream()
          .collect(java.util.stream.Collectors.toMap(JobSummary::id, JobSummary::state));
    }
    throw new AssertionError("no list of jobs");
  }
}

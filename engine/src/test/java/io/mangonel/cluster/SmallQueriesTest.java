package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.SchedulerConfig;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.JobDetail;
import io.mangonel.scheduler.query.JobState;
import io.mangonel.scheduler.query.Submission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that is full: as many jobs run as may, and each slot is held by a task of one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmallQueriesTest {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final int SLOTS = 4;
  private static final int QUEUED = 1;
  private static final int SMALL = 20;
  private static final String ENDLESS = "SELECT sum(i * i) FROM range(4000000000000) t(i)";

  @TempDir static Path directory;
  private static TestCluster cluster;

  @BeforeAll
  static void start() throws IOException, SQLException {
    Path data = Files.createDirectories(directory.resolve("data"));
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement()) {
      statement.execute(
          "COPY (SELECT i AS id, i % 10 AS grp FROM range(1000) t(i)) TO '"
              + data.resolve("small.parquet")
              + "'");
    }
    cluster =
        TestCluster.ofFewJobs(
            directory.resolve("cluster"), data, new SchedulerConfig.Jobs(SLOTS, QUEUED));
  }

  @AfterAll
  static void stop() {
    cluster.close();
    assertThat(cluster.fatal()).isNull();
  }

  @Test
  void aFullClusterAnswersSmallQueriesAndQueuesOrTurnsAwayOthers() throws IOException {
    List<JobId> running = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      running.add(cluster.submit(ENDLESS, Map.of()));
    }
    await().atMost(WAIT).until(() -> running.stream().allMatch(SmallQueriesTest::runs));

    for (int i = 0; i < SMALL; i++) {
      String sql = "SELECT count(*) FROM 'small.parquet' WHERE grp = " + i % 10;
      assertThat(cluster.rows(sql, Map.of()).values()).containsExactly(List.of(100L));
    }
    assertThat(running).as("held all slots meanwhile").allMatch(SmallQueriesTest::runs);

    JobId waiting = cluster.submit(ENDLESS, Map.of());
    assertThat(detail(waiting).summary().state()).isEqualTo(JobState.QUEUED);
    Answer<Submission> beyond = cluster.queries().submit(cluster.request(ENDLESS, Map.of()));
    assertThat(beyond)
        .isInstanceOfSatisfying(
            Answer.Retryable.class,
            full ->
                assertThat(full.message())
                    .isEqualTo(
                        "the scheduler is full: 4 jobs run and 1 wait (--running-jobs,"
                            + " --queued-jobs); try again later"));
    assertThat(cluster.rows("SELECT 42 AS answer", Map.of()).values()).containsExactly(List.of(42));

    cluster.queries().cancel(running.getFirst());
    await().atMost(WAIT).until(() -> runs(waiting));
    cluster.queries().cancel(waiting);
    running.forEach(job -> cluster.queries().cancel(job));
  }

  private static boolean runs(JobId job) {
    return detail(job).summary().state() == JobState.RUNNING
        && detail(job).stages().stream().anyMatch(stage -> stage.running() > 0);
  }

  private static JobDetail detail(JobId job) {
    return switch (cluster.queries().job(job)) {
      case Answer.Ok<JobDetail>(JobDetail detail) -> detail;
      case Answer<JobDetail> other -> throw new AssertionError(job + ": " + other);
    };
  }
}

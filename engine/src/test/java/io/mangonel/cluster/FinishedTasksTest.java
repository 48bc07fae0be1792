package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.JobDetail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rule T12: what is finished is not done again when executors come and go. */
final class FinishedTasksTest {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final int ROWS = 60_000;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = TestCluster.Kind.class,
      names = {"PUSH", "PULL"})
  void everyExecutorMayBeRestartedInTurn(TestCluster.Kind kind) throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement()) {
      for (int part = 0; part < 4; part++) {
        statement.execute(
            "COPY (SELECT i AS id, i %% 8 AS grp FROM range(%d, %d) t(i)) TO '%s'"
                .formatted(
                    part * ROWS / 4, (part + 1) * ROWS / 4, data.resolve(part + ".parquet")));
      }
    }
    // Two scans, a join of some seconds, and its sum.
    String sql =
        "SELECT count(*) AS n FROM '%1$s/*.parquet' a JOIN '%1$s/*.parquet' b ON a.grp = b.grp"
                .formatted(data)
            + " WHERE hash(a.id + b.id) % 7 = 0";
    Path work = directory.resolve("work");
    try (var cluster = new TestCluster(work, data, "memory", 2, kind)) {
      JobId job = cluster.submit(sql, Map.of("mangonel_join_mode", "hash"));
      await().atMost(WAIT).until(() -> detail(cluster, job).stages().size() >= 4);
      // Both scans are done, and the join runs.
      await()
          .atMost(WAIT)
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                List<JobDetail.Stage> stages = detail(cluster, job).stages();
                return stages.get(0).done() == stages.get(0).tasks()
                    && stages.get(1).done() == stages.get(1).tasks()
                    && stages.get(2).running() > 0;
              });
      Map<String, Long> finished = finishedScans(work);
      assertThat(finished).isNotEmpty();

      cluster.restartExecutor("e0");
      await().atMost(WAIT).until(() -> detail(cluster, job).stages().get(2).running() > 0);
      assertJoinRuns(detail(cluster, job).stages().get(2));
      cluster.restartExecutor("e1");
      // Before the end of the job, when its files go.
      await().atMost(WAIT).until(() -> detail(cluster, job).stages().get(2).running() > 0);
      assertJoinRuns(detail(cluster, job).stages().get(2));
      assertThat(finishedScans(work)).as("every scan ran once").isEqualTo(finished);

      cluster.rows(job).assertSameAs(Rows.ofPlainDuckDb(sql));
      assertThat(detail(cluster, job).stages().get(0).failedAttempts()).isZero();
      assertThat(detail(cluster, job).stages().get(1).failedAttempts()).isZero();
      assertThat(detail(cluster, job).stages().get(2).failedAttempts()).isPositive();
      assertThat(cluster.fatal()).isNull();
    }
  }

  /**
   * Not that none of its tasks is done: the eight groups fall unevenly on them, and one may end
   * while the other executor starts again.
   */
  private static void assertJoinRuns(JobDetail.Stage join) {
    assertThat(join.done()).as("the join still runs").isLessThan(join.tasks());
  }

  /** Records of the scans' attempts, and when each was written. */
  private static Map<String, Long> finishedScans(Path work) throws IOException {
    Map<String, Long> records = new TreeMap<>();
    try (Stream<Path> files = Files.walk(work)) {
      for (Path file : files.filter(f -> f.endsWith("attempt.record")).toList()) {
        String stage = file.getName(file.getNameCount() - 3).toString();
        if (stage.startsWith("0.") || stage.startsWith("1.")) {
          records.put(file.toString(), Files.getLastModifiedTime(file).toMillis());
        }
      }
    }
    return records;
  }

  private static JobDetail detail(TestCluster cluster, JobId job) {
    if (cluster.queries().job(job) instanceof Answer.Ok<JobDetail>(var detail)) {
      return detail;
    }
    throw new AssertionError("no job " + job);
  }
}

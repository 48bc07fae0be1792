package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.task.JobId;
import io.mangonel.executor.task.SmallDisk;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.JobDetail;
import io.mangonel.scheduler.query.JobState;
import io.mangonel.scheduler.query.Submission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a COPY when something else happens (rule T16). */
class CopyTest {
  private static final Duration WAIT = Duration.ofSeconds(90);

  /** A second or two of work on one thread. */
  private static final String LONG =
      "SELECT count(*) AS n FROM range(21000) a(i), range(28000) b(j) WHERE (i * j) % 7 = 0";

  /** Much longer: to be cancelled. */
  private static final String ENDLESS =
      "SELECT count(*) AS n FROM range(2100000) a(i), range(2800000) b(j) WHERE (i * j) % 7 = 0";

  @TempDir Path directory;
  private Path data;

  @BeforeEach
  void makeData() throws IOException {
    data = Files.createDirectories(directory.resolve("data"));
  }

  private TestCluster cluster() throws IOException {
    return new TestCluster(
        directory.resolve("work"), data, "rocksdb:" + directory.resolve("state"), 1);
  }

  /**
   * Two slots: when all is written, both are taken, so nothing is renamed while the job is
   * cancelled and its scheduler starts again.
   */
  @Test
  void publishingSurvivesARestartAndCannotBeCancelled() throws IOException {
    try (var cluster = cluster()) {
      JobId copy = cluster.submit("COPY (" + LONG + ") TO 'n.parquet'", Map.of());
      JobId first = cluster.submit(ENDLESS, Map.of());
      JobId second = cluster.submit(ENDLESS, Map.of());
      await().atMost(WAIT).until(() -> written(cluster, copy));

      cluster.queries().cancel(copy);
      cluster.restartScheduler();
      cluster.queries().cancel(copy);

      assertThat(written(cluster, copy)).as("nothing runs again").isTrue();
      assertThat(data.resolve("n.parquet")).doesNotExist();
      cluster.queries().cancel(first);
      cluster.queries().cancel(second);
      assertThat(cluster.rows(copy).values()).containsExactly(List.of(1L));
      cluster
          .rows("FROM 'n.parquet'", Map.of())
          .assertSameAs(
              cluster.rows("SELECT 21000::BIGINT * 28000 - 18000::BIGINT * 24000 AS n", Map.of()));
      assertThat(files()).containsExactly("n.parquet");
      assertThat(cluster.fatal()).isNull();
    }
  }

  @Test
  void anExecutorThatEndsWhileItWritesLeavesNothing() throws IOException {
    try (var cluster = cluster()) {
      JobId copy =
          cluster.submit("COPY (" + LONG + ") TO 'dir' (FORMAT csv, PER_THREAD_OUTPUT)", Map.of());
      await().atMost(WAIT).until(() -> files().stream().anyMatch(name -> name.contains(".mang")));

      cluster.restartExecutor("e0");

      assertThat(cluster.rows(copy).values()).containsExactly(List.of(1L));
      assertThat(files()).containsExactly("dir/" + copy + "-00000.csv");
      assertThat(cluster.fatal()).isNull();
    }
  }

  @Test
  void whatFailsOrIsCancelledLeavesNothing() throws IOException {
    try (var cluster = cluster()) {
      JobId failing =
          cluster.submit(
              "COPY (SELECT CASE WHEN i = 400000 THEN error('no') ELSE i END FROM range(500000)"
                  + " t(i)) TO 'failed.csv'",
              Map.of());
      JobId cancelled = cluster.submit("COPY (" + ENDLESS + ") TO 'cancelled.csv'", Map.of());
      await().atMost(WAIT).until(() -> files().stream().anyMatch(name -> name.contains(".mang")));
      cluster.queries().cancel(cancelled);

      assertThat(cluster.queries().openResult(failing, TestCluster.ANSWER_WAIT_MS))
          .isInstanceOf(Answer.UserFault.class);
      await().atMost(WAIT).until(() -> state(cluster, cancelled) == JobState.CANCELLED);
      await().atMost(WAIT).untilAsserted(() -> assertThat(files()).isEmpty());
      assertThat(cluster.fatal()).isNull();
    }
  }

  /** The same statement under its key is the same job; under another it writes again. */
  @Test
  void writesOnceAndReplacesAFile() throws IOException {
    try (var cluster = cluster()) {
      String copy = "COPY (SELECT 1 AS a FROM range(7)) TO 'x.csv'";
      JobId job = cluster.submit(copy, Map.of(), "key");
      assertThat(cluster.rows(job).values()).containsExactly(List.of(7L));
      Files.writeString(data.resolve("x.csv"), "of somebody else");

      assertThat(cluster.submit(copy, Map.of(), "key")).isEqualTo(job);
      assertThat(cluster.rows(job).values()).containsExactly(List.of(7L));
      assertThat(data.resolve("x.csv")).hasContent("of somebody else");
      assertThat(cluster.rows("COPY (SELECT 2 AS a) TO 'x.csv'", Map.of()).values())
          .containsExactly(List.of(1L));
      assertThat(Files.readAllLines(data.resolve("x.csv"))).containsExactly("a", "2");
      assertThat(files()).containsExactly("x.csv");
      assertThat(cluster.fatal()).isNull();
    }
  }

  /** One line each, that names the path. */
  @Test
  void saysWhereItCannotWrite() throws IOException {
    Files.createDirectories(data.resolve("full"));
    Files.writeString(data.resolve("full/there.csv"), "1");
    Files.writeString(data.resolve("file"), "1");
    try (var cluster = cluster()) {
      assertThat(fault(cluster, "COPY (SELECT 1) TO '/tmp/y'")).contains("--data-dirs");
      assertThat(fault(cluster, "COPY (SELECT 1) TO 'nowhere/y'")).contains("nowhere");
      assertThat(fault(cluster, "COPY (SELECT 1) TO 'file/y'")).contains("file");
      assertThat(fault(cluster, "COPY (SELECT 1) TO 'full'")).contains("is a directory");
      assertThat(fault(cluster, "COPY (SELECT 1) TO 'full' (FORMAT csv, PER_THREAD_OUTPUT)"))
          .contains("full' is not empty: OVERWRITE or APPEND");
      assertThat(fault(cluster, "COPY (SELECT 1) TO 'file' (FORMAT csv, PER_THREAD_OUTPUT)"))
          .contains("file' is a file");
      assertThat(fault(cluster, "CREATE TABLE t AS SELECT 1")).contains("COPY");
      assertThat(fault(cluster, "INSERT INTO t VALUES (1)")).contains("COPY");
      await()
          .atMost(WAIT)
          .untilAsserted(() -> assertThat(files()).containsExactly("file", "full/there.csv"));
      assertThat(cluster.fatal()).isNull();
    }
  }

  @Test
  void aFullDiskFailsItAndNothingIsLeft() throws IOException {
    try (var disk = SmallDisk.mount(data, 4);
        var cluster = cluster()) {
      assertThat(disk.path()).isEqualTo(data);
      JobId job =
          cluster.submit(
              "COPY (SELECT i, md5(i::VARCHAR) AS m FROM range(1000000) t(i)) TO 'x.csv'",
              Map.of());
      assertThat(cluster.queries().openResult(job, TestCluster.ANSWER_WAIT_MS).toString())
          .contains("No space left");
      await().atMost(WAIT).untilAsserted(() -> assertThat(files()).isEmpty());
      assertThat(cluster.fatal()).isNull();
    }
  }

  private static String fault(TestCluster cluster, String sql) {
    Answer<?> answer =
        switch (cluster.queries().submit(cluster.request(sql, Map.of()))) {
          case Answer.Ok<Submission>(Submission.Job job) ->
              cluster.queries().openResult(job.id(), TestCluster.ANSWER_WAIT_MS);
          case Answer<Submission> other -> other;
        };
    if (answer instanceof Answer.UserFault<?>(String message)) {
      assertThat(message.lines()).hasSizeLessThanOrEqualTo(4);
      return message;
    }
    throw new AssertionError(sql + ": " + answer);
  }

  private static boolean written(TestCluster cluster, JobId job) {
    return cluster.queries().job(job) instanceof Answer.Ok<JobDetail>(JobDetail detail)
        && detail.summary().state() == JobState.PUBLISHING
        && detail.stages().size() == 2
        && detail.stages().getFirst().done() == 1
        && detail.stages().getLast().done() == 0;
  }

  private static JobState state(TestCluster cluster, JobId job) {
    return cluster.queries().job(job) instanceof Answer.Ok<JobDetail>(JobDetail detail)
        ? detail.summary().state()
        : JobState.QUEUED;
  }

  /** Every file below the data directory. */
  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(data)) {
      return all.filter(path -> !path.equals(data))
          .filter(path -> Files.isRegularFile(path) || path.toString().contains(".mangonel"))
          .map(path -> data.relativize(path).toString())
          .sorted()
          .toList();
    }
  }
}

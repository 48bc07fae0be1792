package io.mangonel.executor.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.mangonel.core.task.Failure;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.planner.stage.StagePlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How long a task goes on after it was told to stop, by what its DuckDB does at that moment. */
final class CancelTest {
  /** The target of a cancel. The best of a few tries, because tests share the machine. */
  private static final long TARGET_MS = 100;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int TRIES = 5;

  @TempDir Path directory;

  private TaskHarness harness;

  @BeforeEach
  void open() throws Exception {
    harness = new TaskHarness(directory, 512L << 20, 2L << 30);
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  /** What runs, when it is certainly at that, and its statement. */
  static List<Arguments> whatRuns() {
    return List.of(
        arguments(
            "scan and filter",
            150,
            "SELECT count(*) AS c0, 'x' AS c1 FROM range(100000000000) t(i) WHERE hash(i) % 7 = 9"),
        arguments(
            "hash join, build",
            150,
            "SELECT count(*) AS c0, 'x' AS c1 FROM range(1000000000) a(i)"
                + " JOIN range(2000000000) b(j) ON i = hash(j)"),
        arguments(
            "hash join, probe",
            400,
            "SELECT count(*) AS c0, 'x' AS c1 FROM range(3000000000) a(i)"
                + " JOIN (SELECT range % 100 AS j FROM range(10000)) b ON i % 100 = j"),
        arguments(
            "aggregation",
            300,
            "SELECT max(n) AS c0, 'x' AS c1 FROM"
                + " (SELECT hash(i) AS h, count(*) AS n FROM range(1000000000) t(i) GROUP BY h)"),
        arguments(
            "sort, COPY",
            400,
            "SELECT i AS c0, md5(i::VARCHAR) AS c1 FROM range(100000000) t(i) ORDER BY c1"),
        arguments(
            "COPY",
            300,
            "SELECT i AS c0, repeat(md5(i::VARCHAR), 4) AS c1 FROM range(100000000) t(i)"));
  }

  @ParameterizedTest
  @MethodSource("whatRuns")
  void aTaskEndsSoonAfterItIsCancelled(String what, long afterMs, String sql) throws Exception {
    StagePlan plan = Plans.stage(0, TRIES, sql, Plans.oneOutput());
    long best = Long.MAX_VALUE;
    for (int attempt = 0; attempt < TRIES && best > TARGET_MS; attempt++) {
      best = Math.min(best, cancelledAfterMs(plan, attempt, afterMs));
    }
    System.out.println("cancel: " + what + " ended after " + best + " ms");
    assertThat(best).as(what).isLessThanOrEqualTo(TARGET_MS);
    assertThat(harness.work.inputs()).isEmptyDirectory();
    // The instance is as good as before.
    harness.succeed(Plans.result("SELECT 1 AS c0"), Plans.id("next", 0, 0));
  }

  private long cancelledAfterMs(StagePlan plan, int partition, long afterMs) throws Exception {
    TaskAttemptId id = Plans.id("j", 0, partition);
    TaskStop stop = new TaskStop();
    long startNs = System.nanoTime();
    var running = harness.start(plan, id, stop);
    // Into the operator that is meant: the clock is the only one who knows.
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(PATIENCE)
        .until(() -> System.nanoTime() - startNs > afterMs * 1_000_000);
    assertThat(running).isNotDone();
    long stoppedNs = System.nanoTime();
    Failure killed = new Failure.Killed("interrupted on request");
    stop.stop(killed);
    assertThat(running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isEqualTo(new TaskOutcome.Failed(killed));
    long ms = (System.nanoTime() - stoppedNs) / 1_000_000;
    assertThat(harness.work.shuffle().attemptDirectory(id)).doesNotExist();
    return ms;
  }
}

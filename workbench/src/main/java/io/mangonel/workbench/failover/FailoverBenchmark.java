package io.mangonel.workbench.failover;

import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.demo.PendingAnswer;
import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.cli.demo.TaskRuns.Run;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.tpch.TpchGenerator;
import io.mangonel.tpch.TpchQueries;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Kills one process after another in the middle of a query. */
final class FailoverBenchmark {
  /** With a dozen stages in hash mode: there is always a next task. */
  private static final int QUERY = 21;

  private static final Map<String, String> SETTINGS = Map.of("mangonel_join_mode", "hash");
  private static final String SESSION = "failover";
  private static final Duration ANSWER_MAX = Duration.ofMinutes(2);
  private static final int CALM_RUNS = 3;

  /** A run may end before its kill; so often in a row it may not. */
  private static final int MISSES_MAX = 20;

  private final FailoverCluster cluster;
  private final Path data;
  private final long seed;
  private final Random random;

  FailoverBenchmark(FailoverCluster cluster, Path data, long seed) {
    this.cluster = cluster;
    this.data = data;
    this.seed = seed;
    this.random = new Random(seed);
  }

  /** As many kills of the scheduler as of executors. */
  FailoverReport run(int kills) throws IOException {
    double loadBefore = load();
    try (SchedulerConnection connection =
        SchedulerConnection.forStatements(
            cluster.address(), SESSION, data.toString(), new TreeMap<>())) {
      for (String view : TpchGenerator.createViews(data)) {
        connection.run(view);
      }
    }
    List<String> expected = List.of();
    long calmMs = Long.MAX_VALUE;
    for (int i = 0; i < CALM_RUNS; i++) {
      Instant start = Instant.now();
      expected = submit().await(ANSWER_MAX);
      calmMs = Math.min(calmMs, Duration.between(start, Instant.now()).toMillis());
    }
    List<FailoverReport.Kill> scheduler = new ArrayList<>();
    List<FailoverReport.Kill> executors = new ArrayList<>();
    for (int i = 0; i < kills; i++) {
      scheduler.add(kill(-1, expected, calmMs));
    }
    for (int i = 0; i < kills; i++) {
      executors.add(kill(random.nextInt(FailoverCluster.EXECUTORS), expected, calmMs));
    }
    return new FailoverReport(seed, calmMs, loadBefore, load(), scheduler, executors);
  }

  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private PendingAnswer submit() throws IOException {
    return PendingAnswer.to(
        TpchQueries.text(QUERY), List.of(cluster.address()), SETTINGS, ANSWER_MAX);
  }

  /**
   * @param executor which one, or -1 for the scheduler
   */
  private FailoverReport.Kill kill(int executor, List<String> expected, long calmMs)
      throws IOException {
    for (int misses = 0; misses < MISSES_MAX; misses++) {
      Instant start = Instant.now();
      PendingAnswer answer = submit();
      pause(random.nextLong(calmMs / 10, calmMs * 6 / 10));
      boolean early = answer.rows().isDone();
      Instant killedAt = Instant.now();
      if (executor < 0) {
        cluster.killScheduler();
        cluster.startSchedulerAgain();
      } else {
        cluster.killExecutor(executor);
        cluster.startExecutorAgain(executor);
      }
      Instant readyAt = Instant.now();
      List<String> rows = answer.await(ANSWER_MAX);
      Instant endedAt = Instant.now();
      if (!rows.equals(expected)) {
        throw CommandFailure.failed("another answer after a kill, seed " + seed);
      }
      TaskRuns runs = cluster.runs().of(answer.job());
      var next = runs.runs().stream().filter(run -> isProgress(run, runs, killedAt, executor));
      Instant progressAt = next.map(Run::startedAt).findFirst().orElse(killedAt);
      if (!early && progressAt.isAfter(killedAt)) {
        return new FailoverReport.Kill(
            Duration.between(killedAt, readyAt).toMillis(),
            Duration.between(killedAt, progressAt).toMillis(),
            Duration.between(start, endedAt).toMillis(),
            runs.finishedRerun(),
            runs.unfinishedRerun());
      }
    }
    throw CommandFailure.failed("the query was over before each of " + MISSES_MAX + " kills");
  }

  /** A task that the scheduler of afterwards started, or any when an executor was killed. */
  private static boolean isProgress(Run run, TaskRuns runs, Instant killedAt, int executor) {
    boolean after = run.startedAt().isAfter(killedAt);
    boolean newLauncher =
        runs.runs().stream()
            .noneMatch(
                other ->
                    other.launcher().equals(run.launcher())
                        && other.startedAt().isBefore(killedAt));
    return after && (executor >= 0 || newLauncher);
  }

  private static void pause(long ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }
}

package io.mangonel.cli.demo;

import io.mangonel.cli.demo.TaskRuns.Run;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.tpch.TpchGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A query that runs for some seconds, in whose middle something happens to its cluster. */
final class LongQuery {
  /** Some seconds of work for two executors: nearly 200 million pairs of shipments. */
  static final String SQL =
      """
      SELECT n_name, count(*) AS pairs, sum(a.l_quantity * b.l_discount) AS weight
      FROM lineitem a
      JOIN lineitem b ON a.l_suppkey = b.l_suppkey AND a.l_orderkey < b.l_orderkey
      JOIN supplier ON s_suppkey = a.l_suppkey
      JOIN nation ON n_nationkey = s_nationkey
      GROUP BY n_name ORDER BY pairs DESC, n_name""";

  /** In the middle: tasks have run for this long, and others are done. */
  private static final Duration RUNNING_MIN = Duration.ofMillis(500);

  private static final Duration MIDDLE_MAX = Duration.ofSeconds(60);
  private static final Duration ANSWER_MAX = Duration.ofMinutes(3);
  private static final int POLL_MS = 50;
  private static final int ROWS_SHOWN = 3;

  private final LocalCluster cluster;
  private final PendingAnswer answer;

  private LongQuery(LocalCluster cluster, PendingAnswer answer) {
    this.cluster = cluster;
    this.answer = answer;
  }

  /** Its client knows all schedulers. */
  static LongQuery submit(LocalCluster cluster) throws IOException {
    return new LongQuery(
        cluster,
        PendingAnswer.to(
            SQL, cluster.addresses(), Map.of("mangonel_join_mode", "hash"), ANSWER_MAX));
  }

  String job() {
    return answer.job();
  }

  /** Returns when some tasks are done and one has run for a while. */
  void awaitMiddle() {
    long deadlineNs = System.nanoTime() + MIDDLE_MAX.toNanos();
    while (!isInTheMiddle()) {
      if (answer.rows().isDone()) {
        var _ = rows();
        throw CommandFailure.failed("the query ended before its scheduler could be killed");
      }
      if (System.nanoTime() > deadlineNs) {
        throw CommandFailure.failed(
            "not within " + MIDDLE_MAX.toSeconds() + " s: some tasks done and some running");
      }
      pause();
    }
  }

  private boolean isInTheMiddle() {
    TaskRuns runs = runs();
    Instant before = Instant.now().minus(RUNNING_MIN);
    return runs.runs().stream().anyMatch(Run::succeeded)
        && runs.runningAt(Instant.now()).stream().anyMatch(run -> run.startedAt().isBefore(before));
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  /** What executors ran for it. */
  TaskRuns runs() {
    return cluster.runs().of(answer.job());
  }

  /** Waits for the answer. */
  List<String> rows() {
    return answer.await(ANSWER_MAX);
  }

  static void print(PrintStream out, List<String> rows) {
    rows.stream().limit(ROWS_SHOWN).forEach(out::println);
    out.println("... " + rows.size() + " rows");
  }

  /** Prints what ran twice; throws when anything did, or when the answer is wrong. */
  void check(PrintStream out, List<String> rows, List<Run> running, Path data) throws IOException {
    TaskRuns runs = runs();
    out.printf(
        Locale.ROOT,
        "%d finished tasks rerun, %d running tasks rerun (counted in the executors' logs)%n",
        runs.finishedRerun(),
        runs.unfinishedRerun());
    List<String> expected = PlainAnswer.of(TpchGenerator.createViews(data), SQL);
    if (!rows.equals(expected)) {
      throw CommandFailure.failed("the answer differs from plain DuckDB's: " + expected);
    }
    out.println("the answer is the one that plain DuckDB gives");
    if (running.isEmpty()) {
      throw CommandFailure.failed("no task ran when the scheduler was killed");
    }
    if (runs.finishedRerun() + runs.unfinishedRerun() > 0) {
      throw CommandFailure.failed("tasks were run again");
    }
  }
}

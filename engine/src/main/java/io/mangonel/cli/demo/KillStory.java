package io.mangonel.cli.demo;

import io.mangonel.cli.client.TextTable;
import io.mangonel.cli.demo.TaskRuns.Run;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.tpch.TpchGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * A query whose scheduler is killed with -9 in the middle. What ran, and what ran twice, is read
 * from the executors' logs.
 */
final class KillStory {
  /** Some seconds of work for two executors: nearly 200 million pairs of shipments. */
  private static final String QUERY =
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

  private final DemoCluster cluster;
  private final Path data;
  private final PrintStream out;
  private final List<Moment> moments = new ArrayList<>();

  private record Moment(Instant time, String what) {}

  KillStory(DemoCluster cluster, Path data, PrintStream out) {
    this.cluster = cluster;
    this.data = data;
    this.out = out;
  }

  /** Tells it. Throws when the answer is wrong or when work was done twice. */
  void tell() throws IOException {
    out.println("\n-- a query of some seconds, whose scheduler is killed in the middle");
    out.println(QUERY);
    moment("submitted");
    CompletableFuture<List<String>> answer =
        PendingAnswer.to(
            QUERY, cluster.address(), Map.of("mangonel_join_mode", "hash"), ANSWER_MAX);
    await("some tasks done and some running", this::inTheMiddle, answer);
    long pid = cluster.scheduler().pid();
    Instant killedAt = Instant.now();
    cluster.killScheduler();
    TaskRuns then = cluster.runs();
    List<Run> running = then.runningAt(killedAt);
    long done = then.runs().stream().filter(Run::succeeded).count();
    moment(
        killedAt,
        "kill -9 of the scheduler, process "
            + pid
            + ": "
            + done
            + " tasks finished, "
            + running.size()
            + " running");
    cluster.startSchedulerAgain();
    moment("a scheduler is back on its directory and port, process " + cluster.scheduler().pid());
    List<String> rows = rows(answer);
    moment("finished: the client that waited all the time has its rows");
    TaskRuns runs = cluster.runs();
    takeFromLogs(runs);
    Instant progressAt = progress(runs, then, killedAt);
    print(rows, runs, progressAt, killedAt);
    check(rows, runs, running);
  }

  private boolean inTheMiddle() {
    TaskRuns runs = cluster.runs();
    Instant before = Instant.now().minus(RUNNING_MIN);
    return runs.runs().stream().anyMatch(Run::succeeded)
        && runs.runningAt(Instant.now()).stream().anyMatch(run -> run.startedAt().isBefore(before));
  }

  private static void await(
      String what, BooleanSupplier condition, CompletableFuture<List<String>> answer) {
    long deadlineNs = System.nanoTime() + MIDDLE_MAX.toNanos();
    while (!condition.getAsBoolean()) {
      if (answer.isDone()) {
        rows(answer);
        throw CommandFailure.failed("the query ended before its scheduler could be killed");
      }
      if (System.nanoTime() > deadlineNs) {
        throw CommandFailure.failed("not within " + MIDDLE_MAX.toSeconds() + " s: " + what);
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  private static List<String> rows(CompletableFuture<List<String>> answer) {
    try {
      return answer.get(ANSWER_MAX.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof CommandFailure failure
          ? failure
          : new IllegalStateException("cannot read the answer", e.getCause());
    } catch (TimeoutException e) {
      throw CommandFailure.failed("no answer within " + ANSWER_MAX.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  /** When each stage began and ended, and when executors were adopted. */
  private void takeFromLogs(TaskRuns runs) {
    Map<Integer, List<Run>> stages = new TreeMap<>();
    runs.runs()
        .forEach(run -> stages.computeIfAbsent(run.stage(), _ -> new ArrayList<>()).add(run));
    stages.forEach(
        (stage, tasks) -> {
          moment(tasks.getFirst().startedAt(), "stage " + stage + " starts");
          tasks.stream()
              .flatMap(run -> java.util.stream.Stream.ofNullable(run.endedAt()))
              .max(Comparator.naturalOrder())
              .ifPresent(
                  end -> moment(end, "stage " + stage + " is done: " + tasks.size() + " tasks"));
        });
    for (ChildProcess executor : cluster.executors()) {
      TaskRuns.adoptions(executor.errors())
          .forEach(
              adoption ->
                  moment(
                      adoption.time(),
                      executor.name()
                          + " is adopted: "
                          + adoption.running()
                          + " tasks running, "
                          + adoption.ended()
                          + " finished"));
    }
  }

  /** The first task that the scheduler of now has launched. */
  private Instant progress(TaskRuns runs, TaskRuns before, Instant killedAt) {
    Run first =
        runs.firstOfOthers(before.launchers())
            .orElseThrow(
                () -> CommandFailure.failed("the scheduler that came back launched nothing"));
    moment(
        first.startedAt(),
        "first progress: it launches task " + first.stage() + "/" + first.partition());
    return first.startedAt().isBefore(killedAt) ? killedAt : first.startedAt();
  }

  private void print(List<String> rows, TaskRuns runs, Instant progressAt, Instant killedAt) {
    moments.sort(Comparator.comparing(Moment::time));
    Instant start = moments.getFirst().time();
    TextTable table = new TextTable("SECONDS", "WHAT");
    for (Moment moment : moments) {
      table.row(seconds(Duration.between(start, moment.time())), moment.what());
    }
    out.println();
    out.println(table);
    out.println();
    rows.stream().limit(ROWS_SHOWN).forEach(out::println);
    out.println("... " + rows.size() + " rows");
    out.printf(
        Locale.ROOT,
        "%d finished tasks rerun, %d running tasks rerun (counted in the executors' logs)%n",
        runs.finishedRerun(),
        runs.unfinishedRerun());
    out.println(
        "from kill -9 to the next progress: "
            + seconds(Duration.between(killedAt, progressAt))
            + " s");
  }

  private void check(List<String> rows, TaskRuns runs, List<Run> running) throws IOException {
    List<String> expected = PlainAnswer.of(TpchGenerator.createViews(data), QUERY);
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

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.2f", duration.toMillis() / 1000.0);
  }

  private void moment(String what) {
    moments.add(new Moment(Instant.now(), what));
  }

  private void moment(Instant time, String what) {
    moments.add(new Moment(time, what));
  }
}

package io.mangonel.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.cluster.Rows;
import io.mangonel.process.ProcessCluster.Setup;
import io.mangonel.tpch.GenerationResult;
import io.mangonel.tpch.TpchGenerator;
import io.mangonel.tpch.TpchQueries;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The 22 TPC-H queries while the scheduler and the executors are killed with -9 again and again.
 *
 * <p>{@code -Dmangonel.crash.seconds=N} makes it longer, {@code -Dmangonel.crash.seed=S} repeats
 * the choice of victims; the moments are those of real processes and differ. {@code
 * -Dmangonel.crash.dir=D} keeps the logs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 3, unit = TimeUnit.HOURS)
class CrashTest {
  private static final double SCALE_FACTOR = 0.01;
  private static final int PARTS = 4;
  private static final int EXECUTORS = 2;
  private static final int CLIENTS = 2;
  private static final int SECONDS = Integer.getInteger("mangonel.crash.seconds", 15);
  private static final long SEED = Long.getLong("mangonel.crash.seed", System.nanoTime());
  private static final Duration ANSWER_MAX = Duration.ofMinutes(2);
  private static final int PAUSE_MIN_MS = 200;
  private static final int PAUSE_RANGE_MS = 2_500;

  /** Of each role, in every run. */
  private static final int KILLS_MIN = 3;

  private static final int AUTO_ONE_OF = 4;
  private static final int SCHEDULER_ONE_OF = 2;
  private static final int BOTH_ONE_OF = 10;
  private static final int OVERLAP_ONE_OF = 5;

  private static final Map<Integer, Rows> EXPECTED = new TreeMap<>();

  @TempDir static Path temporary;
  private static Path directory = Path.of("");

  @BeforeAll
  void generate() throws IOException, SQLException {
    String kept = System.getProperty("mangonel.crash.dir");
    directory = kept == null ? temporary : Path.of(kept, "crash-" + SEED);
    Path data = directory.resolve("data");
    assertThat(TpchGenerator.generate(SCALE_FACTOR, data, PARTS))
        .isInstanceOf(GenerationResult.Generated.class);
    String views = String.join(";\n", TpchGenerator.createViews(data));
    for (int query = 1; query <= TpchQueries.COUNT; query++) {
      EXPECTED.put(query, Rows.ofPlainDuckDb(views, TpchQueries.text(query)));
    }
  }

  /** What was done to the cluster. */
  private record Kills(AtomicInteger scheduler, AtomicInteger executors) {
    boolean tooFew() {
      return scheduler.get() < KILLS_MIN || executors.get() < KILLS_MIN;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"push", "pull"})
  void everyQueryIsAnsweredRightWhileEverythingIsKilled(String mode) throws Exception {
    Path data = directory.resolve("data");
    try (var cluster =
        new ProcessCluster(directory.resolve(mode), data, new Setup(EXECUTORS, 1, mode))) {
      var client = new RetryingClient(cluster.address(), data, ANSWER_MAX);
      for (String view : TpchGenerator.createViews(data)) {
        client.answer(view, Map.of());
      }
      var kills = new Kills(new AtomicInteger(), new AtomicInteger());
      var answered = new AtomicInteger();
      try {
        askAndKill(cluster, client, kills, answered);
      } finally {
        report(mode, cluster, client, kills, answered.get());
      }
      assertThat(kills.tooFew()).as("too few kills").isFalse();
      assertThat(client.retried()).as("calls that a kill ended").isNotEmpty();
      assertThat(cluster.bugs()).isEmpty();
      assertThat(
              TaskRuns.read(cluster.executorLogs())
                  .finishedRerunWithoutReason(TaskRuns.givenUp(cluster.schedulerLogs())))
          .as("finished tasks that ran again (rule T12), seed " + SEED)
          .isEmpty();
    }
  }

  private static void askAndKill(
      ProcessCluster cluster, RetryingClient client, Kills kills, AtomicInteger answered)
      throws Exception {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      var asked = new CountDownLatch(CLIENTS);
      long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      List<Future<?>> all = new ArrayList<>();
      for (int number = 0; number < CLIENTS; number++) {
        int first = number;
        all.add(
            threads.submit(
                () -> {
                  try {
                    ask(client, first, endNs, answered, kills);
                  } finally {
                    asked.countDown();
                  }
                  return null;
                }));
      }
      all.add(
          threads.submit(
              () -> {
                kill(cluster, new Random(SEED), asked, kills);
                return null;
              }));
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  /**
   * Asks its share of the queries in random order, and other shares until time is up.
   *
   * @param number of this client, from 0
   */
  private static void ask(
      RetryingClient client, int number, long endNs, AtomicInteger answered, Kills kills)
      throws Exception {
    var random = new Random(SEED + number);
    int share = number;
    do {
      int first = share++;
      List<Integer> queries =
          new ArrayList<>(
              IntStream.rangeClosed(1, TpchQueries.COUNT)
                  .filter(query -> (query + first) % CLIENTS == 0)
                  .boxed()
                  .toList());
      Collections.shuffle(queries, random);
      for (int query : queries) {
        String joins = random.nextInt(AUTO_ONE_OF) == 0 ? "auto" : "hash";
        Rows rows = client.answer(TpchQueries.text(query), Map.of("mangonel_join_mode", joins));
        try {
          rows.assertSameAs(Objects.requireNonNull(EXPECTED.get(query)));
        } catch (AssertionError e) {
          throw new AssertionError("query " + query + " " + joins + ", seed " + SEED, e);
        }
        answered.incrementAndGet();
      }
    } while (System.nanoTime() < endNs || kills.tooFew());
  }

  /** Kills and starts again one process after another until nobody asks any more. */
  private static void kill(ProcessCluster cluster, Random random, CountDownLatch asked, Kills kills)
      throws Exception {
    while (!asked.await(PAUSE_MIN_MS + random.nextInt(PAUSE_RANGE_MS), TimeUnit.MILLISECONDS)) {
      int victim = random.nextInt(EXECUTORS);
      boolean both = random.nextInt(BOTH_ONE_OF) == 0;
      boolean scheduler = both || random.nextInt(SCHEDULER_ONE_OF) == 0;
      if (scheduler) {
        cluster.scheduler().kill();
        kills.scheduler.incrementAndGet();
      }
      if (both || !scheduler) {
        cluster.executor(victim).kill();
        kills.executors.incrementAndGet();
        cluster.startExecutorAgain(victim);
      }
      if (scheduler) {
        cluster.startSchedulerAgain();
      }
      // Sometimes the next one falls while this one is not back yet.
      if (random.nextInt(OVERLAP_ONE_OF) != 0) {
        cluster.awaitExecutor(victim);
      }
    }
  }

  private static void report(
      String mode, ProcessCluster cluster, RetryingClient client, Kills kills, int answered) {
    TaskRuns runs = TaskRuns.read(cluster.executorLogs());
    System.out.printf(
        Locale.ROOT,
        "crash %s: seed %d, %d queries right, %d kills of the scheduler, %d of executors;"
            + " %d task attempts, %d of finished tasks, %d of unfinished ones;"
            + " outputs given up: %s; told to retry: %s%n",
        mode,
        SEED,
        answered,
        kills.scheduler().get(),
        kills.executors().get(),
        runs.runs().size(),
        runs.finishedRerun(),
        runs.unfinishedRerun(),
        TaskRuns.givenUp(cluster.schedulerLogs()).stream()
            .map(one -> one.why().replaceAll("^.*: (executor \\S+)?| \\[job=.*$", ""))
            .collect(Collectors.groupingBy(why -> why, TreeMap::new, Collectors.counting())),
        client.retried());
  }
}

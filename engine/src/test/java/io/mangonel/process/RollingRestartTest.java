package io.mangonel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.client.MangonelClient;
import io.mangonel.cluster.Rows;
import io.mangonel.flightsql.AdminActions;
import io.mangonel.tpch.TpchGenerator;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every scheduler and every executor is replaced, one after another, with SIGTERM, as for a new
 * version, while clients ask for one statement after another.
 */
class RollingRestartTest {
  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final int SCHEDULERS = 3;
  private static final int EXECUTORS = 2;
  private static final double SCALE_FACTOR = 0.01;
  private static final int PARTS = 4;

  /** Several stages; some tenths of a second of work. */
  private static final String QUERY =
      """
      SELECT a.l_linenumber AS n, count(*) AS pairs, sum(b.l_orderkey %% 7)::BIGINT AS weight
      FROM '%1$slineitem/*.parquet' a JOIN '%1$slineitem/*.parquet' b
        ON a.l_suppkey = b.l_suppkey AND a.l_orderkey < b.l_orderkey
      GROUP BY n ORDER BY n""";

  /** One stage, ahead of the store (rule D12). */
  private static final String SMALL = "SELECT 40 + 2 AS answer";

  @TempDir private Path directory;
  private Path data = Path.of("");
  private String expected = "";
  private final List<Thread> clients = new ArrayList<>();
  private final List<AtomicInteger> done = new ArrayList<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  /** Each begins at another scheduler. */
  private void startClients(EtcdProcesses cluster) {
    var options =
        MangonelClient.Options.DEFAULTS.withDirectory(data).with("mangonel_join_mode", "hash");
    for (int i = 0; i < SCHEDULERS; i++) {
      String addresses = cluster.addressesFrom(i);
      var answered = new AtomicInteger();
      done.add(answered);
      clients.add(Thread.ofPlatform().daemon().start(() -> ask(addresses, options, answered)));
    }
  }

  private void ask(String addresses, MangonelClient.Options options, AtomicInteger answered) {
    try {
      while (!stopped && failures.isEmpty()) {
        try (MangonelClient client = MangonelClient.connect(addresses, options)) {
          String rows = client.execute(QUERY.formatted("")).readAll().toString();
          String small = client.execute(SMALL).readAll().toString();
          if (!rows.equals(expected) || !small.equals("[[42]]")) {
            failures.add("wrong: " + rows + " " + small);
          }
        }
        answered.incrementAndGet();
      }
    } catch (RuntimeException | Error e) {
      failures.add(e.toString());
    }
  }

  /** Each client has begun and got the answer to one since. */
  private void awaitAnswers() {
    List<Integer> before = done.stream().map(AtomicInteger::get).toList();
    await()
        .atMost(BOUND)
        .until(
            () -> {
              for (int i = 0; i < done.size() && failures.isEmpty(); i++) {
                if (done.get(i).get() < before.get(i) + 2) {
                  return false;
                }
              }
              return true;
            });
    assertThat(failures).isEmpty();
  }

  @Test
  void noQueryIsLostAndNoFinishedTaskRunsAgain() throws Exception {
    data = directory.resolve("data");
    var _ = TpchGenerator.generate(SCALE_FACTOR, data, PARTS);
    expected = Rows.ofPlainDuckDb(QUERY.formatted(data + "/")).values().toString();
    try (var cluster = new EtcdProcesses(directory, data, SCHEDULERS, EXECUTORS)) {
      startClients(cluster);
      awaitAnswers();
      int handedOver = 0;
      for (int i = 0; i < SCHEDULERS; i++) {
        int scheduler = i;
        await()
            .atMost(BOUND)
            .pollInterval(Duration.ofMillis(5))
            .until(() -> owns(cluster, scheduler));
        cluster.scheduler(i).terminate();
        cluster.startSchedulerAgain(i);
        awaitAnswers();
        handedOver += handedOver(cluster); // Who is restarted next is asked now.
      }
      for (int i = 0; i < EXECUTORS; i++) {
        int executor = i;
        await()
            .atMost(BOUND)
            .pollInterval(Duration.ofMillis(5))
            .until(() -> isBusy(cluster.executor(executor)));
        cluster.executor(i).terminate();
        cluster.startExecutorAgain(i);
        awaitAnswers();
      }
      stopped = true;
      for (Thread client : clients) {
        assertThat(client.join(BOUND)).isTrue();
      }
      assertThat(failures).isEmpty();
      TaskRuns runs = cluster.runs();
      System.out.println(
          "rolling restart: %s answers, %d tasks, %d of them again"
              .formatted(done, runs.runs().size(), runs.unfinishedRerun()));
      assertThat(runs.finishedRerun()).as("finished tasks that ran again").isZero();
      assertThat(handedOver).as("schedulers that took jobs over").isPositive();
      assertEachJobIsDone(cluster);
    }
  }

  private static boolean owns(EtcdProcesses cluster, int scheduler) {
    String address = cluster.address(scheduler).toString();
    for (JsonNode one :
        EtcdProcesses.ask(cluster.address(scheduler), AdminActions.SCHEDULERS_LIST, "")) {
      if (one.path("address").asText().equals(address)) {
        return one.path("jobs").asInt() > 0;
      }
    }
    return false;
  }

  private static boolean isBusy(ServerProcess executor) {
    return !TaskRuns.read(List.of(executor.logs().getLast())).runningAt(Instant.now()).isEmpty();
  }

  private static int handedOver(EtcdProcesses cluster) {
    int count = 0;
    for (JsonNode one : EtcdProcesses.ask(cluster.address(0), AdminActions.SCHEDULERS_LIST, "")) {
      count += one.path("takeover_ms").isNull() ? 0 : 1;
    }
    return count;
  }

  /** One for each statement, however often it was sent. */
  private void assertEachJobIsDone(EtcdProcesses cluster) {
    int answers = done.stream().mapToInt(AtomicInteger::get).sum();
    for (int i = 0; i < SCHEDULERS; i++) {
      assertThat(cluster.jobs(cluster.address(i), QUERY.formatted("")))
          .hasSize(answers)
          .allMatch(job -> job.path("state").asText().equals("COMPLETED"));
    }
  }
}

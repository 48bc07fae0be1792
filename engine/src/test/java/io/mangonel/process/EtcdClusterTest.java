package io.mangonel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.MangonelProcess;
import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.demo.LocalEtcd;
import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.cli.demo.TaskRuns.Run;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.flightsql.AdminActions;
import io.mangonel.tpch.TpchGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three schedulers on one etcd, and two executors, each a process that can be killed. */
class EtcdClusterTest {
  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final Duration RUNNING_MIN = Duration.ofMillis(500);
  private static final int SCHEDULERS = 3;
  private static final int EXECUTORS = 2;
  private static final double SCALE_FACTOR = 0.15;
  private static final int PARTS = 4;

  /** Some stages; the tasks of the second join take seconds. */
  private static final String QUERY =
      """
      SELECT s_name, count(*) AS pairs
      FROM 'lineitem/*.parquet' a
      JOIN 'lineitem/*.parquet' b ON a.l_suppkey = b.l_suppkey AND a.l_orderkey < b.l_orderkey
      JOIN 'supplier/*.parquet' ON s_suppkey = a.l_suppkey
      GROUP BY s_name ORDER BY pairs DESC, s_name LIMIT 5""";

  @TempDir private Path directory;
  private @Nullable LocalEtcd etcd;
  private final List<ServerProcess> schedulers = new ArrayList<>();
  private final List<ServerProcess> executors = new ArrayList<>();
  private final List<HostAndPort> addresses = new ArrayList<>();
  private Path data = Path.of("");
  private int clients;

  @BeforeEach
  void start() throws IOException {
    var executable = LocalEtcd.executable();
    if (executable.isEmpty()) {
      String message = "no etcd on the PATH (Debian: etcd-server)";
      if (System.getProperty("mangonel.require", "").equals("all")) {
        throw new AssertionError(message);
      }
      abort(message);
      return;
    }
    data = directory.resolve("data");
    var _ = TpchGenerator.generate(SCALE_FACTOR, data, PARTS);
    LocalEtcd store = LocalEtcd.start(executable.get(), directory.resolve("etcd"));
    etcd = store;
    for (int i = 0; i < SCHEDULERS; i++) {
      schedulers.add(
          ServerProcess.start("scheduler" + i, directory, schedulerArguments(store.endpoint())));
    }
    for (ServerProcess scheduler : schedulers) {
      String port = scheduler.awaitReady().replaceAll(".*flight=grpc://[^:]+:(\\d+).*", "$1");
      addresses.add(new HostAndPort("127.0.0.1", Integer.parseInt(port)));
    }
    for (int i = 0; i < EXECUTORS; i++) {
      executors.add(ServerProcess.start("executor" + i, directory, executorArguments(i)));
    }
    executors.forEach(ServerProcess::awaitReady);
    // They know one scheduler, and learn of the others from it.
    await()
        .atMost(BOUND)
        .untilAsserted(
            () -> {
              for (HostAndPort address : addresses) {
                assertThat(ask(List.of(address), AdminActions.EXECUTORS_LIST)).hasSize(EXECUTORS);
              }
            });
  }

  private List<String> schedulerArguments(String endpoint) {
    List<String> arguments = new ArrayList<>(List.of("scheduler", "--http-port", "0"));
    arguments.addAll(List.of("--port", "0", "--state", "etcd:" + endpoint));
    arguments.addAll(List.of("--data-dirs", data.toString(), "--dir", directory.toString()));
    return arguments;
  }

  private List<String> executorArguments(int index) {
    List<String> arguments = new ArrayList<>(List.of("executor", "--slots", "2"));
    arguments.addAll(List.of("--schedulers", addresses.getFirst().toString(), "--threads", "1"));
    String work = directory.resolve("work" + index).toString();
    arguments.addAll(List.of("--memory", "1GB", "--work-dir", work));
    arguments.addAll(List.of("--data-dirs", data.toString(), "--dir", directory.toString()));
    return arguments;
  }

  @AfterEach
  void end() {
    executors.forEach(ServerProcess::close);
    schedulers.forEach(ServerProcess::close);
    if (etcd != null) {
      etcd.close();
    }
  }

  private static List<JsonNode> ask(List<HostAndPort> of, String action) {
    List<JsonNode> answer = new ArrayList<>();
    AdminReports.read(SchedulerConnection.ask(of, action, "")).forEach(answer::add);
    return answer;
  }

  private MangonelProcess sql(String statement) throws IOException {
    Path files = Files.createDirectory(directory.resolve("client-" + clients++));
    String urls = String.join(",", addresses.stream().map(HostAndPort::toString).toList());
    return MangonelProcess.start(
        data,
        files,
        List.of(
            "sql",
            "-c",
            statement,
            "--format",
            "csv",
            "--url",
            urls,
            "--set",
            "mangonel_join_mode=hash",
            "--data-dirs",
            data.toString()));
  }

  private static String answer(MangonelProcess client) throws InterruptedException {
    assertThat(client.process().waitFor(BOUND.toSeconds(), TimeUnit.SECONDS))
        .as(client.errors())
        .isTrue();
    assertThat(client.process().exitValue()).as(client.errors()).isZero();
    return client.output();
  }

  private TaskRuns runs() {
    return TaskRuns.read(executors.stream().flatMap(executor -> executor.logs().stream()).toList());
  }

  @Test
  void aQuerySurvivesKillMinus9OfItsOwnerWithItsRunningTasks() throws Exception {
    try (MangonelProcess undisturbed = sql(QUERY);
        MangonelProcess client = secondAfter(undisturbed)) {
      String expected = undisturbed.output();
      int tasks = runs().runs().size();
      await().atMost(BOUND).until(() -> inTheMiddle(tasks));
      int owner = owner();
      Instant killedAt = Instant.now();
      schedulers.get(owner).kill();
      TaskRuns then = runs();
      assertThat(then.runningAt(killedAt)).as("running tasks at the kill").isNotEmpty();

      assertThat(answer(client)).isEqualTo(expected);
      TaskRuns all = runs();
      assertThat(all.finishedRerun()).as("finished tasks run again").isZero();
      assertThat(all.unfinishedRerun()).as("running tasks run again").isZero();
      assertThat(new TreeSet<>(all.launchers())).as("who launched tasks").hasSizeBetween(1, 2);
      List<HostAndPort> left = new ArrayList<>(addresses);
      left.remove(owner);
      List<JsonNode> known = ask(left, AdminActions.SCHEDULERS_LIST);
      assertThat(known).hasSize(SCHEDULERS - 1);
      assertThat(known).anyMatch(one -> !one.path("takeover_ms").isNull());
      for (HostAndPort address : left) {
        assertThat(ask(List.of(address), AdminActions.JOBS_LIST))
            .hasSize(2)
            .allMatch(job -> job.path("state").asText().equals("COMPLETED"));
      }
      assertThat(suspected()).as("keys deleted by suspicion (rule T1)").isEqualTo(1);
      standsStill((owner + 1) % SCHEDULERS, (owner + 2) % SCHEDULERS);
    }
  }

  /** It is no suspect: its lease decides, and it comes back under another name (rules T1, T2). */
  private void standsStill(int still, int awake) throws Exception {
    List<HostAndPort> there = List.of(addresses.get(awake));
    schedulers.get(still).pause();
    await()
        .atMost(BOUND)
        .untilAsserted(() -> assertThat(ask(there, AdminActions.SCHEDULERS_LIST)).hasSize(1));
    schedulers.get(still).resume();
    await()
        .atMost(BOUND)
        .untilAsserted(() -> assertThat(ask(there, AdminActions.SCHEDULERS_LIST)).hasSize(2));
    assertThat(schedulers.get(still).errors()).contains("comes back under another name");
    assertThat(suspected()).as("keys deleted by suspicion").isEqualTo(1);
  }

  /** As the schedulers say. */
  private long suspected() {
    return schedulers.stream()
        .flatMap(scheduler -> scheduler.errors().lines())
        .filter(line -> line.contains("gone by suspicion: its key is deleted"))
        .count();
  }

  private MangonelProcess secondAfter(MangonelProcess first) throws Exception {
    answer(first);
    return sql(QUERY);
  }

  /** Of the second query some tasks have succeeded and one has run for a while. */
  private boolean inTheMiddle(int before) {
    List<Run> runs = runs().runs();
    Instant earlier = Instant.now().minus(RUNNING_MIN);
    List<Run> second = runs.subList(Math.min(before, runs.size()), runs.size());
    return second.stream().anyMatch(Run::succeeded)
        && second.stream()
            .anyMatch(run -> run.endedAt() == null && run.startedAt().isBefore(earlier));
  }

  /** The index of the scheduler that has a job. */
  private int owner() {
    for (JsonNode scheduler : ask(addresses, AdminActions.SCHEDULERS_LIST)) {
      if (scheduler.path("jobs").asInt() == 1) {
        return addresses.indexOf(HostAndPort.parse(scheduler.path("address").asText()));
      }
    }
    throw new AssertionError("no scheduler has a job");
  }
}

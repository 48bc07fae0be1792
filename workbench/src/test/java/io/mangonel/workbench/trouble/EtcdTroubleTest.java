package io.mangonel.workbench.trouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.CompactOption;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.insight.AttemptLine;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.JobDetail;
import io.mangonel.scheduler.query.JobState;
import io.mangonel.tpch.TpchGenerator;
import io.mangonel.workbench.etcd.EtcdMembers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two schedulers and their clients while three members of etcd have trouble: tasks go on, nothing
 * is decided twice, no job is lost, and every client gets its answer, or is told to ask again.
 * {@code -Dmangonel.trouble.seconds} says how long a trouble lasts.
 */
class EtcdTroubleTest {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdTroubleTest.class);
  private static final Duration BOUND = Duration.ofMinutes(3);
  private static final int CLIENTS = 3;
  private static final int MEMBERS = 3;

  /** Longer than the lease of a scheduler. */
  private static final long TROUBLE_S = Long.getLong("mangonel.trouble.seconds", 7);

  /** The longest that any call may take: planning, a read of the store, an acceptance. */
  private static final long CALL_MAX_MS = 40_000;

  /** Two scans, a shuffle, a join, a sum. */
  private static final String JOIN =
      """
      SELECT sum(l_linenumber)::BIGINT + %d AS x
      FROM 'lineitem/*.parquet' JOIN 'orders/*.parquet' ON l_orderkey = o_orderkey""";

  /** Some seconds on one core. */
  private static final String LONG =
      "SELECT sum(hash(a.range, b.range) % 1000) FROM range(12000) a, range(20000) b";

  private static final String ENDLESS =
      "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range < b.range";

  @TempDir private static Path directory;
  private static @Nullable EtcdMembers etcd;
  private static @Nullable TroubledCluster cluster;
  private static Clients.Statement join = new Clients.Statement("", 0);
  private static int runs;

  @BeforeAll
  static void start() throws Exception {
    Path executable = RequiredEtcd.executable();
    Path data = directory.resolve("data");
    var _ = TpchGenerator.generate(0.01, data, 4);
    join =
        new Clients.Statement(
            JOIN,
            plain(
                JOIN.formatted(0)
                    .replace("'lineitem", "'" + data + "/lineitem")
                    .replace("'orders", "'" + data + "/orders")));
    EtcdMembers members =
        EtcdMembers.start(executable, directory.resolve("etcd"), EtcdMembers.Setup.of(MEMBERS));
    etcd = members;
    await().atMost(BOUND).until(() -> leader().isPresent());
    cluster = new TroubledCluster("etcd:" + members.endpoints(), directory, data);
  }

  private static long plain(String sql) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var rows = connection.createStatement().executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }

  @AfterAll
  static void end() {
    if (cluster != null) {
      cluster.close();
    }
    if (etcd != null) {
      etcd.close();
    }
  }

  @AfterEach
  void noBugs() {
    assertThat(cluster().bugs()).isEmpty();
  }

  private static TroubledCluster cluster() {
    return java.util.Objects.requireNonNull(cluster);
  }

  private static EtcdMembers etcd() {
    return java.util.Objects.requireNonNull(etcd);
  }

  /** Who leads, as a member says of itself. */
  private static java.util.Optional<Integer> leader() {
    for (int member = 0; member < MEMBERS; member++) {
      if (saysOfItself(member, "etcd_server_is_leader 1")) {
        return java.util.Optional.of(member);
      }
    }
    return java.util.Optional.empty();
  }

  private static boolean saysOfItself(int member, String line) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(etcd().endpoint(member) + "/metrics"))
            .timeout(Duration.ofSeconds(1))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, HttpResponse.BodyHandlers.ofString())
          .body()
          .lines()
          .anyMatch(line::equals);
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What is done to etcd; returns when that is over. */
  interface Trouble {
    void happens() throws Exception;
  }

  private static void during(String name, boolean withLongTask, Trouble trouble) throws Exception {
    int comebacks = cluster().comebacks();
    try (Clients clients = new Clients(cluster(), name + runs++, CLIENTS, join)) {
      await().atMost(BOUND).until(() -> clients.fewestDone() >= 1 || failed(clients));
      JobId task = withLongTask ? longTask(name) : null;
      long startNs = System.nanoTime();
      trouble.happens();
      long troubleMs = (System.nanoTime() - startNs) / 1_000_000;
      int before = clients.fewestDone();
      await().atMost(BOUND).until(() -> clients.fewestDone() >= before + 2 || failed(clients));
      clients.stop();
      LOG.info(
          "{}: {} ms of trouble, {} statements answered, {} times asked again {}, longest call"
              + " {} ms, {} schedulers came back",
          name,
          troubleMs,
          clients.allDone(),
          clients.retried().size(),
          new HashSet<>(clients.retried()),
          clients.longestCallMs(),
          cluster().comebacks() - comebacks);
      assertThat(clients.failures()).isEmpty();
      assertThat(clients.longestCallMs()).isLessThan(CALL_MAX_MS);
      // One job for each key, however often it was sent, and each ended well.
      assertThat(new HashSet<>(clients.jobs())).hasSize(clients.allDone());
      clients.jobs().forEach(EtcdTroubleTest::assertDoneOnce);
      if (task != null) {
        await().atMost(BOUND).until(() -> state(task) == JobState.COMPLETED);
        assertThat(detail(task).history().attempts()).as("attempts of the long task").hasSize(1);
      }
    }
  }

  private static boolean failed(Clients clients) {
    return !clients.failures().isEmpty();
  }

  private static JobId longTask(String name) {
    return running(LONG, "long-" + name);
  }

  private static JobId running(String sql, String key) {
    Answer<JobId> submitted = cluster().submit(0, sql, key);
    assertThat(submitted).isInstanceOf(Answer.Ok.class);
    JobId job = ((Answer.Ok<JobId>) submitted).value();
    await()
        .atMost(BOUND)
        .until(
            () ->
                detail(job).history().attempts().stream()
                    .anyMatch(line -> line.outcome().equals(AttemptLine.RUNNING)));
    return job;
  }

  private static JobDetail detail(JobId job) {
    return await()
        .atMost(BOUND)
        .until(
            () -> {
              Answer<JobDetail> answer = cluster().ask(0, queries -> queries.job(job));
              return answer instanceof Answer.Ok<JobDetail>(JobDetail found) ? found : null;
            },
            java.util.Objects::nonNull);
  }

  private static JobState state(JobId job) {
    return detail(job).summary().state();
  }

  private static void assertDoneOnce(JobId job) {
    JobDetail detail = detail(job);
    assertThat(detail.summary().state()).isEqualTo(JobState.COMPLETED);
    List<String> succeeded =
        detail.history().attempts().stream()
            .filter(line -> line.outcome().equals("SUCCEEDED"))
            .map(line -> line.id().stage() + "/" + line.id().partition())
            .toList();
    assertThat(succeeded).as("tasks of job " + job).doesNotHaveDuplicates();
  }

  /** Nobody answers, and no connection breaks: longer than the schedulers' leases. */
  @Test
  void allMembersStandStill() throws Exception {
    during(
        "still",
        true,
        () -> {
          for (int member = 0; member < MEMBERS; member++) {
            etcd().stop(member);
          }
          pass(TROUBLE_S * 1_000);
          for (int member = 0; member < MEMBERS; member++) {
            etcd().resume(member);
          }
        });
  }

  @Test
  void theLeaderIsKilledAndComesBack() throws Exception {
    during(
        "leader",
        false,
        () -> {
          int leader =
              await().atMost(BOUND).until(EtcdTroubleTest::leader, o -> o.isPresent()).get();
          etcd().kill(leader);
          await().atMost(BOUND).until(() -> leader().isPresent());
          etcd().startAgain(leader);
          await().atMost(BOUND).until(() -> saysOfItself(leader, "etcd_server_has_leader 1"));
        });
  }

  @Test
  void theQuorumIsLostAndComesBack() throws Exception {
    during(
        "quorum",
        true,
        () -> {
          etcd().kill(0);
          etcd().kill(1);
          pass(TROUBLE_S * 1_000);
          assertThat(saysOfItself(2, "etcd_server_has_leader 1")).isFalse();
          etcd().startAgain(0);
          etcd().startAgain(1);
        });
  }

  /**
   * All history goes, again and again, while watches and scans are under way, and the leader stands
   * still for moments, as one does whose disk is slow. A job is cancelled at the scheduler that it
   * is not of, which tells by the store.
   */
  @Test
  void etcdIsSlowAndCompactedUnderWatches() throws Exception {
    JobId endless = running(ENDLESS, "endless-" + runs);
    AtomicBoolean cancelled = new AtomicBoolean();
    during(
        "slow",
        false,
        () -> {
          long untilNs = System.nanoTime() + TROUBLE_S * 1_000_000_000;
          try (Client admin = Client.builder().endpoints(etcd().endpoints().split(",")).build()) {
            while (System.nanoTime() < untilNs) {
              int leader =
                  await().atMost(BOUND).until(EtcdTroubleTest::leader, o -> o.isPresent()).get();
              etcd().stop(leader);
              pass(400);
              etcd().resume(leader);
              compact(admin);
              pass(300);
              if (!cancelled.get()) {
                cancelled.set(
                    cluster().ask(1, queries -> queries.cancel(endless)) instanceof Answer.Ok);
              }
            }
          }
        });
    assertThat(cancelled).as("cancelled meanwhile").isTrue();
    await().atMost(BOUND).until(() -> state(endless) == JobState.CANCELLED);
  }

  private static void compact(Client admin) throws Exception {
    long revision =
        admin
            .getKVClient()
            .get(ByteSequence.from("x", StandardCharsets.UTF_8))
            .get(30, TimeUnit.SECONDS)
            .getHeader()
            .getRevision();
    try {
      var physical = CompactOption.builder().withCompactPhysical(true).build();
      admin.getKVClient().compact(revision, physical).get(30, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      assertThat(e).hasMessageContaining("compacted"); // A scheduler was faster.
    }
  }

  private static void pass(long ms) {
    await()
        .pollDelay(Duration.ofMillis(ms))
        .atMost(Duration.ofMillis(ms).plus(BOUND))
        .until(() -> true);
  }
}

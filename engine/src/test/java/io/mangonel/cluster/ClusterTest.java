package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.JobDetail;
import io.mangonel.scheduler.query.JobState;
import io.mangonel.scheduler.query.JobSummary;
import io.mangonel.scheduler.query.StatementRequest;
import io.mangonel.scheduler.query.Submission;
import io.mangonel.wire.Channels;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Reply;
import io.mangonel.wire.scheduler.SchedulerClient;
import io.mangonel.wire.scheduler.SchedulerMessages.Mode;
import io.mangonel.wire.scheduler.SchedulerMessages.Registration;
import io.mangonel.wire.scheduler.SchedulerMessages.RegistrationAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a cluster does beside answering right: errors, cancel, views, settings, many clients. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterTest {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final int CLIENTS = 8;
  private static final int QUERIES_PER_CLIENT = 6;
  private static final String ENDLESS = "SELECT sum(i * i) FROM range(4000000000000) t(i)";

  @TempDir static Path directory;
  private static TestCluster cluster;

  @BeforeAll
  static void start() throws IOException, SQLException {
    Path data = Files.createDirectories(directory.resolve("data"));
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement()) {
      for (int part = 0; part < 4; part++) {
        statement.execute(
            "COPY (SELECT i AS id, i %% 10 AS grp, 'name ' || i AS name FROM range(%d, %d) t(i)) TO '%s'"
                .formatted(part * 25_000, (part + 1) * 25_000, data.resolve(part + ".parquet")));
      }
    }
    cluster = new TestCluster(directory.resolve("cluster"), data, "memory", 2);
    cluster.execute("CREATE VIEW numbers AS FROM '*.parquet'");
  }

  @AfterAll
  static void stop() {
    cluster.close();
    assertThat(cluster.fatal()).isNull();
  }

  @Test
  void aLargeResultIsFetchedFromItsExecutor() throws IOException {
    Rows rows = cluster.rows("SELECT id, name FROM numbers ORDER BY id", Map.of());
    assertThat(rows.values()).hasSize(100_000);
    assertThat(rows.values().getLast()).containsExactly(99_999L, "name 99999");
  }

  @Test
  void aWrongStatementIsTheUsersFaultWithDuckDbsMessage() {
    assertThat(cluster.queries().submit(cluster.request("SELEC 1", Map.of())))
        .isInstanceOfSatisfying(
            Answer.UserFault.class, fault -> assertThat(fault.message()).contains("syntax error"));
    assertThat(cluster.queries().submit(cluster.request("SELECT nope FROM numbers", Map.of())))
        .isInstanceOfSatisfying(
            Answer.UserFault.class, fault -> assertThat(fault.message()).contains("nope"));
  }

  @Test
  void aStatementThatFailsOnItsDataFailsAtOnceWithTheMessage() {
    JobId job = cluster.submit("SELECT max(CAST(name AS INTEGER)) FROM numbers", Map.of());
    assertThat(cluster.queries().openResult(job, TestCluster.ANSWER_WAIT_MS))
        .isInstanceOfSatisfying(
            Answer.UserFault.class,
            fault -> assertThat(fault.message()).contains("Conversion Error"));
    assertThat(summary(job).state()).isEqualTo(JobState.FAILED);
  }

  @Test
  void aCancelledJobEndsAndFreesItsSlot() throws IOException {
    JobId job = cluster.submit(ENDLESS, Map.of());
    await()
        .atMost(WAIT)
        .until(() -> detail(job).stages().stream().anyMatch(stage -> stage.running() > 0));
    cluster.queries().cancel(job);
    assertThat(cluster.queries().openResult(job, TestCluster.ANSWER_WAIT_MS))
        .isInstanceOf(Answer.UserFault.class);
    assertThat(summary(job).state()).isEqualTo(JobState.CANCELLED);
    assertThat(cluster.rows("SELECT count(*) FROM numbers", Map.of()).values())
        .containsExactly(List.of(100_000L));
  }

  @Test
  void anUnknownJobIsNotFound() {
    assertThat(cluster.queries().openResult(new JobId("nobody"), 10))
        .isInstanceOf(Answer.NotFound.class);
    assertThat(cluster.queries().job(new JobId("nobody"))).isInstanceOf(Answer.NotFound.class);
  }

  @Test
  void manyClientsAtOnceEachGetTheirRows() throws Exception {
    List<Future<List<Rows>>> clients = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(CLIENTS)) {
      for (int client = 0; client < CLIENTS; client++) {
        int grp = client;
        clients.add(
            threads.submit(
                () -> {
                  List<Rows> answers = new ArrayList<>();
                  for (int i = 0; i < QUERIES_PER_CLIENT; i++) {
                    answers.add(
                        cluster.rows(
                            "SELECT grp, count(*) AS n FROM numbers WHERE grp = %d GROUP BY grp"
                                .formatted(grp),
                            Map.of()));
                  }
                  return answers;
                }));
      }
      for (int client = 0; client < CLIENTS; client++) {
        for (Rows rows : result(clients.get(client))) {
          assertThat(rows.values()).containsExactly(List.of((long) client, 10_000L));
        }
      }
    }
  }

  private static List<Rows> result(Future<List<Rows>> client) throws InterruptedException {
    try {
      return client.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  @Test
  void theSameIdempotencyKeyIsTheSameJob() {
    var request =
        new StatementRequest(
            "SELECT count(*) FROM numbers",
            "tester",
            null,
            "key-7",
            directory.resolve("data").toString(),
            new TreeMap<>());
    JobId first = id(cluster.queries().submit(request));
    assertThat(id(cluster.queries().submit(request))).isEqualTo(first);
    var other =
        new StatementRequest(
            "SELECT 1",
            "tester",
            null,
            "key-7",
            directory.resolve("data").toString(),
            new TreeMap<>());
    assertThat(cluster.queries().submit(other)).isInstanceOf(Answer.UserFault.class);
  }

  private static JobId id(Answer<Submission> answer) {
    if (answer instanceof Answer.Ok<Submission>(Submission.Job(JobId id, var _, boolean _))) {
      return id;
    }
    throw new AssertionError(answer);
  }

  @Test
  void viewsAreCreatedListedAndDropped() throws IOException {
    cluster.execute("CREATE VIEW evens AS SELECT id FROM numbers WHERE id % 2 = 0");
    assertThat(cluster.queries().definitions(cluster.request("", Map.of())))
        .isInstanceOfSatisfying(
            Answer.Ok.class, ok -> assertThat(ok.value().toString()).contains("evens"));
    assertThat(cluster.rows("SELECT count(*) FROM evens", Map.of()).values())
        .containsExactly(List.of(50_000L));
    cluster.execute("DROP VIEW evens");
    assertThat(cluster.queries().submit(cluster.request("FROM evens", Map.of())))
        .isInstanceOf(Answer.UserFault.class);
  }

  @Test
  void aSettingLastsForItsSession() throws IOException {
    cluster.execute("SET TimeZone = 'Asia/Tokyo'");
    assertThat(cluster.rows("SELECT current_setting('TimeZone') AS zone", Map.of()).values())
        .containsExactly(List.of("Asia/Tokyo"));
    cluster.execute("RESET TimeZone");
  }

  @Test
  void explainIsTextWithoutAJob() {
    assertThat(cluster.queries().submit(cluster.request("EXPLAIN SELECT * FROM numbers", Map.of())))
        .isInstanceOfSatisfying(
            Answer.Ok.class,
            ok -> {
              var immediate = (Submission.Immediate) ok.value();
              assertThat(immediate.columns()).hasSize(1);
              assertThat(immediate.rows()).isNotEmpty();
            });
  }

  @Test
  void explainAnalyzeRunsTheStatementAndTellsOfItsTasks() throws IOException {
    String statement = "EXPLAIN ANALYZE SELECT id % 3 AS k, count(*) FROM numbers GROUP BY k";
    String text =
        cluster.rows(statement, Map.of("mangonel_join_mode", "hash")).values().stream()
            .map(row -> String.valueOf(row.getFirst()))
            .collect(Collectors.joining("\n"));
    assertThat(text)
        .startsWith("2 stages, ")
        .containsPattern("gave 12 rows, [0-9.]+ K?i?B in [0-9,]+ ms, skew [0-9.]+ by time")
        .containsPattern("task 0 on \\S+: 3 rows, ")
        .containsPattern("task 1 on \\S+: 3 rows, ")
        .contains("gave 3 rows")
        .contains("GROUP BY")
        .containsPattern("planned in [0-9,]+ ms, ran in [0-9,]+ ms");
  }

  @Test
  void aStatementIsDescribedWithoutRunning() {
    assertThat(
            cluster
                .queries()
                .describe(cluster.request("SELECT id, name AS n FROM numbers", Map.of())))
        .isEqualTo(
            new Answer.Ok<>(
                List.of(
                    new ResultColumn("id", "BIGINT", "BIGINT"),
                    new ResultColumn("n", "VARCHAR", "VARCHAR"))));
  }

  @Test
  void anExecutorOfAnotherDuckDbIsRefusedByName() {
    try (var channels = new Channels()) {
      var registration =
          new Registration(
              new ExecutorId("old"),
              new Incarnation("old-1"),
              new HostPort("127.0.0.1", 1),
              1,
              1,
              1,
              "v0.1.0",
              Mode.PUSH,
              List.of());
      assertThat(
              new SchedulerClient(channels)
                  .registerExecutor(new HostPort("127.0.0.1", cluster.port()), registration))
          .isInstanceOfSatisfying(
              Reply.Answered.class,
              answer ->
                  assertThat(answer.value())
                      .isInstanceOfSatisfying(
                          RegistrationAnswer.Refused.class,
                          refused -> assertThat(refused.message()).contains("v0.1.0")));
    }
  }

  @Test
  void executorsAndJobsAreListed() throws IOException {
    JobId job = cluster.submit("SELECT count(*) FROM numbers", Map.of());
    cluster.rows(job);
    assertThat(cluster.queries().executors())
        .isInstanceOfSatisfying(Answer.Ok.class, ok -> assertThat((List<?>) ok.value()).hasSize(2));
    // Its rows came ahead of its end (rule D12).
    JobDetail detail =
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> detail(job), seen -> seen.summary().state() == JobState.COMPLETED);
    assertThat(detail.summary().rows()).isEqualTo(1);
    assertThat(detail.stages().getLast().done()).isEqualTo(1);
    assertThat(detail.stages().getLast().byTask().getFirst().executor()).isNotNull();
    assertThat(cluster.queries().jobs(1000))
        .isInstanceOfSatisfying(
            Answer.Ok.class,
            ok ->
                assertThat((List<?>) ok.value())
                    .anyMatch(line -> ((JobSummary) line).id().equals(job)));
  }

  private static JobDetail detail(JobId job) {
    return switch (cluster.queries().job(job)) {
      case Answer.Ok<JobDetail>(JobDetail detail) -> detail;
      case Answer<JobDetail> other -> throw new AssertionError(job + ": " + other);
    };
  }

  private static JobSummary summary(JobId job) {
    return detail(job).summary();
  }
}

package io.mangonel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.cluster.Rows;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.process.ProcessCluster.Setup;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.state.RocksDbStateBackend;
import io.mangonel.tpch.GenerationResult;
import io.mangonel.tpch.TpchGenerator;
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
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One fault at a time on one cluster of processes, under a query of a few seconds. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // Set before every test.
class FaultsTest {
  private static final double SCALE_FACTOR = 0.02;
  private static final Duration MAX = Duration.ofMinutes(2);

  /** Shorter than an executor's silence that counts, longer than a gap between ticks. */
  private static final long SCHEDULER_PAUSE_MS = 2_500;

  /** At least so long an executor stands still; a minute is tried by hand. */
  private static final long EXECUTOR_PAUSE_MS = Long.getLong("mangonel.faults.pauseMs", 0);

  /** How often a process is stopped until it is caught with a task. */
  private static final int STOPS_MAX = 20;

  private static final String QUERY =
      """
      SELECT a.l_linenumber, count(*) AS pairs, sum(a.l_quantity * b.l_discount) AS weight
      FROM lineitem a JOIN lineitem b ON a.l_suppkey = b.l_suppkey AND a.l_orderkey < b.l_orderkey
      GROUP BY 1""";

  /** Two stages read the one with random(); a join of both sees whether they read the same. */
  private static final String TWO_READERS =
      """
      WITH r AS MATERIALIZED (
        SELECT l_orderkey AS k, l_linenumber AS n, random() AS x FROM lineitem)
      SELECT count(*) AS pairs, count(*) FILTER (a.k = b.k) AS same,
        count(*) FILTER (a.k = b.k AND a.x <> b.x) AS differing
      FROM r a JOIN r b ON a.k % 20 = b.k % 20 AND a.n = b.n""";

  @TempDir static Path directory;
  private ProcessCluster cluster;
  private RetryingClient client;
  private Rows expected;
  private Rows twoReaders;

  @BeforeAll
  void start() throws IOException, SQLException, TimeoutException {
    Path data = directory.resolve("data");
    assertThat(TpchGenerator.generate(SCALE_FACTOR, data, 4))
        .isInstanceOf(GenerationResult.Generated.class);
    List<String> views = TpchGenerator.createViews(data);
    expected = Rows.ofPlainDuckDb(String.join(";\n", views), QUERY);
    twoReaders = Rows.ofPlainDuckDb(String.join(";\n", views), TWO_READERS);
    cluster = new ProcessCluster(directory.resolve("cluster"), data, new Setup(2, 1, "push"));
    client = new RetryingClient(cluster.address(), data, MAX);
    for (String view : views) {
      client.answer(view, Map.of());
    }
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @AfterEach
  void nothingUnexpectedWasLogged() {
    assertThat(cluster.bugs()).isEmpty();
  }

  /** Starts the query and returns when tasks run. */
  private CompletableFuture<Rows> running() {
    return running(QUERY);
  }

  private CompletableFuture<Rows> running(String query) {
    long before = started();
    CompletableFuture<Rows> answer = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                answer.complete(client.answer(query, Map.of("mangonel_join_mode", "hash")));
              } catch (TimeoutException | RuntimeException e) {
                answer.completeExceptionally(e);
              }
            });
    await()
        .atMost(MAX)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> started() > before && !runs().runningAt(Instant.now()).isEmpty());
    return answer;
  }

  private long started() {
    return runs().runs().size();
  }

  private TaskRuns runs() {
    return TaskRuns.read(cluster.executorLogs());
  }

  /** The tasks of the newest job. */
  private TaskRuns newest() {
    TaskRuns all = runs();
    return all.of(all.runs().getLast().job());
  }

  private void assertAnswered(CompletableFuture<Rows> answer) throws Exception {
    answer.get(MAX.toSeconds(), TimeUnit.SECONDS).assertSameAs(expected);
  }

  /** How long a process stands still is the fault itself. */
  private static void pass(long ms) {
    await().pollDelay(Duration.ofMillis(ms)).atMost(MAX.plusMillis(ms)).until(() -> true);
  }

  @Test
  void aSchedulerThatStandsStillLosesNoExecutorAndNoTask() throws Exception {
    CompletableFuture<Rows> answer = running();
    cluster.scheduler().pause();
    pass(SCHEDULER_PAUSE_MS);
    assertThat(answer).isNotDone();
    cluster.scheduler().resume();
    assertAnswered(answer);
    assertThat(newest().finishedRerun() + newest().unfinishedRerun()).isZero();
  }

  @Test
  void anExecutorThatStandsStillIsReplacedAndDoesNoHarmWhenItComesBack() throws Exception {
    CompletableFuture<Rows> answer = running();
    TaskRuns.Run caught = stopWithATask(0, answer);
    Instant stopped = Instant.now();
    // Nothing else can run that task: the job waits until the executor is given up.
    await().atMost(MAX).until(() -> ranElsewhere(caught) || answer.isDone());
    assertThat(ranElsewhere(caught)).isTrue();
    pass(Math.max(1, EXECUTOR_PAUSE_MS - Duration.between(stopped, Instant.now()).toMillis()));
    cluster.executor(0).resume();
    assertAnswered(answer);
    assertThat(transitions())
        .as("the executor was lost, and the store knows why")
        .anySatisfy(
            transition ->
                assertThat(transition)
                    .isInstanceOfSatisfying(
                        GraphTransition.ExecutorGone.class,
                        gone -> assertThat(gone.reason()).contains("is silent")));
    assertAnswered(running());
    cluster.awaitExecutor(0);
  }

  /**
   * Stops the executor while a task of the newest job runs there, and returns that task. What its
   * log does not call ended once it stands still has told nobody of its end either.
   */
  private TaskRuns.Run stopWithATask(int executor, CompletableFuture<Rows> answer)
      throws Exception {
    for (int stops = 0; stops < STOPS_MAX; stops++) {
      await()
          .atMost(MAX)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> !runningOn(executor).isEmpty() || answer.isDone());
      assertThat(answer).as("a query during which it runs nothing shows nothing").isNotDone();
      cluster.executor(executor).pause();
      List<TaskRuns.Run> caught = runningOn(executor);
      if (!caught.isEmpty()) {
        return caught.getFirst();
      }
      cluster.executor(executor).resume();
    }
    throw new AssertionError("executor " + executor + " was never caught with a task");
  }

  private List<TaskRuns.Run> runningOn(int executor) {
    return TaskRuns.read(List.of(cluster.executor(executor).logs().getLast()))
        .runningAt(Instant.now());
  }

  private boolean ranElsewhere(TaskRuns.Run caught) {
    return runs().of(caught.job()).runs().stream()
        .anyMatch(
            run ->
                run.stage() == caught.stage()
                    && run.partition() == caught.partition()
                    && run.startedAt().isAfter(caught.startedAt()));
  }

  /** What became durable of the newest job; the scheduler starts again for it. */
  private List<GraphTransition> transitions() throws Exception {
    String job = newest().runs().getLast().job();
    cluster.scheduler().kill();
    List<GraphTransition> log = new ArrayList<>();
    try (var store = RocksDbStateBackend.open(cluster.stateDirectory(), _ -> {})) {
      var stored = new StoredState(store);
      stored
          .ended(new JobId(job))
          .flatMap(stored::details)
          .orElseThrow()
          .log()
          .forEach(log::addAll);
    }
    cluster.startSchedulerAgain();
    return log;
  }

  /** Rule T7: rows of two attempts of a stage with random() are never mixed. */
  @Test
  void aNondeterministicStageThatLosesAnOutputRunsAgainWholeWithItsReaders() throws Exception {
    CompletableFuture<Rows> answer = running(TWO_READERS);
    await()
        .atMost(MAX)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> newest().runningAt(Instant.now()).stream().anyMatch(run -> run.stage() == 3));
    String job = newest().runs().getLast().job();
    int holder = ran(0, job) ? 0 : 1;
    cluster.executor(holder).kill();
    delete(cluster.workDirectory(holder).resolve("shuffle"));
    cluster.startExecutorAgain(holder);

    answer.get(MAX.toSeconds(), TimeUnit.SECONDS).assertSameAs(twoReaders);
    assertThat(runs().of(job).runs())
        .filteredOn(run -> run.stage() == 0 && !run.attempt().contains("/0.0/"))
        .as("both tasks of the stage ran again")
        .extracting(TaskRuns.Run::partition)
        .contains(0, 1);
    cluster.awaitExecutor(holder);
  }

  /** Whether a task of the stage with random() ran there. */
  private boolean ran(int executor, String job) {
    return TaskRuns.read(cluster.executor(executor).logs()).of(job).runs().stream()
        .anyMatch(run -> run.stage() == 0);
  }

  private void loseWorkDirectory(int executor) throws IOException, InterruptedException {
    cluster.executor(executor).kill();
    delete(cluster.workDirectory(executor));
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void anExecutorThatLostItsWorkDirectoryBeginsAnew() throws Exception {
    CompletableFuture<Rows> answer = running();
    loseWorkDirectory(1);
    cluster.startExecutorAgain(1);
    assertAnswered(answer);
    cluster.awaitExecutor(1);
  }

  @Test
  void anExecutorThatIsAskedToEndGivesItsWorkAway() throws Exception {
    CompletableFuture<Rows> answer = running();
    cluster.executor(0).terminate();
    assertAnswered(answer);
    cluster.startExecutorAgain(0);
    cluster.awaitExecutor(0);
  }

  @Test
  void anExecutorOfAnotherDuckDbIsRefusedByAProcessToo() {
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
      var address = new HostPort(cluster.address().host(), cluster.address().port());
      assertThat(new SchedulerClient(channels).registerExecutor(address, registration))
          .isInstanceOfSatisfying(
              Reply.Answered.class,
              answer ->
                  assertThat(answer.value())
                      .isInstanceOfSatisfying(
                          RegistrationAnswer.Refused.class,
                          refused -> assertThat(refused.message()).contains("v0.1.0")));
    }
  }
}

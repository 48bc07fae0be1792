package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.task.JobId;
import io.mangonel.executor.ExecutorConfig;
import io.mangonel.executor.ExecutorServer;
import io.mangonel.executor.Limits;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.scheduler.SchedulerConfig;
import io.mangonel.scheduler.SchedulerServer;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.JobDetail;
import io.mangonel.scheduler.query.JobState;
import io.mangonel.scheduler.query.JobSummary;
import io.mangonel.scheduler.query.ResultStream;
import io.mangonel.scheduler.query.SchedulerSummary;
import io.mangonel.scheduler.query.StatementRequest;
import io.mangonel.scheduler.query.Submission;
import io.mangonel.state.Keyspace;
import io.mangonel.state.MemoryStateBackend;
import io.mangonel.state.StateBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Three schedulers over one store in memory, and two executors that know one of them at first. */
class SeveralSchedulersTest {
  private static final Duration BOUND = Duration.ofMinutes(1);
  private static final long ANSWER_MS = 60_000;

  /** Some ten seconds on one core; its tasks differ in nothing. */
  private static final String LONG =
      "SELECT sum(hash(a.range, b.range) % 1000) FROM range(20000) a, range(20000) b";

  /** Marks a test whose results are kept for a moment only. */
  private static final String EXPIRES = "expires";

  /** Some 60 MB: far more than what is on its way at any time. */
  private static final String LARGE =
      "SELECT range AS i, repeat(md5(range::VARCHAR), 8) AS text FROM range(200000)";

  @TempDir private Path directory;
  private final StateBackend store = MemoryStateBackend.open();
  private final List<SchedulerServer> schedulers = new ArrayList<>();
  private final List<ExecutorServer> executors = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();
  private long retentionMs = 60_000;

  @BeforeEach
  void start(TestInfo test) throws IOException {
    retentionMs = test.getTags().contains(EXPIRES) ? 1_500 : 60_000;
    for (int i = 0; i < 3; i++) {
      addScheduler();
    }
    for (int i = 0; i < 2; i++) {
      addExecutor("e" + i);
    }
    await()
        .atMost(BOUND)
        .untilAsserted(
            () -> {
              for (SchedulerServer scheduler : schedulers) {
                assertThat(value(scheduler.queries().executors())).hasSize(2);
              }
            });
  }

  @AfterEach
  void end() {
    executors.forEach(ExecutorServer::close);
    schedulers.forEach(SchedulerServer::close);
    store.close();
    assertThat(fatal.get()).isNull();
  }

  private SchedulerServer addScheduler() throws IOException {
    var config =
        new SchedulerConfig(
            "127.0.0.1",
            0,
            "memory",
            List.of(directory),
            20_000,
            retentionMs,
            SchedulerConfig.Jobs.DEFAULTS);
    SchedulerServer server = SchedulerServer.startAmong(config, store, _ -> List.of(), fatal::set);
    schedulers.add(server);
    return server;
  }

  private void addExecutor(String name) throws IOException {
    var config =
        new ExecutorConfig(
            "127.0.0.1",
            0,
            List.of("127.0.0.1:" + schedulers.getFirst().port()),
            directory.resolve(name),
            2,
            1,
            1L << 30,
            false,
            List.of(directory));
    ExecutorServer executor = ExecutorServer.start(config, Limits.of(directory));
    executors.add(executor);
    assertThat(executor.awaitRegistered(ANSWER_MS)).isTrue();
  }

  private StatementRequest request(String sql, @Nullable String key) {
    return new StatementRequest(
        sql, "tester", "session-1", key, directory.toString(), new TreeMap<>());
  }

  private JobId submit(SchedulerServer to, String sql, @Nullable String key) {
    return switch (value(to.queries().submit(request(sql, key)))) {
      case Submission.Job(JobId id, var _, boolean _) -> id;
      case Submission.Immediate immediate -> throw new AssertionError(immediate);
    };
  }

  private static <T> T value(Answer<T> answer) {
    if (answer instanceof Answer.Ok<T>(T value)) {
      return value;
    }
    throw new AssertionError(answer);
  }

  private static Rows rows(SchedulerServer from, JobId job) throws IOException {
    try (ResultStream result = value(from.queries().openResult(job, ANSWER_MS))) {
      return Rows.of(result.columns().stream().map(ResultColumn::name).toList(), result.arrow());
    }
  }

  @Test
  void anySchedulerAnswersForEveryJob() throws IOException {
    SchedulerServer owner = schedulers.get(0);
    SchedulerServer other = schedulers.get(1);
    JobId job = submit(owner, LONG, "key-1");
    assertThat(value(other.queries().job(job)).summary().state()).isEqualTo(JobState.RUNNING);
    assertThat(value(other.queries().jobs(10))).extracting(JobSummary::id).containsExactly(job);
    // The same statement under its key is the same job, wherever it is sent.
    assertThat(submit(other, LONG, "key-1")).isEqualTo(job);
    JobId short1 = submit(schedulers.get(2), "SELECT 42 AS x", null);
    assertThat(rows(owner, short1).toString()).contains("42");
    assertThat(rows(other, short1).toString()).contains("42");
    // Ended by who does not own it (rule D7).
    var _ = value(other.queries().cancel(job));
    await()
        .atMost(BOUND)
        .untilAsserted(
            () -> {
              for (SchedulerServer each : schedulers) {
                assertThat(value(each.queries().job(job)).summary().state())
                    .isEqualTo(JobState.CANCELLED);
              }
            });
  }

  /** Small enough to be launched ahead of the store; but only one of the two is its job. */
  @Test
  void oneKeyAtTwoSchedulersAtOnceIsOneJobForBothClients() throws Exception {
    var both = new CyclicBarrier(2);
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      for (int i = 0; i < 20; i++) {
        String key = "same-" + i;
        Callable<JobId> second = () -> submitWith(both, schedulers.get(1), key);
        Future<JobId> there = other.submit(second);
        JobId here = submitWith(both, schedulers.get(0), key);
        assertThat(there.get()).isEqualTo(here);
        assertThat(rows(schedulers.get(2), here).toString()).contains("42");
      }
    }
    assertThat(value(schedulers.get(2).queries().jobs(100))).hasSize(20);
  }

  /** Asks again as long as it is told to. */
  private JobId submitWith(CyclicBarrier both, SchedulerServer to, String key) throws Exception {
    var _ = both.await();
    return await()
        .atMost(BOUND)
        .until(
            () ->
                to.queries().submit(request("SELECT 42 AS x", key))
                        instanceof Answer.Ok<Submission>(Submission.Job(JobId id, var _, boolean _))
                    ? id
                    : null,
            Objects::nonNull);
  }

  @Test
  void theCatalogueAndSessionsAreOfAll() throws IOException {
    var _ =
        value(schedulers.get(0).queries().submit(request("CREATE VIEW v AS SELECT 7 AS x", null)));
    var _ = value(schedulers.get(0).queries().submit(request("SET TimeZone = 'Asia/Tokyo'", null)));
    SchedulerServer other = schedulers.get(1);
    assertThat(rows(other, submit(other, "SELECT x FROM v", null)).toString()).contains("7");
    assertThat(
            rows(other, submit(other, "SELECT current_setting('TimeZone') AS z", null)).toString())
        .contains("Asia/Tokyo");
  }

  /** As two threads of one client do, which send without a key. */
  @Test
  void aStatementSentAgainInItsSessionIsTheJobThatLostItsScheduler() {
    SchedulerServer owner = schedulers.removeFirst();
    JobId one = submit(owner, LONG, null);
    JobId other = submit(owner, LONG, null);
    assertThat(other).as("while its scheduler lives").isNotEqualTo(one);
    owner.close();
    JobId first = submit(schedulers.getFirst(), LONG, null);
    JobId second = submit(schedulers.getLast(), LONG, null);
    assertThat(List.of(first, second)).containsExactlyInAnyOrder(one, other);
    JobId third = submit(schedulers.getFirst(), LONG, null);
    assertThat(third).as("each is given away once").isNotIn(one, other);
    for (JobId job : List.of(one, other, third)) {
      var _ = value(schedulers.getLast().queries().cancel(job));
    }
  }

  @Test
  void aStatementIsANewOneAfterAChangeAndWhileSomebodyElseHasTheTicket() {
    SchedulerServer owner = schedulers.removeFirst();
    JobId waited = submit(owner, LONG, null);
    JobId outdated = submit(owner, LONG + " WHERE true", null);
    owner.close();
    SchedulerServer heir = schedulers.getFirst();
    SchedulerServer third = schedulers.getLast();
    await().atMost(BOUND).until(() -> owned(heir) == 2);
    // Its client has the ticket, and goes on with it.
    assertThat(heir.queries().openResult(waited, 1)).isInstanceOf(Answer.Retryable.class);
    assertThat(third.queries().openResult(waited, 1)).isInstanceOf(Answer.Retryable.class);
    JobId again = submit(third, LONG, null);
    assertThat(again).isNotEqualTo(waited);
    var _ = value(third.queries().submit(request("CREATE VIEW changed AS SELECT 1 AS x", null)));
    JobId new1 = submit(third, LONG + " WHERE true", null);
    assertThat(new1).isNotEqualTo(outdated);
    for (JobId job : List.of(waited, outdated, again, new1)) {
      var _ = value(third.queries().cancel(job));
    }
  }

  /** Jobs of all that are there have that one or the other as owner. */
  private static int owned(SchedulerServer any) {
    List<SchedulerSummary> present = value(any.queries().schedulers());
    return present.size() == 2 ? present.stream().mapToInt(SchedulerSummary::jobs).sum() : 0;
  }

  @Test
  @Tag(EXPIRES)
  void aResultThatIsReadElsewhereIsKept() throws IOException {
    SchedulerServer owner = schedulers.getFirst();
    JobId read = submit(owner, LARGE, null);
    JobId unread = submit(owner, LARGE + " t", null);
    SchedulerServer reader = schedulers.getLast();
    try (ResultStream result = value(reader.queries().openResult(read, ANSWER_MS))) {
      assertThat(isKept(read)).isTrue();
      await().atMost(BOUND).until(() -> isEnded(owner, unread) && !isKept(unread));
      // And for as long again.
      JobId later = submit(owner, LARGE + " u", null);
      await().atMost(BOUND).until(() -> isEnded(owner, later) && !isKept(later));
      assertThat(isKept(read)).isTrue();
      assertThat(Rows.of(List.of("i", "text"), result.arrow()).values()).hasSize(200_000);
    }
    await().atMost(BOUND).until(() -> !isKept(read));
  }

  private static boolean isEnded(SchedulerServer owner, JobId job) {
    return value(owner.queries().job(job)).summary().state() == JobState.COMPLETED;
  }

  private boolean isKept(JobId job) {
    return store.get(Keyspace.ACTIVE_JOBS, "stages/" + job.value()).isPresent();
  }

  @Test
  void aSchedulerThatEndsHandsItsJobsOverWithTheirRunningTasks() throws IOException {
    SchedulerServer owner = schedulers.removeFirst();
    JobId job = submit(owner, LONG, null);
    awaitRunningTask(owner, job);
    assertThat(value(schedulers.getLast().queries().awaitResult(job, 1)))
        .as("rows of a job that goes on elsewhere")
        .isEmpty();
    var before = runningAttempts(owner, job);
    owner.close();
    SchedulerServer heir = schedulers.getFirst();
    await()
        .atMost(BOUND)
        .untilAsserted(
            () ->
                assertThat(
                        value(heir.queries().schedulers()).stream()
                            .mapToInt(SchedulerSummary::jobs)
                            .sum())
                    .isEqualTo(1));
    assertThat(rows(heir, job).toString()).isNotEmpty();
    JobDetail end = value(schedulers.getLast().queries().job(job));
    assertThat(end.summary().state()).isEqualTo(JobState.COMPLETED);
    assertThat(end.history().owners()).hasSize(2);
    assertThat(end.history().attempts())
        .extracting(line -> line.id().toString())
        .containsAll(before);
    assertThat(end.history().attempts()).hasSize(end.summary().tasks());
    assertThat(value(heir.queries().schedulers()))
        .hasSize(2)
        .anyMatch(one -> one.takeoverMs() != null);
  }

  @Test
  void whoWaitsAtASchedulerThatEndsIsSentOnAtOnce() throws Exception {
    SchedulerServer owner = schedulers.removeFirst();
    JobId own = submit(owner, LONG, "own");
    JobId foreign = submit(schedulers.getFirst(), LONG, "foreign");
    var answers = new ArrayList<CompletableFuture<Answer<Optional<ResultStream>>>>();
    for (JobId job : List.of(own, foreign)) {
      var answer = new CompletableFuture<Answer<Optional<ResultStream>>>();
      Thread waiting =
          Thread.ofPlatform()
              .daemon()
              .start(() -> answer.complete(owner.queries().awaitResult(job, ANSWER_MS)));
      await().atMost(BOUND).until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
      answers.add(answer);
    }
    owner.close();
    for (var answer : answers) {
      assertThat(answer).isCompletedWithValueMatching(Answer.Leaving.class::isInstance);
    }
    // Not as if it were overloaded, which a client would take for an answer.
    assertThat(owner.queries().submit(request("SELECT 1", "late")))
        .isInstanceOf(Answer.Leaving.class);
    for (JobId job : List.of(own, foreign)) {
      var _ = value(schedulers.getLast().queries().cancel(job));
    }
  }

  private void awaitRunningTask(SchedulerServer owner, JobId job) {
    await().atMost(BOUND).until(() -> !runningAttempts(owner, job).isEmpty());
  }

  private static List<String> runningAttempts(SchedulerServer owner, JobId job) {
    return value(owner.queries().job(job)).history().attempts().stream()
        .filter(line -> line.endedMs() == null)
        .map(line -> line.id().toString())
        .toList();
  }
}

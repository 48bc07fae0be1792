package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.task.Incarnation;
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
import io.mangonel.scheduler.query.ResultStream;
import io.mangonel.scheduler.query.SchedulerSummary;
import io.mangonel.scheduler.query.StatementRequest;
import io.mangonel.scheduler.query.Submission;
import io.mangonel.scheduler.store.FencedStore;
import io.mangonel.state.Keyspace;
import io.mangonel.state.MemoryStateBackend;
import io.mangonel.state.StateBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rule T1 on real connections: leases here last an hour, so a takeover within the test is one by
 * suspicion.
 */
class SuspicionTest {
  private static final Duration BOUND = Duration.ofMinutes(1);
  private static final long ANSWER_MS = 60_000;
  private static final long HOUR_MS = 3_600_000;

  /** Two seconds on one core; its tasks differ in nothing. */
  private static final String LONG =
      "SELECT sum(hash(a.range, b.range) % 1000) FROM range(9000) a, range(9000) b";

  @TempDir private Path directory;
  private final StateBackend store = MemoryStateBackend.open();
  private final List<KillableStore> views = new ArrayList<>();
  private final List<SchedulerServer> schedulers = new ArrayList<>();
  private final List<ExecutorServer> executors = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();

  @BeforeEach
  void start() throws IOException {
    addScheduler();
    addScheduler();
    addExecutor();
    for (SchedulerServer scheduler : schedulers) {
      await()
          .atMost(BOUND)
          .untilAsserted(() -> assertThat(value(scheduler.queries().executors())).hasSize(1));
    }
  }

  @AfterEach
  void end() {
    executors.forEach(ExecutorServer::close);
    schedulers.forEach(SchedulerServer::close);
    store.close();
    assertThat(fatal.get()).isNull();
  }

  private void addScheduler() throws IOException {
    var view = new KillableStore(store);
    var config =
        new SchedulerConfig(
            "127.0.0.1",
            0,
            "memory",
            List.of(directory),
            20_000,
            60_000,
            SchedulerConfig.Jobs.DEFAULTS);
    views.add(view);
    schedulers.add(SchedulerServer.startAmong(config, view, _ -> List.of(), fatal::set));
  }

  private void addExecutor() throws IOException {
    var config =
        new ExecutorConfig(
            "127.0.0.1",
            0,
            List.of("127.0.0.1:" + schedulers.getFirst().port()),
            directory.resolve("e"),
            2,
            1,
            1L << 30,
            false,
            List.of(directory));
    ExecutorServer executor = ExecutorServer.start(config, Limits.of(directory));
    executors.add(executor);
    assertThat(executor.awaitRegistered(ANSWER_MS)).isTrue();
  }

  private JobId submit(SchedulerServer to, String sql) {
    var request =
        new StatementRequest(
            sql, "tester", "session-1", null, directory.toString(), new TreeMap<>());
    return switch (value(to.queries().submit(request))) {
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
  void theJobsOfAKilledSchedulerAreTakenOverWithoutWaitingForItsLease() throws IOException {
    SchedulerServer owner = schedulers.removeFirst();
    SchedulerServer heir = schedulers.getFirst();
    JobId job = submit(owner, LONG);
    await()
        .atMost(BOUND)
        .until(() -> !value(owner.queries().job(job)).history().attempts().isEmpty());
    views.getFirst().kill();
    owner.close();
    try {
      assertThat(rows(heir, job).toString()).isNotEmpty();
    } catch (AssertionError missing) {
      throw new AssertionError(whatIsKnown(heir, job), missing);
    }
    JobDetail end = value(heir.queries().job(job));
    assertThat(end.summary().state()).isEqualTo(JobState.COMPLETED);
    assertThat(end.history().owners()).hasSize(2);
    assertThat(end.history().attempts()).hasSize(end.summary().tasks());
    assertThat(heir.queries().metrics())
        .contains("mangonel_takeovers_total{cause=\"suspicion\"} 1.0");
  }

  /** Rule T2. */
  @Test
  void aSchedulerThatLosesItsKeyComesBackUnderAnotherName() throws Exception {
    SchedulerServer victim = schedulers.getFirst();
    SchedulerServer heir = schedulers.getLast();
    JobId job = submit(victim, LONG);
    await()
        .atMost(BOUND)
        .until(() -> !value(victim.queries().job(job)).history().attempts().isEmpty());
    SchedulerSummary before = summaryOf(victim);
    // A client waits at the victim for the answer.
    CompletableFuture<Rows> waiting = CompletableFuture.supplyAsync(() -> readAll(victim, job));
    assertThat(store.delete(Keyspace.SCHEDULERS, before.incarnation().value()))
        .isInstanceOf(StateBackend.CommitOutcome.Done.class);
    await()
        .atMost(BOUND)
        .untilAsserted(
            () ->
                assertThat(value(heir.queries().schedulers()))
                    .hasSize(2)
                    .noneMatch(one -> one.incarnation().equals(before.incarnation())));
    assertThat(waiting.get(ANSWER_MS, TimeUnit.MILLISECONDS).toString()).isNotEmpty();
    JobDetail end = value(victim.queries().job(job));
    assertThat(end.summary().state()).isEqualTo(JobState.COMPLETED);
    assertThat(end.history().attempts()).hasSize(end.summary().tasks());
    // Under its new name it serves as before.
    assertThat(summaryOf(victim).address()).isEqualTo(before.address());
    await()
        .atMost(BOUND)
        .untilAsserted(() -> assertThat(value(victim.queries().executors())).hasSize(1));
    assertThat(rows(victim, submit(victim, "SELECT 42 AS x")).toString()).contains("42");
  }

  /** For a report of a failure on another machine. */
  private static String whatIsKnown(SchedulerServer heir, JobId job) {
    return Stream.of(
            value(heir.queries().job(job)).toString(),
            value(heir.queries().schedulers()).toString(),
            value(heir.queries().executors()).toString(),
            heir.queries()
                .metrics()
                .lines()
                .filter(line -> line.matches("mangonel_(takeovers|suspicions|tasks|jobs).*"))
                .toList()
                .toString())
        .collect(Collectors.joining("\n"));
  }

  private static SchedulerSummary summaryOf(SchedulerServer scheduler) {
    return value(scheduler.queries().schedulers()).stream()
        .filter(SchedulerSummary::self)
        .findFirst()
        .orElseThrow();
  }

  private static Rows readAll(SchedulerServer from, JobId job) {
    try {
      return rows(from, job);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aSchedulerThatDoesNotAnswerKeepsItsKey() throws IOException {
    var self = new Incarnation("stands-still");
    try (var peer = new StandIn(self)) {
      FencedStore.registerAmong(store, self, peer.address().toString(), 0, HOUR_MS);
      await().atMost(BOUND).until(() -> peer.followers() == 2);
      // Its streams break, and whoever tries it waits for an answer that never comes.
      peer.standStill();
      await().atMost(BOUND).until(() -> peer.unanswered() >= 6);
      assertThat(store.get(Keyspace.SCHEDULERS, self.value())).isPresent();
    }
  }
}

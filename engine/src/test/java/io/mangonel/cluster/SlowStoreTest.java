package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.task.JobId;
import io.mangonel.executor.ExecutorConfig;
import io.mangonel.executor.ExecutorServer;
import io.mangonel.executor.Limits;
import io.mangonel.scheduler.SchedulerConfig;
import io.mangonel.scheduler.SchedulerServer;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.ResultStream;
import io.mangonel.scheduler.query.StatementRequest;
import io.mangonel.scheduler.query.Submission;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.state.MemoryStateBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small reads do not wait for a store that takes its time (rule D12). */
class SlowStoreTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  /** Less than that the scheduler launches nothing ahead of the store any more. */
  private static final long ANSWER_MS = 4_000;

  /** Each leaves a call of its executor behind that waits for a commit. */
  private static final int SMALL = 20;

  @TempDir private Path directory;
  private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();

  @Test
  void smallReadsAreAnsweredWhileNoCommitIs() throws IOException {
    var memory = MemoryStateBackend.open();
    var store = new KillableStore(memory);
    try (var scheduler =
            SchedulerServer.startAmong(schedulerConfig(), store, _ -> List.of(), fatal::set);
        var executor = ExecutorServer.start(executorConfig(scheduler), Limits.of(directory))) {
      assertThat(executor.awaitRegistered(BOUND.toMillis())).isTrue();
      List<JobId> jobs = new ArrayList<>();
      jobs.add(answered(scheduler, 0));
      store.hold();
      try {
        for (int i = 1; i <= SMALL; i++) {
          jobs.add(answered(scheduler, i));
        }
        assertThat(store.waiting()).as("a commit was held meanwhile").isPositive();
      } finally {
        store.release();
      }
      var stored = new StoredState(memory);
      await()
          .atMost(BOUND)
          .until(() -> jobs.stream().allMatch(job -> stored.ended(job).isPresent()));
    }
    memory.close();
    assertThat(fatal.get()).isNull();
  }

  private JobId answered(SchedulerServer scheduler, int number) throws IOException {
    var request =
        new StatementRequest(
            "SELECT " + number + " AS n", "ada", null, null, directory.toString(), new TreeMap<>());
    if (!(scheduler.queries().submit(request)
            instanceof Answer.Ok<Submission>(Submission.Job(JobId job, var _, boolean ahead)))
        || !ahead) {
      throw new AssertionError("not accepted ahead of the store: " + request.sql());
    }
    switch (scheduler.queries().openResult(job, ANSWER_MS)) {
      case Answer.Ok<ResultStream>(ResultStream rows) -> {
        assertThat(rows.rows()).isEqualTo(1);
        rows.close();
      }
      case Answer<ResultStream> other -> throw new AssertionError(number + ": " + other);
    }
    return job;
  }

  private SchedulerConfig schedulerConfig() {
    return new SchedulerConfig(
        "127.0.0.1",
        0,
        "memory",
        List.of(directory),
        BOUND.toMillis(),
        BOUND.toMillis(),
        SchedulerConfig.Jobs.DEFAULTS);
  }

  private ExecutorConfig executorConfig(SchedulerServer scheduler) {
    return new ExecutorConfig(
        "127.0.0.1",
        0,
        List.of("127.0.0.1:" + scheduler.port()),
        directory.resolve("executor"),
        1,
        1,
        1L << 30,
        false,
        List.of(directory));
  }
}

package io.mangonel.cluster;

import io.mangonel.core.task.JobId;
import io.mangonel.executor.ExecutorConfig;
import io.mangonel.executor.ExecutorServer;
import io.mangonel.executor.Limits;
import io.mangonel.planner.stage.QueryPlan.ResultColumn;
import io.mangonel.scheduler.SchedulerConfig;
import io.mangonel.scheduler.SchedulerServer;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.QueryService;
import io.mangonel.scheduler.query.StatementRequest;
import io.mangonel.scheduler.query.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler and executors in one JVM, on free ports of loopback. Each executor has a work
 * directory of its own.
 */
final class TestCluster implements AutoCloseable {
  static final long ANSWER_WAIT_MS = 60_000;
  private static final long EXECUTOR_WAIT_MS = 20_000;
  private static final long MEMORY_BYTES = 1L << 30;

  private final Path directory;
  private final Path data;
  private final String state;
  private final SchedulerConfig.Jobs jobs;
  private final Kind kind;
  private final long executorWaitMs;
  private final List<ExecutorServer> executors = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();
  private SchedulerServer scheduler;

  /** How the executors of a cluster get work and each other's files. */
  enum Kind {
    PUSH,
    /** Executors ask for work. */
    PULL,
    /** As on machines without a common disk: every file of another executor is fetched. */
    NO_SHARED_DISK
  }

  TestCluster(Path directory, Path data, String state, int executorCount) throws IOException {
    this(directory, data, state, executorCount, Kind.PUSH);
  }

  /**
   * @param directory for everything the cluster writes
   * @param data where the files are that statements read
   * @param state as {@code SchedulerConfig} has it
   */
  TestCluster(Path directory, Path data, String state, int executorCount, Kind kind)
      throws IOException {
    this(directory, data, state, kind, EXECUTOR_WAIT_MS);
    withExecutors(executorCount);
  }

  /**
   * @param waitMs how long a statement waits for the first executor
   */
  static TestCluster withoutExecutors(Path directory, Path data, String state, long waitMs)
      throws IOException {
    return new TestCluster(directory, data, state, Kind.PUSH, waitMs);
  }

  /** Two executors of two slots, and a scheduler that runs so many jobs. */
  static TestCluster ofFewJobs(Path directory, Path data, SchedulerConfig.Jobs jobs)
      throws IOException {
    return new TestCluster(directory, data, "memory", Kind.PUSH, EXECUTOR_WAIT_MS, jobs)
        .withExecutors(2);
  }

  private TestCluster withExecutors(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      addExecutor("e" + i);
    }
    return this;
  }

  private TestCluster(Path directory, Path data, String state, Kind kind, long executorWaitMs)
      throws IOException {
    this(directory, data, state, kind, executorWaitMs, SchedulerConfig.Jobs.DEFAULTS);
  }

  private TestCluster(
      Path directory,
      Path data,
      String state,
      Kind kind,
      long executorWaitMs,
      SchedulerConfig.Jobs jobs)
      throws IOException {
    this.jobs = jobs;
    this.kind = kind;
    this.executorWaitMs = executorWaitMs;
    this.directory = directory;
    this.data = data;
    this.state = state;
    this.scheduler = startScheduler(0);
  }

  private SchedulerServer startScheduler(int port) throws IOException {
    var config =
        new SchedulerConfig("127.0.0.1", port, state, List.of(data), executorWaitMs, 60_000, jobs);
    return SchedulerServer.start(config, _ -> List.of(), fatal::set);
  }

  /** The scheduler ends and another one starts on its store and port. */
  void restartScheduler() throws IOException {
    restartSchedulerAfter(() -> {});
  }

  /**
   * @param meanwhile what happens while there is no scheduler
   */
  void restartSchedulerAfter(Runnable meanwhile) throws IOException {
    int port = scheduler.port();
    scheduler.close();
    meanwhile.run();
    scheduler = startScheduler(port);
  }

  ExecutorServer addExecutor(String name) throws IOException {
    Path work = directory.resolve(name);
    var config =
        new ExecutorConfig(
            "127.0.0.1",
            0,
            List.of("127.0.0.1:" + scheduler.port()),
            work,
            2,
            1,
            MEMORY_BYTES,
            kind == Kind.PULL,
            List.of(data));
    Limits limits = Limits.of(directory);
    ExecutorServer executor =
        ExecutorServer.start(
            config, kind == Kind.NO_SHARED_DISK ? limits.withoutReadInPlace() : limits);
    executors.add(executor);
    if (!executor.awaitRegistered(ANSWER_WAIT_MS)) {
      throw new IOException("executor " + name + " did not register");
    }
    return executor;
  }

  /** The executor of {@link #addExecutor} ends without a goodbye, and starts on its directory. */
  void restartExecutor(String name) throws IOException {
    Path work = directory.resolve(name).toRealPath();
    for (ExecutorServer executor : List.copyOf(executors)) {
      if (executor.workDirectory().equals(work)) {
        executor.close();
        executors.remove(executor);
      }
    }
    addExecutor(name);
  }

  void stopExecutor(int index) {
    executors.remove(index).close();
  }

  int port() {
    return scheduler.port();
  }

  QueryService queries() {
    return scheduler.queries();
  }

  StatementRequest request(String sql, Map<String, String> settings) {
    return request(sql, settings, null);
  }

  StatementRequest request(String sql, Map<String, String> settings, @Nullable String key) {
    return new StatementRequest(
        sql, "tester", "session-1", key, data.toString(), new TreeMap<>(settings));
  }

  /** Submits a query and gives its job. */
  JobId submit(String sql, Map<String, String> settings) {
    return submit(sql, settings, null);
  }

  JobId submit(String sql, Map<String, String> settings, @Nullable String key) {
    return switch (queries().submit(request(sql, settings, key))) {
      case Answer.Ok<Submission>(Submission.Job(JobId id, var _, boolean _)) -> id;
      case Answer<Submission> other -> throw new AssertionError(sql + ": " + other);
    };
  }

  /** Runs a statement without rows. */
  void execute(String sql) {
    if (!(queries().submit(request(sql, Map.of()))
        instanceof Answer.Ok<Submission>(Submission.Immediate _))) {
      throw new AssertionError(sql + ": " + queries().submit(request(sql, Map.of())));
    }
  }

  Rows rows(String sql, Map<String, String> settings) throws IOException {
    return rows(submit(sql, settings));
  }

  Rows rows(JobId job) throws IOException {
    return switch (queries().openResult(job, ANSWER_WAIT_MS)) {
      case Answer.Ok<io.mangonel.scheduler.query.ResultStream>(var result) -> {
        try (result) {
          yield Rows.of(result.columns().stream().map(ResultColumn::name).toList(), result.arrow());
        }
      }
      case Answer<io.mangonel.scheduler.query.ResultStream> other ->
          throw new AssertionError(job + ": " + other);
    };
  }

  /** What ended the scheduler, or null. */
  @Nullable Throwable fatal() {
    return fatal.get();
  }

  @Override
  public void close() {
    executors.forEach(ExecutorServer::close);
    scheduler.close();
  }
}

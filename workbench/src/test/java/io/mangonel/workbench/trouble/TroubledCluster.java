package io.mangonel.workbench.trouble;

import io.mangonel.core.task.JobId;
import io.mangonel.executor.ExecutorConfig;
import io.mangonel.executor.ExecutorServer;
import io.mangonel.executor.Limits;
import io.mangonel.scheduler.SchedulerConfig;
import io.mangonel.scheduler.SchedulerServer;
import io.mangonel.scheduler.loop.FencedException;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.QueryService;
import io.mangonel.scheduler.query.StatementRequest;
import io.mangonel.scheduler.query.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Two schedulers over one etcd, each with connections of its own, and two executors, in this JVM. A
 * scheduler that loses its key is started again on its port, as a supervisor does.
 */
final class TroubledCluster implements AutoCloseable {
  private static final long REGISTER_MAX_MS = 60_000;
  private static final int SCHEDULERS = 2;
  private static final int EXECUTORS = 2;

  private final String state;
  private final Path directory;
  private final Path data;
  private final List<AtomicReference<@Nullable SchedulerServer>> schedulers = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();
  private final List<ExecutorServer> executors = new ArrayList<>();
  private final Queue<Throwable> bugs = new ConcurrentLinkedQueue<>();
  private final AtomicInteger comebacks = new AtomicInteger();
  private final ExecutorService supervisor = Executors.newCachedThreadPool();
  private volatile boolean closed;

  /**
   * @param state as {@code --state} takes it
   * @param data what statements may read
   */
  TroubledCluster(String state, Path directory, Path data) throws IOException {
    this.state = state;
    this.directory = directory;
    this.data = data;
    for (int i = 0; i < SCHEDULERS; i++) {
      schedulers.add(new AtomicReference<>());
      SchedulerServer server = start(i, 0);
      schedulers.get(i).set(server);
      ports.add(server.port());
    }
    for (int i = 0; i < EXECUTORS; i++) {
      executors.add(startExecutor("e" + i));
    }
  }

  private SchedulerServer start(int index, int port) throws IOException {
    var config =
        new SchedulerConfig(
            "127.0.0.1",
            port,
            state,
            List.of(data),
            60_000,
            600_000,
            SchedulerConfig.Jobs.DEFAULTS);
    return SchedulerServer.start(config, _ -> List.of(), fatal -> ended(index, fatal));
  }

  private void ended(int index, Throwable fatal) {
    if (closed) {
      return;
    }
    if (!(fatal instanceof FencedException)) {
      bugs.add(fatal);
      return;
    }
    SchedulerServer server = schedulers.get(index).getAndSet(null);
    if (server != null) { // It may be told twice.
      comebacks.incrementAndGet();
      supervisor.execute(() -> startAgain(index, server));
    }
  }

  private void startAgain(int index, SchedulerServer ended) {
    ended.close();
    while (!closed) {
      try {
        schedulers.get(index).set(start(index, ports.get(index)));
        return;
      } catch (IOException e) {
        Thread.onSpinWait(); // etcd is away: the start itself waits for it, with a bound.
      }
    }
  }

  private ExecutorServer startExecutor(String name) throws IOException {
    var config =
        new ExecutorConfig(
            "127.0.0.1",
            0,
            ports.stream().map(port -> "127.0.0.1:" + port).toList(),
            directory.resolve(name),
            2,
            1,
            1L << 30,
            false,
            List.of(data));
    ExecutorServer executor = ExecutorServer.start(config, Limits.of(directory));
    if (!executor.awaitRegistered(REGISTER_MAX_MS)) {
      executor.close();
      throw new IOException(name + " is not registered");
    }
    return executor;
  }

  /** What a scheduler answers; one that is just being started again has the words for it. */
  <T> Answer<T> ask(int scheduler, Function<QueryService, Answer<T>> question) {
    AtomicReference<@Nullable SchedulerServer> one =
        schedulers.get(Math.floorMod(scheduler, SCHEDULERS));
    SchedulerServer server = one.get();
    try {
      if (server != null) {
        return question.apply(server.queries());
      }
    } catch (IllegalStateException e) {
      if (one.get() == server) {
        throw e; // Else it was closed under the call, where a process would just have ended.
      }
    }
    return new Answer.Retryable<>("the scheduler is being started again");
  }

  Answer<JobId> submit(int scheduler, String sql, String key) {
    var settings = new TreeMap<>(Map.of("mangonel_join_mode", "hash"));
    var request =
        new StatementRequest(sql, "tester", "session-" + key, key, data.toString(), settings);
    return ask(scheduler, queries -> queries.submit(request))
        .then(
            submission ->
                switch (submission) {
                  case Submission.Job(JobId id, var _, boolean _) -> new Answer.Ok<>(id);
                  case Submission.Immediate _ -> throw new AssertionError(sql);
                });
  }

  /** What no code expected. */
  List<Throwable> bugs() {
    return List.copyOf(bugs);
  }

  /** How often a scheduler lost its key and was started again. */
  int comebacks() {
    return comebacks.get();
  }

  static int schedulers() {
    return SCHEDULERS;
  }

  @Override
  public void close() {
    closed = true;
    supervisor.close();
    executors.forEach(ExecutorServer::close);
    for (AtomicReference<@Nullable SchedulerServer> scheduler : schedulers) {
      SchedulerServer server = scheduler.get();
      if (server != null) {
        server.close();
      }
    }
  }
}

package io.mangonel.workbench.trouble;

import static org.awaitility.Awaitility.await;

import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.ResultStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;

/**
 * Clients that ask for one statement after another until they are stopped, each under a key of its
 * own that they send again, to another scheduler, whenever the answer is that it may be tried
 * again. Any other answer than the right one is a failure.
 */
final class Clients implements AutoCloseable {
  private static final long STATEMENT_MAX_MS = 180_000;
  private static final long RESULT_WAIT_MS = 3_000;
  private static final long PAUSE_MS = 50;

  private final TroubledCluster cluster;
  private final String name;
  private final Statement statement;
  private final List<Thread> threads = new ArrayList<>();
  private final List<AtomicInteger> done = new ArrayList<>();
  private final Queue<JobId> jobs = new ConcurrentLinkedQueue<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Queue<String> retried = new ConcurrentLinkedQueue<>();
  private final AtomicLong longestCallMs = new AtomicLong();
  private volatile boolean stopped;

  /** SQL with {@code %d} for a number, and its answer for 0: for n it is n more. */
  record Statement(String sql, long answer) {}

  Clients(TroubledCluster cluster, String name, int count, Statement statement) {
    this.cluster = cluster;
    this.name = name;
    this.statement = statement;
    for (int i = 0; i < count; i++) {
      int client = i;
      done.add(new AtomicInteger());
      threads.add(Thread.ofPlatform().daemon().name("client-" + i).start(() -> run(client)));
    }
  }

  private void run(int client) {
    try {
      for (int number = 0; !stopped && failures.isEmpty(); number++) {
        ask(client, number);
        done.get(client).incrementAndGet();
      }
    } catch (RuntimeException | Error | IOException e) {
      var trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      failures.add(trace.toString());
    }
  }

  private void ask(int client, int number) throws IOException {
    String key = name + "-" + client + "-" + number;
    String sql = statement.sql.formatted(number);
    long untilNs = System.nanoTime() + STATEMENT_MAX_MS * 1_000_000;
    for (int attempt = client; System.nanoTime() < untilNs; attempt++) {
      int scheduler = attempt;
      Answer<Long> answer =
          timed(() -> cluster.submit(scheduler, sql, key))
              .then(job -> timed(() -> result(scheduler, job)));
      switch (answer) {
        case Answer.Ok<Long>(Long value) -> {
          if (value != statement.answer + number) {
            failures.add(key + ": " + value);
          }
          return;
        }
        case Answer.Retryable<Long>(String message) -> retried.add(message);
        case Answer.UserFault<Long>(String message) -> {
          failures.add(key + ": " + message);
          return;
        }
        case Answer.Leaving<Long>(String message) -> retried.add(message);
        case Answer.NotFound<Long>(String message) -> {
          failures.add(key + " is not found: " + message);
          return;
        }
      }
      await().pollDelay(Duration.ofMillis(PAUSE_MS)).until(() -> true);
    }
    failures.add(key + ": no answer in time; " + retried);
  }

  private Answer<Long> result(int scheduler, JobId job) {
    if (!jobs.contains(job)) {
      jobs.add(job);
    }
    return cluster
        .ask(scheduler, queries -> queries.openResult(job, RESULT_WAIT_MS))
        .then(Clients::read);
  }

  static Answer<Long> read(ResultStream stream) {
    try (stream;
        RootAllocator allocator = new RootAllocator();
        ArrowStreamReader reader = new ArrowStreamReader(stream.arrow(), allocator)) {
      var root = reader.getVectorSchemaRoot();
      while (reader.loadNextBatch()) {
        if (root.getRowCount() > 0) {
          return new Answer.Ok<>(((Number) root.getVector(0).getObject(0)).longValue());
        }
      }
      return new Answer.UserFault<>("no row");
    } catch (IOException e) {
      return new Answer.Retryable<>(String.valueOf(e.getMessage()));
    }
  }

  private <T> Answer<T> timed(java.util.function.Supplier<Answer<T>> call) {
    long startNs = System.nanoTime();
    Answer<T> answer = call.get();
    longestCallMs.accumulateAndGet((System.nanoTime() - startNs) / 1_000_000, Math::max);
    return answer;
  }

  /** Statements that each client has an answer to, the fewest. */
  int fewestDone() {
    return done.stream().mapToInt(AtomicInteger::get).min().orElse(0);
  }

  int allDone() {
    return done.stream().mapToInt(AtomicInteger::get).sum();
  }

  /** Each has the answer to its statement, or says that there is none. */
  void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join(STATEMENT_MAX_MS);
    }
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /** What they were told when they were asked to try again. */
  List<String> retried() {
    return List.copyOf(retried);
  }

  /** Every job that they were told is theirs. */
  List<JobId> jobs() {
    return List.copyOf(jobs);
  }

  long longestCallMs() {
    return longestCallMs.get();
  }

  @Override
  public void close() {
    stopped = true;
    threads.forEach(Thread::interrupt);
  }
}

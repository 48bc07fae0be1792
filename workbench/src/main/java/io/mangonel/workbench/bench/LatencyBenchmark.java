package io.mangonel.workbench.bench;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.workbench.contest.Answer;
import io.mangonel.workbench.contest.Cluster;
import io.mangonel.workbench.contest.Contestant;
import io.mangonel.workbench.contest.PlainDuckDb;
import io.mangonel.workbench.contest.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Small queries over a small Parquet file: what a query costs when it is next to no work. */
final class LatencyBenchmark {
  private static final int BUCKETS = 97;

  private static final String ROWS =
      "SELECT i AS id, 'name-' || i AS name, i % "
          + BUCKETS
          + " AS bucket, (i * 7 % 1000)::DECIMAL(10, 2) AS amount FROM range(10000) AS t(i)";

  private final int executors;
  private final long memoryMb;
  private final long limitMs;
  private final Resources resources;

  /**
   * @param memoryMb of each contestant
   * @param limitMs for each series
   */
  LatencyBenchmark(int executors, long memoryMb, long limitMs, Resources resources) {
    this.executors = executors;
    this.memoryMb = memoryMb;
    this.limitMs = limitMs;
    this.resources = resources;
  }

  /**
   * @param count queries of each series
   */
  LatencyReport run(int count) {
    Path data = resources.directory().resolve("data");
    makeDirectory(data);
    Path file = data.resolve("small.parquet");
    String view = "CREATE OR REPLACE VIEW small AS FROM '" + file + "'";
    PlainDuckDb plain =
        resources.add(
            PlainDuckDb.open(executors, memoryMb, resources.directory().resolve("spill")));
    plain.write(ROWS, file);
    plain.execute(view);
    Cluster cluster =
        Cluster.start(
            new Cluster.Setup(
                "several", resources.directory(), data, executors, 1, memoryMb / executors),
            resources);
    List<Contestant> plains = new ArrayList<>();
    List<Contestant> clients = new ArrayList<>();
    for (int i = 0; i < Limits.CLIENTS; i++) {
      plains.add(resources.add(plain.another()));
      clients.add(resources.add(cluster.connect("client-" + i, Map.of())));
    }
    expectAnswer(clients.getFirst(), view);
    warmUp(plain, clients);
    List<LatencyReport.Series> series = new ArrayList<>();
    series.add(measure(plains.subList(0, 1), count));
    series.add(measure(clients.subList(0, 1), count));
    series.add(measure(plains, count));
    series.add(measure(clients, count));
    return new LatencyReport(executors, series);
  }

  private static void makeDirectory(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String query(int number) {
    return "SELECT count(*), sum(amount), max(name) FROM small WHERE bucket = " + number % BUCKETS;
  }

  /** Each query once by each client's session or another, and each answer compared. */
  private void warmUp(PlainDuckDb plain, List<Contestant> clients) {
    for (int number = 0; number < BUCKETS; number++) {
      Answer expected = expectAnswer(plain, query(number));
      Answer actual = expectAnswer(clients.get(number % clients.size()), query(number));
      actual
          .differenceTo(expected)
          .ifPresent(
              difference -> {
                throw CommandFailure.failed("a wrong answer: " + difference);
              });
    }
  }

  private Answer expectAnswer(Contestant contestant, String sql) {
    return switch (Outcome.of(contestant, sql, limitMs)) {
      case Outcome.Answered(double _, long _, Answer answer) -> answer;
      case Outcome.Failed(String message) -> throw CommandFailure.failed(message);
      case Outcome.TimedOut(long limit) ->
          throw CommandFailure.failed("no answer after " + limit + " ms");
    };
  }

  private LatencyReport.Series measure(List<Contestant> clients, int count) {
    List<Callable<List<Double>>> shares = new ArrayList<>();
    for (int i = 0; i < clients.size(); i++) {
      Contestant client = clients.get(i);
      int first = i;
      shares.add(
          () -> times(client, IntStream.range(0, count).filter(n -> n % clients.size() == first)));
    }
    ExecutorService threads =
        Executors.newFixedThreadPool(
            clients.size(), Thread.ofPlatform().daemon().name("client-", 0).factory());
    try {
      long startNs = System.nanoTime();
      List<Double> ms = new ArrayList<>();
      for (Future<List<Double>> share : threads.invokeAll(shares, limitMs, TimeUnit.MILLISECONDS)) {
        ms.addAll(share.get());
      }
      double wallMs = (System.nanoTime() - startNs) / 1e6;
      return new LatencyReport.Series(clients.getFirst().name(), clients.size(), ms, wallMs);
    } catch (CancellationException e) {
      throw CommandFailure.failed(
          clients.getFirst().name() + " did not end within " + limitMs + " ms");
    } catch (ExecutionException e) {
      throw CommandFailure.failed(String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<Double> times(Contestant client, IntStream numbers) throws Exception {
    List<Double> ms = new ArrayList<>();
    for (int number : numbers.toArray()) {
      long startNs = System.nanoTime();
      client.answer(query(number));
      ms.add((System.nanoTime() - startNs) / 1e6);
    }
    return ms;
  }
}

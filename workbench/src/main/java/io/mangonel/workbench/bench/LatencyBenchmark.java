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
import java.util.Locale;
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
  /** Runs until it is cancelled. */
  private static final String ENDLESS = "SELECT sum(i * i) FROM range(4000000000000) t(i)";

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
   * @param warmUp queries before, by each contestant
   */
  LatencyReport run(int count, int warmUp) {
    Path data = resources.directory().resolve("data");
    makeDirectory(data);
    Path file = data.resolve("small.parquet");
    String view = SmallQuery.view(file);
    PlainDuckDb plain =
        resources.add(
            PlainDuckDb.open(executors, memoryMb, resources.directory().resolve("spill")));
    plain.write(SmallQuery.TABLE, file);
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
    warmUp(plain, clients, warmUp);
    List<LatencyReport.Series> series = new ArrayList<>();
    for (SmallQuery kind : SmallQuery.SINGLE) {
      series.add(measure(kind, plains.subList(0, 1), count, false));
      series.add(measure(kind, clients.subList(0, 1), count, false));
    }
    series.add(measure(SmallQuery.MIXED, plains, count, false));
    series.add(measure(SmallQuery.MIXED, clients, count, false));
    series.add(measureBusy(plains, count));
    series.add(measureBusy(clients, count));
    return new LatencyReport(executors, series);
  }

  private static void makeDirectory(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each query by each contestant, and each answer compared. */
  private void warmUp(PlainDuckDb plain, List<Contestant> clients, int count) {
    for (int number = 0; number < count; number++) {
      Answer expected = expectAnswer(plain, SmallQuery.MIXED.query(number));
      Contestant client = clients.get(number % clients.size());
      expectAnswer(client, SmallQuery.MIXED.query(number))
          .differenceTo(expected)
          .ifPresent(
              difference -> {
                throw CommandFailure.failed("a wrong answer: " + difference);
              });
    }
  }

  /** One client, while others run as many endless queries as the cluster has slots. */
  private LatencyReport.Series measureBusy(List<Contestant> clients, int count) {
    List<Contestant> others = clients.subList(1, Math.min(clients.size(), 1 + executors));
    List<Thread> running = new ArrayList<>();
    for (Contestant other : others) {
      running.add(Thread.ofPlatform().daemon().start(() -> runUntilCancelled(other)));
    }
    try {
      measure(SmallQuery.MIXED, clients.subList(0, 1), Limits.SETTLING_QUERIES, true);
      if (running.stream().anyMatch(thread -> !thread.isAlive())) {
        throw CommandFailure.failed("a query that should run on has ended");
      }
      return measure(SmallQuery.MIXED, clients.subList(0, 1), count, true);
    } finally {
      others.forEach(Contestant::cancel);
      running.forEach(LatencyBenchmark::join);
    }
  }

  private static void runUntilCancelled(Contestant contestant) {
    try {
      contestant.answer(ENDLESS);
    } catch (Exception cancelled) {
      return; // As it should.
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join(Limits.CANCEL_GRACE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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

  private LatencyReport.Series measure(
      SmallQuery kind, List<Contestant> clients, int count, boolean busy) {
    List<Callable<List<Double>>> shares = new ArrayList<>();
    for (int i = 0; i < clients.size(); i++) {
      Contestant client = clients.get(i);
      int first = i;
      shares.add(
          () ->
              times(
                  kind,
                  client,
                  IntStream.range(0, count).filter(n -> n % clients.size() == first)));
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
      String query = kind.name().toLowerCase(Locale.ROOT);
      return new LatencyReport.Series(
          query, busy, clients.getFirst().name(), clients.size(), ms, wallMs);
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

  private static List<Double> times(SmallQuery kind, Contestant client, IntStream numbers)
      throws Exception {
    List<Double> ms = new ArrayList<>();
    for (int number : numbers.toArray()) {
      long startNs = System.nanoTime();
      client.answer(kind.query(number));
      ms.add((System.nanoTime() - startNs) / 1e6);
    }
    return ms;
  }
}

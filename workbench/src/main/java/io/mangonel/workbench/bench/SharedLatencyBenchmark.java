package io.mangonel.workbench.bench;

import io.mangonel.cli.demo.LocalEtcd;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
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

/**
 * Small queries on several schedulers over one etcd: one after another, at each scheduler in turn,
 * and then from many clients at once, each with a session of its own at one scheduler.
 */
final class SharedLatencyBenchmark {
  private final Sizes sizes;
  private final Resources resources;

  /**
   * @param memoryMb of all executors together
   * @param queries one after another
   * @param warmUp queries before, whose answers are compared with plain DuckDB's
   * @param clients that ask at once, for {@code togetherMs}
   * @param limitMs for each series beyond that
   */
  record Sizes(
      int schedulers,
      int executors,
      long memoryMb,
      int queries,
      int warmUp,
      int clients,
      long togetherMs,
      long limitMs) {}

  /** A client and where it asks. */
  private record Client(int scheduler, Contestant contestant) {}

  SharedLatencyBenchmark(Sizes sizes, Resources resources) {
    this.sizes = sizes;
    this.resources = resources;
  }

  SharedLatencyReport run() {
    Path data = resources.directory().resolve("data");
    makeDirectory(data);
    Path file = data.resolve("small.parquet");
    PlainDuckDb plain =
        resources.add(
            PlainDuckDb.open(
                sizes.executors, sizes.memoryMb, resources.directory().resolve("spill")));
    plain.write(SmallQuery.TABLE, file);
    plain.execute(SmallQuery.view(file));
    List<Client> clients = connect(start(data));
    expectAnswer(clients.getFirst().contestant, SmallQuery.view(file));
    warmUp(plain, clients);
    var oneByOne = oneByOne(clients);
    long startNs = System.nanoTime();
    var together = together(clients);
    double togetherMs = (System.nanoTime() - startNs) / 1e6;
    return new SharedLatencyReport(sizes.schedulers, oneByOne, together, togetherMs);
  }

  private static void makeDirectory(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Cluster start(Path data) {
    Path executable =
        LocalEtcd.executable()
            .orElseThrow(() -> CommandFailure.failed("there is no etcd on the PATH"));
    LocalEtcd etcd =
        resources.add(LocalEtcd.start(executable, resources.directory().resolve("etcd")));
    var setup =
        new Cluster.Setup(
            "shared",
            resources.directory(),
            data,
            sizes.executors,
            1,
            sizes.memoryMb / sizes.executors,
            sizes.schedulers,
            "etcd:" + etcd.endpoint());
    return Cluster.start(setup, resources);
  }

  private List<Client> connect(Cluster cluster) {
    List<HostAndPort> addresses = cluster.addresses();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < Math.max(sizes.clients, addresses.size()); i++) {
      int scheduler = i % addresses.size();
      clients.add(
          new Client(
              scheduler,
              resources.add(cluster.connect(addresses.get(scheduler), "client-" + i, Map.of()))));
    }
    return clients;
  }

  /** Each client asks at least once. */
  private void warmUp(PlainDuckDb plain, List<Client> clients) {
    for (int number = 0; number < Math.max(sizes.warmUp, clients.size()); number++) {
      String query = SmallQuery.MIXED.query(number);
      Answer expected = expectAnswer(plain, query);
      expectAnswer(clients.get(number % clients.size()).contestant, query)
          .differenceTo(expected)
          .ifPresent(
              difference -> {
                throw CommandFailure.failed("a wrong answer: " + difference);
              });
    }
  }

  private Answer expectAnswer(Contestant contestant, String sql) {
    return switch (Outcome.of(contestant, sql, sizes.limitMs)) {
      case Outcome.Answered(double _, long _, Answer answer) -> answer;
      case Outcome.Failed(String message) -> throw CommandFailure.failed(message);
      case Outcome.TimedOut(long limit) ->
          throw CommandFailure.failed("no answer after " + limit + " ms");
    };
  }

  private List<SharedLatencyReport.Share> oneByOne(List<Client> clients) {
    List<Client> asking = clients.subList(0, sizes.schedulers);
    List<List<Double>> ms = new ArrayList<>();
    asking.forEach(_ -> ms.add(new ArrayList<>()));
    var _ =
        inThreads(
            List.of(
                () -> {
                  for (int number = 0; number < sizes.queries; number++) {
                    int turn = number % asking.size();
                    ms.get(turn).add(timed(asking.get(turn), number));
                  }
                  return ms;
                }));
    List<SharedLatencyReport.Share> shares = new ArrayList<>();
    for (int i = 0; i < asking.size(); i++) {
      shares.add(new SharedLatencyReport.Share(asking.get(i).scheduler, ms.get(i)));
    }
    return shares;
  }

  private List<SharedLatencyReport.Share> together(List<Client> clients) {
    long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(sizes.togetherMs);
    List<Callable<SharedLatencyReport.Share>> work = new ArrayList<>();
    for (int i = 0; i < clients.size(); i++) {
      Client client = clients.get(i);
      int first = i;
      work.add(
          () -> {
            List<Double> ms = new ArrayList<>();
            for (int number = first; System.nanoTime() < untilNs; number++) {
              ms.add(timed(client, number));
            }
            return new SharedLatencyReport.Share(client.scheduler, ms);
          });
    }
    return inThreads(work);
  }

  private static double timed(Client client, int number) throws Exception {
    long startNs = System.nanoTime();
    client.contestant.answer(SmallQuery.MIXED.query(number));
    return (System.nanoTime() - startNs) / 1e6;
  }

  private <T> List<T> inThreads(List<Callable<T>> work) {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            work.size(), Thread.ofPlatform().daemon().name("client-", 0).factory());
    try {
      List<T> results = new ArrayList<>();
      long limitMs = sizes.togetherMs + sizes.limitMs;
      for (Future<T> one : threads.invokeAll(work, limitMs, TimeUnit.MILLISECONDS)) {
        results.add(one.get());
      }
      return results;
    } catch (CancellationException e) {
      throw CommandFailure.failed("no end within " + sizes.limitMs + " ms");
    } catch (ExecutionException e) {
      throw CommandFailure.failed(String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    } finally {
      threads.shutdownNow();
    }
  }
}

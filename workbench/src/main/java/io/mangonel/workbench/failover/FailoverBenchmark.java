package io.mangonel.workbench.failover;

import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.demo.EtcdMember;
import io.mangonel.cli.demo.JobOwners;
import io.mangonel.cli.demo.LocalCluster;
import io.mangonel.cli.demo.PendingAnswer;
import io.mangonel.cli.demo.Server;
import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.cli.demo.TaskRuns.Run;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.tpch.TpchGenerator;
import io.mangonel.tpch.TpchQueries;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Does one thing again and again in the middle of a query, and takes the time. */
final class FailoverBenchmark {
  /** With a dozen stages in hash mode: there is always a next task. */
  private static final int QUERY = 21;

  private static final Map<String, String> SETTINGS = Map.of("mangonel_join_mode", "hash");
  private static final String SESSION = "failover";
  private static final Duration ANSWER_MAX = Duration.ofMinutes(2);
  private static final Duration END_MAX = Duration.ofSeconds(30);
  private static final int CALM_RUNS = 3;
  private static final int WARM_RUNS = 3;

  /** A run may end before its kill; so often in a row it may not. */
  private static final int MISSES_MAX = 20;

  private final LocalCluster cluster;
  private final FailoverCase what;
  private final Path data;
  private final Random random;

  FailoverBenchmark(LocalCluster cluster, FailoverCase what, Path data, long seed) {
    this.cluster = cluster;
    this.what = what;
    this.data = data;
    this.random = new Random(seed);
  }

  /** A cluster that runs; it runs again, whole, afterwards. */
  FailoverReport.Series run(int kills) throws IOException {
    try (SchedulerConnection connection =
        SchedulerConnection.forStatements(
            cluster.addresses().getFirst(), SESSION, data.toString(), new TreeMap<>())) {
      for (String view : TpchGenerator.createViews(data)) {
        connection.run(view);
      }
    }
    List<String> expected = List.of();
    long calmMs = Long.MAX_VALUE;
    for (int i = 0; i < CALM_RUNS; i++) {
      Instant start = Instant.now();
      expected = submit().await(ANSWER_MAX);
      calmMs = Math.min(calmMs, Duration.between(start, Instant.now()).toMillis());
    }
    List<FailoverReport.Kill> all = new ArrayList<>();
    for (int i = 0; i < kills; i++) {
      all.add(kill(expected, calmMs));
    }
    return new FailoverReport.Series(what, calmMs, all);
  }

  private PendingAnswer submit() throws IOException {
    return PendingAnswer.to(TpchQueries.text(QUERY), cluster.addresses(), SETTINGS, ANSWER_MAX);
  }

  /** Whoever was started again runs some queries before the next kill: it has to be warm. */
  private FailoverReport.Kill kill(List<String> expected, long calmMs) throws IOException {
    for (int misses = 0; misses < MISSES_MAX; misses++) {
      PendingAnswer answer = submit();
      Server owner = owner(answer.job());
      pause(random.nextLong(calmMs / 10, calmMs * 6 / 10));
      boolean early = answer.rows().isDone();
      Set<String> launchers = cluster.runs().of(answer.job()).launchers();
      Instant killedAt = Instant.now();
      Runnable repair = strike(owner);
      Instant struckAt = Instant.now();
      List<String> rows = answer.await(ANSWER_MAX);
      Instant endedAt = Instant.now();
      repair.run();
      for (int i = 0; i < WARM_RUNS; i++) {
        var _ = submit().await(ANSWER_MAX);
      }
      if (!rows.equals(expected)) {
        throw CommandFailure.failed("another answer after this: " + what.words());
      }
      TaskRuns runs = cluster.runs().of(answer.job());
      Optional<Instant> progressAt = progress(runs, launchers, killedAt);
      if (!early && progressAt.isPresent()) {
        return new FailoverReport.Kill(
            Duration.between(killedAt, struckAt).toMillis(),
            Duration.between(killedAt, progressAt.get()).toMillis(),
            Duration.between(freeSince(runs, killedAt, progressAt.get()), progressAt.get())
                .toMillis(),
            Duration.between(killedAt, endedAt).toMillis(),
            runs.finishedRerun(),
            runs.unfinishedRerun());
      }
    }
    throw CommandFailure.failed("the query was over before each of " + MISSES_MAX + " kills");
  }

  private Server owner(String job) {
    if (!what.hasSeveralSchedulers()) {
      return cluster.schedulers().getFirst();
    }
    JobOwners owners = new JobOwners();
    HostAndPort address = owners.address(owners.of(cluster.addresses(), job).getLast());
    return cluster.scheduler(address);
  }

  /** Returns what makes the cluster whole again once the answer is there. */
  private Runnable strike(Server owner) {
    Server executor = cluster.executors().get(random.nextInt(cluster.executors().size()));
    switch (what) {
      case rocksdb -> {
        owner.process().kill();
        startAgain(owner);
        return () -> {};
      }
      case executor -> {
        executor.process().kill();
        startAgain(executor);
        return () -> {};
      }
      case suspicion -> owner.process().kill();
      case lease -> {
        owner.process().pause();
        return () -> {
          owner.process().kill();
          startAgain(owner);
        };
      }
      case handover -> {
        owner.process().terminate();
        return () -> {
          if (owner.process().awaitEnd(END_MAX).isEmpty()) {
            throw CommandFailure.failed(owner.name() + " did not end of SIGTERM");
          }
          startAgain(owner);
        };
      }
      case owner_and_executor -> {
        owner.process().kill();
        executor.process().kill();
        executor.start();
        return () -> {
          var _ = executor.process().awaitReady();
          startAgain(owner);
        };
      }
      case owner_and_leader -> {
        EtcdMember leader =
            cluster.etcd().leader().orElseThrow(() -> CommandFailure.failed("etcd has no leader"));
        owner.process().kill();
        leader.process().kill();
        leader.start();
      }
    }
    return () -> startAgain(owner);
  }

  private static void startAgain(Server server) {
    server.start();
    var _ = server.process().awaitReady();
  }

  /** When the next task started that counts as progress. */
  private Optional<Instant> progress(TaskRuns runs, Set<String> launchers, Instant killedAt) {
    return runs.runs().stream()
        .filter(run -> run.startedAt().isAfter(killedAt))
        .filter(run -> !what.changesOwner() || !launchers.contains(run.launcher()))
        .map(Run::startedAt)
        .findFirst();
  }

  /** Since when a slot was free before the task that counts as progress started in it. */
  private Instant freeSince(TaskRuns runs, Instant killedAt, Instant progressAt) {
    Instant lastStartAt =
        runs.runs().stream()
            .map(Run::startedAt)
            .filter(at -> at.isAfter(killedAt) && at.isBefore(progressAt))
            .max(Comparator.naturalOrder())
            .orElse(killedAt);
    List<Run> running = runs.runningAt(lastStartAt);
    int slots = cluster.executors().size(); // One each.
    return running.size() < slots
        ? lastStartAt
        : running.stream()
            .flatMap(run -> Stream.ofNullable(run.endedAt()))
            .filter(at -> !at.isAfter(progressAt))
            .min(Comparator.naturalOrder())
            .orElse(progressAt);
  }

  private static void pause(long ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }
}

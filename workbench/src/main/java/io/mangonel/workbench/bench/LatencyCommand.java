package io.mangonel.workbench.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.workbench.contest.Resources;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mangonel bench latency}. */
@Command(
    name = "latency",
    mixinStandardHelpOptions = true,
    header = "Run many small queries: one after another, from 8 clients, beside long ones.",
    description = {
      "",
      "The scheduler keeps its state in RocksDB. Clients use Flight SQL; plain DuckDB is in this"
          + " process. Ratios are of medians. Busy: as many endless queries run as there are slots.",
      "",
      "With --state etcd, several schedulers share an etcd that is started for it: queries one after"
          + " another, at each scheduler in turn, and then from many clients at once, with what each"
          + " client and each scheduler got. Exit code 1 when a target is missed.",
      ""
    })
final class LatencyCommand implements Callable<Integer> {
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--queries",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Queries in each series. Default: ${DEFAULT-VALUE}.")
  private int queries;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "3000",
      description =
          "Queries that each runs before, and whose answers are compared: a JVM that has just started"
              + " is slow. Default: ${DEFAULT-VALUE}.")
  private int warmUp;

  @Option(
      names = "--state",
      paramLabel = "S",
      defaultValue = "rocksdb",
      description = "rocksdb, or etcd for several schedulers. Default: ${DEFAULT-VALUE}.")
  private String state = "rocksdb";

  @Option(
      names = "--schedulers",
      paramLabel = "N",
      defaultValue = "2",
      description = "Schedulers on etcd. Default: ${DEFAULT-VALUE}.")
  private int schedulers;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "200",
      description = "Clients that ask at once, with --state etcd. Default: ${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "30",
      description = "How long these ask. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures, too.")
  private @Nullable Path json;

  /** Made by picocli. */
  LatencyCommand() {}

  @Override
  public Integer call() {
    PrintStream out = System.out;
    int count = ClusterOptions.between("--queries", queries, Limits.LATENCY_QUERIES_MAX);
    int before = ClusterOptions.between("--warm-up", warmUp, Limits.LATENCY_QUERIES_MAX);
    return switch (state) {
      case "rocksdb" -> alone(out, count, before);
      case "etcd" -> shared(out, count, before);
      default -> throw CommandFailure.usage("--state must be rocksdb or etcd, it is " + state);
    };
  }

  private int alone(PrintStream out, int count, int before) {
    LatencyReport report;
    try (Resources resources = Resources.in(cluster.root())) {
      var benchmark =
          new LatencyBenchmark(
              cluster.executors(), cluster.memoryMb(), cluster.timeLimitMs(), resources);
      report = benchmark.run(count, before);
    }
    print(out, report.text(), report.json());
    return 0;
  }

  private int shared(PrintStream out, int count, int before) {
    var sizes =
        new SharedLatencyBenchmark.Sizes(
            ClusterOptions.between("--schedulers", schedulers, Limits.SCHEDULERS_MAX),
            cluster.executors(),
            cluster.memoryMb(),
            count,
            before,
            ClusterOptions.between("--clients", clients, Limits.SHARED_CLIENTS_MAX),
            ClusterOptions.between("--seconds", seconds, Limits.TIME_LIMIT_S_MAX) * 1_000L,
            cluster.timeLimitMs());
    SharedLatencyReport report;
    try (Resources resources = Resources.in(cluster.root())) {
      report = new SharedLatencyBenchmark(sizes, resources).run();
    }
    print(out, report.text(), report.json());
    return report.allMet() ? 0 : 1;
  }

  private void print(PrintStream out, String text, JsonNode figures) {
    out.println(text);
    if (json != null) {
      JsonFile.write(json, figures);
      out.println("figures in " + json);
    }
  }
}

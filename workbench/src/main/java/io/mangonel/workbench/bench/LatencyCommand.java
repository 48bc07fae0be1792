package io.mangonel.workbench.bench;

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
      defaultValue = "1000",
      description =
          "Queries that each runs before, and whose answers are compared: a JVM that has just started"
              + " is slow. Default: ${DEFAULT-VALUE}.")
  private int warmUp;

  @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures, too.")
  private @Nullable Path json;

  /** Made by picocli. */
  LatencyCommand() {}

  @Override
  public Integer call() {
    PrintStream out = System.out;
    int count = ClusterOptions.between("--queries", queries, Limits.LATENCY_QUERIES_MAX);
    int before = ClusterOptions.between("--warm-up", warmUp, Limits.LATENCY_QUERIES_MAX);
    LatencyReport report;
    try (Resources resources = Resources.in(cluster.root())) {
      var benchmark =
          new LatencyBenchmark(
              cluster.executors(), cluster.memoryMb(), cluster.timeLimitMs(), resources);
      report = benchmark.run(count, before);
    }
    out.println(report.text());
    if (json != null) {
      JsonFile.write(json, report.json());
      out.println("figures in " + json);
    }
    return 0;
  }
}

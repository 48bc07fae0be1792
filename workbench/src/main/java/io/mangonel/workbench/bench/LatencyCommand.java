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
    header = "Run many small queries, one after another and from 8 clients.",
    description = {
      "",
      "The scheduler keeps its state in RocksDB. Clients use Flight SQL; plain DuckDB is in this"
          + " process.",
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

  @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures, too.")
  private @Nullable Path json;

  /** Made by picocli. */
  LatencyCommand() {}

  @Override
  public Integer call() {
    PrintStream out = System.out;
    int count = ClusterOptions.between("--queries", queries, Limits.LATENCY_QUERIES_MAX);
    LatencyReport report;
    try (Resources resources = Resources.in(cluster.root())) {
      var benchmark =
          new LatencyBenchmark(
              cluster.executors(), cluster.memoryMb(), cluster.timeLimitMs(), resources);
      report = benchmark.run(count);
    }
    out.println(report.text());
    if (json != null) {
      JsonFile.write(json, report.json());
      out.println("figures in " + json);
    }
    return 0;
  }
}

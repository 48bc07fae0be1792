package io.mangonel.workbench.bench;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.planner.distribute.JoinMode;
import io.mangonel.tpch.TpchQueries;
import io.mangonel.workbench.contest.Resources;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mangonel bench tpch}. */
@Command(
    name = "tpch",
    mixinStandardHelpOptions = true,
    header = "Run the TPC-H queries on plain DuckDB, on one executor and on several, in turn.",
    description = {
      "",
      "Plain DuckDB is in this process; schedulers and executors are processes of their own, asked"
          + " through Flight SQL. Each gets the same threads and memory in sum. Before, one query"
          + " over all tables is run by each. The answers are compared.",
      ""
    })
final class TpchCommand implements Callable<Integer> {
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--sf",
      paramLabel = "F",
      description = "Scale factor. Default: that of the data, or 1.")
  private @Nullable Double scaleFactor;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Data as 'mangonel tpch generate' makes it; made when missing. Default: below --dir.")
  private @Nullable Path data;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "3",
      description = "Times each query is run; the median counts. Default: ${DEFAULT-VALUE}.")
  private int runs;

  @Option(
      names = "--queries",
      split = ",",
      paramLabel = "N",
      description = "Numbers from 1 to 22. Default: all.")
  private List<Integer> queries = List.of();

  @Option(
      names = "--join-mode",
      paramLabel = "MODE",
      defaultValue = "auto",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private JoinMode joinMode = JoinMode.AUTO;

  @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures, too.")
  private @Nullable Path json;

  /** Made by picocli. */
  TpchCommand() {}

  @Override
  public Integer call() {
    PrintStream out = System.out;
    List<Integer> chosen =
        queries.isEmpty() ? IntStream.rangeClosed(1, TpchQueries.COUNT).boxed().toList() : queries;
    chosen.forEach(query -> ClusterOptions.between("--queries", query, TpchQueries.COUNT));
    int times = ClusterOptions.between("--runs", runs, Limits.RUNS_MAX);
    TpchData found = TpchData.at(dataDirectory(), scaleFactor, out);
    var setup =
        new TpchReport.Setup(
            found.scaleFactor(), cluster.executors(), cluster.memoryMb(), times, joinMode.name());
    TpchReport report;
    try (Resources resources = Resources.in(cluster.root())) {
      var benchmark = new TpchBenchmark(setup, found, cluster.timeLimitMs(), resources);
      report = benchmark.run(chosen, out);
    }
    if (json != null) {
      JsonFile.write(json, report.json());
      out.println("figures in " + json);
    }
    if (!report.isAllRight()) {
      throw CommandFailure.failed("not every query was answered as by plain DuckDB");
    }
    return 0;
  }

  private Path dataDirectory() {
    double wanted = scaleFactor == null ? 1 : scaleFactor;
    return data == null ? cluster.root().resolve("tpch-sf" + wanted) : data;
  }
}

package io.mangonel.workbench.bench;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.tpch.TpchGenerator;
import io.mangonel.tpch.TpchQueries;
import io.mangonel.workbench.contest.Answer;
import io.mangonel.workbench.contest.Cluster;
import io.mangonel.workbench.contest.ClusterClient;
import io.mangonel.workbench.contest.Contestant;
import io.mangonel.workbench.contest.PlainDuckDb;
import io.mangonel.workbench.contest.Resources;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs each query on each contestant in turn, so that all meet the same machine. */
final class TpchBenchmark {
  private static final String JOIN_MODE = "mangonel_join_mode";

  private final TpchReport.Setup setup;
  private final TpchData data;
  private final long limitMs;
  private final Resources resources;

  TpchBenchmark(TpchReport.Setup setup, TpchData data, long limitMs, Resources resources) {
    this.setup = setup;
    this.data = data;
    this.limitMs = limitMs;
    this.resources = resources;
  }

  /** Prints a line after each query, and the totals. */
  TpchReport run(List<Integer> queries, PrintStream out) {
    int threads = setup.executors();
    out.println(setup.describe());
    PlainDuckDb plain =
        resources.add(
            PlainDuckDb.open(threads, setup.memoryMb(), resources.directory().resolve("spill")));
    TpchGenerator.createViews(data.directory()).forEach(plain::execute);
    ClusterClient one = startCluster("one", 1, threads, setup.memoryMb());
    ClusterClient several = startCluster("several", threads, 1, setup.memoryMb() / threads);
    for (Contestant contestant : List.of(plain, one, several)) {
      warmUp(contestant);
    }
    out.println(TpchReport.HEADER);
    List<TpchReport.Line> lines = new ArrayList<>();
    for (int query : queries) {
      TpchReport.Line line = line(query, plain, one, several);
      lines.add(line);
      out.println(line.text());
      line.problems().forEach(problem -> out.println("     " + problem));
    }
    TpchReport report = new TpchReport(setup, lines);
    out.println(report.summary());
    return report;
  }

  private ClusterClient startCluster(String name, int executors, int threads, long memoryMb) {
    Cluster cluster =
        Cluster.start(
            new Cluster.Setup(
                name, resources.directory(), data.directory(), executors, threads, memoryMb),
            resources);
    String mode = setup.joinMode().toLowerCase(Locale.ROOT);
    ClusterClient client = resources.add(cluster.connect("bench", Map.of(JOIN_MODE, mode)));
    for (String view : TpchGenerator.createViews(data.directory())) {
      expectAnswer(client, view);
    }
    return client;
  }

  private void warmUp(Contestant contestant) {
    expectAnswer(
        contestant,
        TpchGenerator.TABLES.stream()
            .map(table -> "SELECT count(*) FROM " + table)
            .collect(Collectors.joining(" UNION ALL ")));
  }

  private void expectAnswer(Contestant contestant, String sql) {
    switch (Outcome.of(contestant, sql, limitMs)) {
      case Outcome.Answered _ -> {}
      case Outcome.Failed(String message) ->
          throw CommandFailure.failed(contestant.name() + ": " + message);
      case Outcome.TimedOut(long limit) ->
          throw CommandFailure.failed(contestant.name() + ": no answer after " + limit + " ms");
    }
  }

  private TpchReport.Line line(
      int query, PlainDuckDb plain, ClusterClient one, ClusterClient several) {
    List<Outcome> byPlain = new ArrayList<>();
    List<Outcome> byOne = new ArrayList<>();
    List<Outcome> bySeveral = new ArrayList<>();
    int stages = 0;
    String sql = TpchQueries.text(query);
    for (int run = 0; run < setup.runs(); run++) {
      byPlain.add(Outcome.of(plain, sql, limitMs));
      byOne.add(Outcome.of(one, sql, limitMs));
      bySeveral.add(Outcome.of(several, sql, limitMs));
      stages = several.stagesOfNewestJob();
    }
    @Nullable Answer expected = firstAnswer(byPlain).orElse(null);
    return new TpchReport.Line(
        query,
        expected == null ? 0 : expected.rows().size(),
        expected == null ? "" : expected.checksum(),
        stages,
        TpchReport.Cell.of(byPlain, expected),
        TpchReport.Cell.of(byOne, expected),
        TpchReport.Cell.of(bySeveral, expected));
  }

  private static Optional<Answer> firstAnswer(List<Outcome> outcomes) {
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.Answered answered) {
        return Optional.of(answered.answer());
      }
    }
    return Optional.empty();
  }
}

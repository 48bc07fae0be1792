package io.mangonel.workbench.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mangonel.cli.client.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Times of small queries on several schedulers.
 *
 * @param oneByOne a share for each scheduler
 * @param together a share for each client
 * @param togetherMs how long these asked
 */
record SharedLatencyReport(
    int schedulers, List<Share> oneByOne, List<Share> together, double togetherMs) {
  private static final JsonMapper JSON = new JsonMapper();

  SharedLatencyReport {
    oneByOne = List.copyOf(oneByOne);
    together = List.copyOf(together);
  }

  /**
   * What one client asked.
   *
   * @param scheduler the number of the one that it asked, from 0
   * @param ms of each query, in order
   */
  record Share(int scheduler, List<Double> ms) {
    Share {
      ms = List.copyOf(ms);
    }
  }

  private record Line(String what, int clients, List<Double> ms, double wallMs) {
    double p(double share) {
      return ms.isEmpty() ? Double.NaN : Figures.percentile(ms, share);
    }

    double queriesPerSecond() {
      return ms.size() * 1_000 / wallMs;
    }
  }

  private static List<Double> all(List<Share> shares) {
    return shares.stream().flatMap(share -> share.ms.stream()).toList();
  }

  private List<Share> of(List<Share> shares, int scheduler) {
    return shares.stream().filter(share -> share.scheduler == scheduler).toList();
  }

  private List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    lines.add(oneByOneLine("one by one", oneByOne));
    for (int i = 0; i < schedulers; i++) {
      lines.add(oneByOneLine("  at scheduler " + (i + 1), of(oneByOne, i)));
    }
    lines.add(new Line("at once", together.size(), all(together), togetherMs));
    for (int i = 0; i < schedulers; i++) {
      List<Share> shares = of(together, i);
      lines.add(new Line("  at scheduler " + (i + 1), shares.size(), all(shares), togetherMs));
    }
    return lines;
  }

  /** The times of others are not its own. */
  private static Line oneByOneLine(String what, List<Share> shares) {
    List<Double> ms = all(shares);
    return new Line(what, 1, ms, ms.stream().mapToDouble(Double::doubleValue).sum());
  }

  /** How many queries whoever had fewest was answered, for each of whoever had most. */
  double fairnessOfClients() {
    return fairness(together.stream().mapToInt(share -> share.ms.size()));
  }

  /** The same for the schedulers, for a client of each on average. */
  double fairnessOfSchedulers() {
    ToIntFunction<List<Share>> perThousand =
        shares -> shares.isEmpty() ? 0 : all(shares).size() * 1_000 / shares.size();
    return fairness(
        IntStream.range(0, schedulers).map(i -> perThousand.applyAsInt(of(together, i))));
  }

  private static double fairness(IntStream counts) {
    var summary = counts.summaryStatistics();
    return summary.getMax() <= 0 ? 0 : (double) summary.getMin() / summary.getMax();
  }

  double p50Ms() {
    return Figures.percentile(all(oneByOne), 0.5);
  }

  double p99Ms() {
    return Figures.percentile(all(oneByOne), 0.99);
  }

  boolean allMet() {
    return p50Ms() <= Limits.SHARED_P50_MS && p99Ms() <= Limits.SHARED_P99_MS;
  }

  /** A line for each series and scheduler; times in milliseconds. */
  String text() {
    TextTable table =
        new TextTable(
            "SMALL QUERIES", "CLIENTS", "QUERIES", "P50 MS", "P90 MS", "P99 MS", "MAX MS", "PER S");
    for (Line line : lines()) {
      table.row(
          line.what,
          String.valueOf(line.clients),
          String.valueOf(line.ms.size()),
          number(line.p(0.5)),
          number(line.p(0.9)),
          number(line.p(0.99)),
          number(line.p(1)),
          number(line.queriesPerSecond()));
    }
    return table
        + String.format(
            Locale.ROOT,
            "%none by one: p50 wanted at most %d ms, p99 at most %d ms: %s%n"
                + "at once: the client with fewest answers had %.2f of the one with most,"
                + " the scheduler with fewest %.2f",
            Limits.SHARED_P50_MS,
            Limits.SHARED_P99_MS,
            allMet() ? "met" : "MISSED",
            fairnessOfClients(),
            fairnessOfSchedulers());
  }

  /** All of it, for programs. */
  JsonNode json() {
    ObjectNode node =
        JSON.createObjectNode()
            .put("schedulers", schedulers)
            .put("met", allMet())
            .put("fairness_of_clients", fairnessOfClients())
            .put("fairness_of_schedulers", fairnessOfSchedulers());
    ArrayNode array = node.putArray("series");
    for (Line line : lines()) {
      array
          .addObject()
          .put("what", line.what.strip())
          .put("clients", line.clients)
          .put("queries", line.ms.size())
          .put("p50_ms", line.p(0.5))
          .put("p90_ms", line.p(0.9))
          .put("p99_ms", line.p(0.99))
          .put("max_ms", line.p(1))
          .put("queries_per_second", line.queriesPerSecond());
    }
    return node;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}

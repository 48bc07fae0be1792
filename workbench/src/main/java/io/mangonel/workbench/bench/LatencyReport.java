package io.mangonel.workbench.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.mangonel.cli.client.TextTable;
import java.util.List;
import java.util.Locale;

/** Times of small queries. */
record LatencyReport(int executors, List<Series> series) {
  private static final JsonMapper JSON = new JsonMapper();

  LatencyReport {
    series = List.copyOf(series);
  }

  /**
   * @param query what was asked
   * @param busy whether endless queries held every slot meanwhile
   * @param clients that asked at the same time
   * @param ms of each query, in any order
   * @param wallMs from the first query's start to the last one's end
   */
  record Series(
      String query, boolean busy, String contestant, int clients, List<Double> ms, double wallMs) {
    Series {
      ms = List.copyOf(ms);
    }

    double p50Ms() {
      return Figures.percentile(ms, 0.5);
    }

    private boolean isLike(Series other) {
      return query.equals(other.query) && busy == other.busy && clients == other.clients;
    }

    double queriesPerSecond() {
      return ms.size() * 1_000 / wallMs;
    }
  }

  /** Of the median to that of the series before which asked the same of plain DuckDB. */
  private double ratio(Series one) {
    return one.p50Ms() / series.stream().filter(one::isLike).findFirst().orElse(one).p50Ms();
  }

  /** A line for each series; times in milliseconds. */
  String text() {
    TextTable table =
        new TextTable(
            "ASKED",
            "QUERY",
            "CLIENTS",
            "P50 MS",
            "P90 MS",
            "P99 MS",
            "MAX MS",
            "QUERIES/S",
            "RATIO");
    for (Series one : series) {
      table.row(
          one.contestant(),
          one.busy() ? one.query() + ", busy" : one.query(),
          String.valueOf(one.clients()),
          number(Figures.percentile(one.ms(), 0.5)),
          number(Figures.percentile(one.ms(), 0.9)),
          number(Figures.percentile(one.ms(), 0.99)),
          number(Figures.percentile(one.ms(), 1)),
          number(one.queriesPerSecond()),
          number(ratio(one)));
    }
    return table.toString();
  }

  /** All of it, for programs. */
  JsonNode json() {
    var node = JSON.createObjectNode().put("executors", executors);
    ArrayNode array = node.putArray("series");
    for (Series one : series) {
      array
          .addObject()
          .put("asked", one.contestant())
          .put("query", one.query())
          .put("busy", one.busy())
          .put("clients", one.clients())
          .put("queries", one.ms().size())
          .put("p50_ms", Figures.percentile(one.ms(), 0.5))
          .put("p90_ms", Figures.percentile(one.ms(), 0.9))
          .put("p99_ms", Figures.percentile(one.ms(), 0.99))
          .put("max_ms", Figures.percentile(one.ms(), 1))
          .put("queries_per_second", one.queriesPerSecond())
          .put("p50_ratio", ratio(one));
    }
    return node;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}

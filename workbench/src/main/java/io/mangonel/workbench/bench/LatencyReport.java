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
   * @param clients that asked at the same time
   * @param ms of each query, in any order
   * @param wallMs from the first query's start to the last one's end
   */
  record Series(String contestant, int clients, List<Double> ms, double wallMs) {
    Series {
      ms = List.copyOf(ms);
    }

    double queriesPerSecond() {
      return ms.size() * 1_000 / wallMs;
    }
  }

  /** A line for each series; times in milliseconds. */
  String text() {
    TextTable table =
        new TextTable(
            "ASKED", "CLIENTS", "QUERIES", "P50 MS", "P90 MS", "P99 MS", "MAX MS", "QUERIES/S");
    for (Series one : series) {
      table.row(
          one.contestant(),
          String.valueOf(one.clients()),
          String.valueOf(one.ms().size()),
          number(Figures.percentile(one.ms(), 0.5)),
          number(Figures.percentile(one.ms(), 0.9)),
          number(Figures.percentile(one.ms(), 0.99)),
          number(Figures.percentile(one.ms(), 1)),
          number(one.queriesPerSecond()));
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
          .put("clients", one.clients())
          .put("queries", one.ms().size())
          .put("p50_ms", Figures.percentile(one.ms(), 0.5))
          .put("p90_ms", Figures.percentile(one.ms(), 0.9))
          .put("p99_ms", Figures.percentile(one.ms(), 0.99))
          .put("max_ms", Figures.percentile(one.ms(), 1))
          .put("queries_per_second", one.queriesPerSecond());
    }
    return node;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}

package io.mangonel.workbench.failover;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mangonel.cli.client.TextTable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * What kills cost.
 *
 * @param loadBefore the machine's load average of a minute
 */
record FailoverReport(long seed, double loadBefore, double loadAfter, List<Series> series) {
  private static final JsonMapper JSON = new JsonMapper();

  FailoverReport {
    series = List.copyOf(series);
  }

  /**
   * The same thing, several times.
   *
   * @param calmMs the query's time when nothing is done
   */
  record Series(FailoverCase what, long calmMs, List<Kill> kills) {
    Series {
      kills = List.copyOf(kills);
    }

    /** The smallest value that at least this share of the values does not exceed. */
    private long percentile(ToLongFunction<Kill> figure, double share) {
      long[] sorted = kills.stream().mapToLong(figure).toArray();
      Arrays.sort(sorted);
      int rank = (int) Math.ceil(share * sorted.length);
      return sorted[Math.clamp(rank, 1, sorted.length) - 1];
    }

    private long sum(ToLongFunction<Kill> figure) {
      return kills.stream().mapToLong(figure).sum();
    }
  }

  /**
   * One kill; times in milliseconds.
   *
   * @param struckMs until it was done: where a process is started again at once, until that one is
   *     ready
   * @param progressMs from the kill until the next task starts; of a scheduler, one that its
   *     successor launched
   * @param idleMs for how long a slot had then been free, and no task started: without the time in
   *     which all slots still ran what had been launched before
   * @param endMs from the kill until the client has the answer
   * @param finishedRerun attempts of tasks that had succeeded before
   * @param unfinishedRerun attempts of tasks that had been started before and had not succeeded
   */
  record Kill(
      long struckMs,
      long progressMs,
      long idleMs,
      long endMs,
      long finishedRerun,
      long unfinishedRerun) {}

  /** For a person. */
  String text() {
    TextTable table =
        new TextTable(
            "CASE",
            "KILLS",
            "NEXT TASK MS P50",
            "P90",
            "P99",
            "MAX",
            "SLOT IDLE MS P50",
            "P99",
            "ANSWER MS P50",
            "P99",
            "CALM QUERY MS",
            "FINISHED RERUN",
            "RUNNING RERUN");
    StringBuilder words = new StringBuilder();
    for (Series one : series) {
      table.row(
          one.what().name(),
          String.valueOf(one.kills().size()),
          String.valueOf(one.percentile(Kill::progressMs, 0.5)),
          String.valueOf(one.percentile(Kill::progressMs, 0.9)),
          String.valueOf(one.percentile(Kill::progressMs, 0.99)),
          String.valueOf(one.percentile(Kill::progressMs, 1)),
          String.valueOf(one.percentile(Kill::idleMs, 0.5)),
          String.valueOf(one.percentile(Kill::idleMs, 0.99)),
          String.valueOf(one.percentile(Kill::endMs, 0.5)),
          String.valueOf(one.percentile(Kill::endMs, 0.99)),
          String.valueOf(one.calmMs()),
          String.valueOf(one.sum(Kill::finishedRerun)),
          String.valueOf(one.sum(Kill::unfinishedRerun)));
      words.append(one.what()).append(": ").append(one.what().words()).append('\n');
    }
    return table
        + "\n\n"
        + words
        + String.format(
            Locale.ROOT,
            "times count from the kill; load average %.1f before, %.1f after; seed %d",
            loadBefore,
            loadAfter,
            seed);
  }

  /** Every kill. */
  ObjectNode json() {
    ObjectNode node =
        JSON.createObjectNode()
            .put("seed", seed)
            .put("load_before", loadBefore)
            .put("load_after", loadAfter);
    ArrayNode all = node.putArray("cases");
    for (Series one : series) {
      ObjectNode of =
          all.addObject()
              .put("case", one.what().name())
              .put("calm_ms", one.calmMs())
              .put("next_task_p50_ms", one.percentile(Kill::progressMs, 0.5))
              .put("next_task_p99_ms", one.percentile(Kill::progressMs, 0.99))
              .put("idle_p50_ms", one.percentile(Kill::idleMs, 0.5))
              .put("idle_p99_ms", one.percentile(Kill::idleMs, 0.99));
      ArrayNode kills = of.putArray("kills");
      for (Kill kill : one.kills()) {
        kills
            .addObject()
            .put("struck_ms", kill.struckMs())
            .put("next_task_ms", kill.progressMs())
            .put("idle_ms", kill.idleMs())
            .put("answer_ms", kill.endMs())
            .put("finished_rerun", kill.finishedRerun())
            .put("running_rerun", kill.unfinishedRerun());
      }
    }
    return node;
  }
}

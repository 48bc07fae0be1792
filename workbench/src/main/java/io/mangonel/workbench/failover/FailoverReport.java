package io.mangonel.workbench.failover;

import io.mangonel.cli.client.TextTable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * What kills cost.
 *
 * @param calmMs the query's time when nobody is killed
 * @param loadBefore the machine's load average of a minute
 */
record FailoverReport(
    long seed,
    long calmMs,
    double loadBefore,
    double loadAfter,
    List<Kill> scheduler,
    List<Kill> executors) {
  FailoverReport {
    scheduler = List.copyOf(scheduler);
    executors = List.copyOf(executors);
  }

  /**
   * One kill; times in milliseconds.
   *
   * @param readyMs from the kill until the process that was started at once says that it is ready
   * @param progressMs from the kill until the next task starts; of a scheduler, one that its
   *     successor launched
   * @param queryMs the query's whole time
   * @param finishedRerun attempts of tasks that had succeeded before
   * @param unfinishedRerun attempts of tasks that had been started before and had not succeeded
   */
  record Kill(
      long readyMs, long progressMs, long queryMs, long finishedRerun, long unfinishedRerun) {}

  /** For a person. */
  String text() {
    TextTable table =
        new TextTable(
            "KILLED",
            "KILLS",
            "READY MS P50",
            "P90",
            "MAX",
            "NEXT TASK MS P50",
            "P90",
            "MAX",
            "QUERY MS P50",
            "FINISHED RERUN",
            "RUNNING RERUN");
    add(table, "scheduler", scheduler);
    add(table, "executor", executors);
    return table
        + String.format(
            Locale.ROOT,
            "%n%nundisturbed the query takes %d ms; load average %.1f before, %.1f after; seed %d",
            calmMs,
            loadBefore,
            loadAfter,
            seed);
  }

  private static void add(TextTable table, String name, List<Kill> kills) {
    table.row(
        name,
        String.valueOf(kills.size()),
        percentile(kills, Kill::readyMs, 0.5),
        percentile(kills, Kill::readyMs, 0.9),
        percentile(kills, Kill::readyMs, 1),
        percentile(kills, Kill::progressMs, 0.5),
        percentile(kills, Kill::progressMs, 0.9),
        percentile(kills, Kill::progressMs, 1),
        percentile(kills, Kill::queryMs, 0.5),
        String.valueOf(kills.stream().mapToLong(Kill::finishedRerun).sum()),
        String.valueOf(kills.stream().mapToLong(Kill::unfinishedRerun).sum()));
  }

  /** The smallest value that at least this share of the values does not exceed. */
  private static String percentile(List<Kill> kills, ToLongFunction<Kill> figure, double share) {
    long[] sorted = kills.stream().mapToLong(figure).toArray();
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(share * sorted.length);
    return String.valueOf(sorted[Math.clamp(rank, 1, sorted.length) - 1]);
  }
}

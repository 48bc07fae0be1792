package io.mangonel.workbench.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.mangonel.cli.client.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the scheduler's benchmark measured, in the order in which it did. */
final class ScaleReport {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int TRANSITIONS_PER_TASK = 2;
  private static final double NANOS_PER_MICRO = 1e3;
  private static final double NANOS_PER_SECOND = 1e9;

  private final List<Row> rows = new ArrayList<>();

  /** A bound for one figure. */
  record Target(String figure, double value, double bound, boolean atLeast) {
    boolean met() {
      return atLeast ? value >= bound : value <= bound;
    }

    private String text() {
      return String.format(
          Locale.ROOT,
          "%s %,.0f, wanted %s %,.0f: %s",
          figure,
          value,
          atLeast ? "at least" : "at most",
          bound,
          met() ? "met" : "MISSED");
    }
  }

  /**
   * One measurement.
   *
   * @param tasks that were launched and that ended, durably: two transitions each
   * @param wallNanos from the first submit to the last durable end, or to what the note says
   * @param loopNanos CPU time of the event loops, and {@code committerNanos} of the committers
   */
  record Row(
      String scenario,
      String store,
      long tasks,
      long wallNanos,
      long loopNanos,
      long committerNanos,
      String note,
      @Nullable Target target) {
    double transitionsPerSecond() {
      return tasks * TRANSITIONS_PER_TASK / (wallNanos / NANOS_PER_SECOND);
    }

    /** As many as the two threads would make durable in a second of their CPU time. */
    double transitionsPerCore() {
      return tasks * TRANSITIONS_PER_TASK / ((loopNanos + committerNanos) / NANOS_PER_SECOND);
    }

    double loopMicrosPerTask() {
      return loopNanos / NANOS_PER_MICRO / tasks;
    }

    double committerMicrosPerTask() {
      return committerNanos / NANOS_PER_MICRO / tasks;
    }

    Row with(Target checked) {
      return new Row(scenario, store, tasks, wallNanos, loopNanos, committerNanos, note, checked);
    }
  }

  void add(Row row) {
    rows.add(row);
  }

  boolean allMet() {
    return rows.stream().allMatch(row -> row.target == null || row.target.met());
  }

  String text() {
    var table =
        new TextTable(
            "SCENARIO",
            "STORE",
            "TASKS",
            "MS",
            "TRANSITIONS/S",
            "PER CORE",
            "LOOP US/TASK",
            "COMMIT US/TASK",
            "TARGET",
            "NOTE");
    for (Row row : rows) {
      table.row(
          row.scenario,
          row.store,
          String.format(Locale.ROOT, "%,d", row.tasks),
          String.format(Locale.ROOT, "%,.0f", row.wallNanos / 1e6),
          String.format(Locale.ROOT, "%,.0f", row.transitionsPerSecond()),
          String.format(Locale.ROOT, "%,.0f", row.transitionsPerCore()),
          String.format(Locale.ROOT, "%.2f", row.loopMicrosPerTask()),
          String.format(Locale.ROOT, "%.2f", row.committerMicrosPerTask()),
          row.target == null ? "" : row.target.text(),
          row.note);
    }
    return table.toString();
  }

  /** All of it, for programs. */
  JsonNode json() {
    var node = JSON.createObjectNode();
    ArrayNode array = node.putArray("rows");
    for (Row row : rows) {
      var line =
          array
              .addObject()
              .put("scenario", row.scenario)
              .put("store", row.store)
              .put("tasks", row.tasks)
              .put("ms", row.wallNanos / 1e6)
              .put("transitions_per_second", row.transitionsPerSecond())
              .put("transitions_per_core_second", row.transitionsPerCore())
              .put("loop_us_per_task", row.loopMicrosPerTask())
              .put("committer_us_per_task", row.committerMicrosPerTask())
              .put("note", row.note);
      if (row.target != null) {
        line.putObject("target")
            .put("figure", row.target.figure)
            .put("value", row.target.value)
            .put("bound", row.target.bound)
            .put("met", row.target.met());
      }
    }
    return node;
  }
}

package io.mangonel.cli.sql;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How a statement was run.
 *
 * @param rows of its answer; -1 when nobody knows
 * @param elapsedMs as the client saw it
 * @param stages 0 when there was no job
 * @param executors that ran at least one task
 */
record RunReport(long rows, long elapsedMs, int stages, int tasks, int executors) {
  private static final long MS_PER_SECOND = 1_000;
  private static final long MS_PER_MINUTE = 60_000;

  /**
   * @param detail the job as its scheduler shows it, or null
   */
  static RunReport of(long elapsedMs, @Nullable JsonNode detail) {
    if (detail == null) {
      return new RunReport(-1, elapsedMs, 0, 0, 0);
    }
    Set<String> executors = new TreeSet<>();
    int tasks = 0;
    for (JsonNode stage : detail.path("stages")) {
      tasks += stage.path("tasks").asInt();
      for (JsonNode task : stage.path("by_task")) {
        if (!task.path("executor").isNull()) {
          executors.add(task.path("executor").asText());
        }
      }
    }
    return new RunReport(
        detail.path("rows").asLong(-1),
        elapsedMs,
        detail.path("stages").size(),
        tasks,
        executors.size());
  }

  /** Like {@code 1.24 s, 3 stages, 5 tasks, 2 executors}. */
  String text() {
    StringBuilder text = new StringBuilder(time());
    if (stages > 0) {
      text.append(", ").append(count(stages, "stage")).append(", ").append(count(tasks, "task"));
    }
    return executors == 0 ? text.toString() : text + ", " + count(executors, "executor");
  }

  private String time() {
    if (elapsedMs < MS_PER_SECOND) {
      return elapsedMs + " ms";
    }
    return elapsedMs < MS_PER_MINUTE
        ? String.format(Locale.ROOT, "%.2f s", elapsedMs / 1e3)
        : elapsedMs / MS_PER_MINUTE + " min " + elapsedMs % MS_PER_MINUTE / MS_PER_SECOND + " s";
  }

  static String count(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}

package io.mangonel.scheduler.query;

import io.mangonel.planner.stage.PlanText;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.scheduler.insight.AttemptLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A plan as EXPLAIN ANALYZE shows it: as EXPLAIN does, with what became of each task. */
final class AnalyzeText {
  private static final String SUCCEEDED = "SUCCEEDED";
  private static final long[] BYTES = {1L << 30, 1L << 20, 1L << 10};
  private static final String[] UNITS = {"GiB", "MiB", "KiB"};

  private AnalyzeText() {}

  /** Many lines. */
  static String of(QueryPlan plan, JobDetail job) {
    return PlanText.of(plan, stage -> stage(stage, job)) + "\n" + times(job.summary());
  }

  private static String times(JobSummary summary) {
    Long started = summary.startedMs();
    Long ended = summary.endedMs();
    return started == null || ended == null
        ? ""
        : "planned in %,d ms, ran in %,d ms%n"
            .formatted(Math.max(0, started - summary.submittedMs()), Math.max(0, ended - started));
  }

  private static List<String> stage(int id, JobDetail job) {
    List<AttemptLine> attempts =
        job.history().attempts().stream().filter(line -> line.id().stage() == id).toList();
    List<AttemptLine> done =
        attempts.stream().filter(line -> line.outcome().equals(SUCCEEDED)).toList();
    List<String> lines = new ArrayList<>();
    if (done.isEmpty()) {
      lines.add("its attempts are no longer known");
      return lines;
    }
    JobDetail.Stage stage = job.stages().get(id);
    long first = attempts.stream().mapToLong(AttemptLine::startedMs).min().orElse(0);
    long last = done.stream().mapToLong(AnalyzeText::endedMs).max().orElse(0);
    int again = attempts.size() - stage.tasks();
    lines.add(
        "gave "
            + rows(stage.rows())
            + ", "
            + bytes(stage.bytes())
            + " in "
            + ms(last - first)
            + spilled(done.stream().mapToLong(AttemptLine::spilledBytes).max().orElse(0))
            + skew(done)
            + (again > 0 ? ", " + again + (again == 1 ? " rerun" : " reruns") : ""));
    attempts.forEach(line -> lines.add("  " + task(line)));
    return lines;
  }

  /** Of the tasks on one executor together: they share its memory and its disk. */
  private static String spilled(long most) {
    return most == 0 ? "" : ", spilled " + bytes(most);
  }

  /** How far the slowest and the fullest task are above the mean. */
  private static String skew(List<AttemptLine> done) {
    return done.size() < 2
        ? ""
        : String.format(
            Locale.ROOT,
            ", skew %.2f by time, %.2f by rows",
            skew(done, line -> (double) (endedMs(line) - line.startedMs())),
            skew(done, line -> (double) line.rows()));
  }

  private static double skew(List<AttemptLine> done, ToDoubleFunction<AttemptLine> figure) {
    double mean = done.stream().mapToDouble(figure).average().orElse(0);
    return mean <= 0 ? 1 : done.stream().mapToDouble(figure).max().orElse(0) / mean;
  }

  private static String task(AttemptLine line) {
    String head = "task " + line.id().partition() + " on " + line.executor().value() + ": ";
    String time = ms(endedMs(line) - line.startedMs());
    if (line.outcome().equals(SUCCEEDED)) {
      return head
          + rows(line.rows())
          + ", "
          + bytes(line.bytes())
          + " in "
          + time
          + spilled(line.spilledBytes());
    }
    String why = line.message() == null ? "" : ": " + line.message().lines().findFirst().orElse("");
    return head + line.outcome() + " after " + time + why;
  }

  private static long endedMs(AttemptLine line) {
    Long ended = line.endedMs();
    return ended == null ? line.startedMs() : ended;
  }

  private static String ms(long ms) {
    return String.format(Locale.ROOT, "%,d ms", Math.max(0, ms));
  }

  private static String rows(long rows) {
    return String.format(Locale.ROOT, "%,d row%s", rows, rows == 1 ? "" : "s");
  }

  private static String bytes(long bytes) {
    for (int i = 0; i < BYTES.length; i++) {
      if (bytes >= BYTES[i]) {
        return String.format(Locale.ROOT, "%.1f %s", (double) bytes / BYTES[i], UNITS[i]);
      }
    }
    return bytes + " B";
  }
}

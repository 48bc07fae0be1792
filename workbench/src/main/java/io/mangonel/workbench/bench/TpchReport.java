package io.mangonel.workbench.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mangonel.workbench.contest.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The figures of one run. */
record TpchReport(Setup setup, List<Line> lines) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Above the lines: times in milliseconds. */
  static final String HEADER =
      row("q", "rows", "plain", "one", "several", "one/p", "sev/p", "stages", "answers");

  TpchReport {
    lines = List.copyOf(lines);
  }

  /**
   * @param executors of one thread each; plain DuckDB and the one executor have as many threads
   * @param memoryMb of each contestant, all executors together
   */
  record Setup(double scaleFactor, int executors, long memoryMb, int runs, String joinMode) {
    /** What the columns are. */
    String describe() {
      return String.format(
          Locale.ROOT,
          "TPC-H scale factor %s, %s, join mode %s, %d MB each%n"
              + "plain    one DuckDB with %d threads, in this process%n"
              + "one      a scheduler and one executor with %d threads%n"
              + "several  a scheduler and %d executors with 1 thread each%n",
          number(scaleFactor),
          runs == 1 ? "1 run" : "median of " + runs + " runs",
          joinMode.toLowerCase(Locale.ROOT),
          memoryMb,
          executors,
          executors,
          executors);
    }

    private static String number(double value) {
      return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
  }

  /**
   * One query on one contestant.
   *
   * @param ms median; null without an answer to each run
   * @param cpuMs median of the processor time
   * @param problem null when every answer is right
   */
  record Cell(@Nullable Double ms, double cpuMs, @Nullable String problem) {
    /**
     * @param expected null when plain DuckDB gave no answer
     */
    static Cell of(List<Outcome> outcomes, @Nullable Answer expected) {
      List<Double> times = new ArrayList<>();
      List<Double> cpuTimes = new ArrayList<>();
      for (Outcome outcome : outcomes) {
        switch (outcome) {
          case Outcome.Answered(double ms, long cpuMs, Answer answer) -> {
            times.add(ms);
            cpuTimes.add((double) cpuMs);
            Optional<String> difference =
                expected == null ? Optional.empty() : answer.differenceTo(expected);
            if (difference.isPresent()) {
              return new Cell(null, 0, "wrong: " + difference.get());
            }
          }
          case Outcome.TimedOut(long limitMs) -> {
            return new Cell(null, 0, "no answer within " + limitMs + " ms");
          }
          case Outcome.Failed(String message) -> {
            return new Cell(null, 0, "failed: " + message);
          }
        }
      }
      return new Cell(Figures.median(times), Figures.median(cpuTimes), null);
    }

    Optional<Double> time() {
      return Optional.ofNullable(ms);
    }

    /** Of the two times, where both are known. */
    Optional<Double> ratioTo(Cell plain) {
      return ms == null || plain.ms == null ? Optional.empty() : Optional.of(ms / plain.ms);
    }
  }

  /**
   * @param rows of the answer
   * @param checksum of its exact columns
   * @param stages on several executors
   */
  record Line(
      int query, int rows, String checksum, int stages, Cell plain, Cell one, Cell several) {
    boolean isComplete() {
      return plain.ms != null && one.ms != null && several.ms != null;
    }

    String text() {
      return row(
          query,
          rows,
          time(plain.time()),
          time(one.time()),
          time(several.time()),
          ratio(one.ratioTo(plain)),
          ratio(several.ratioTo(plain)),
          stages,
          isComplete() ? "same " + checksum : "NOT THE SAME");
    }

    /** One line for each contestant without right answers. */
    List<String> problems() {
      List<String> problems = new ArrayList<>();
      describe("plain", plain, problems);
      describe("one", one, problems);
      describe("several", several, problems);
      return problems;
    }

    private static void describe(String name, Cell cell, List<String> problems) {
      if (cell.problem != null) {
        problems.add(name + ": " + cell.problem.strip().replaceAll("\\s+", " "));
      }
    }
  }

  /** Whether every query was answered by all, and alike. */
  boolean isAllRight() {
    return lines.stream().allMatch(Line::isComplete);
  }

  /** Totals and means over the queries that all answered. */
  String summary() {
    List<Line> complete = lines.stream().filter(Line::isComplete).toList();
    if (complete.isEmpty()) {
      return "no query was answered by all";
    }
    double plain = total(complete, Line::plain);
    double one = total(complete, Line::one);
    double several = total(complete, Line::several);
    String totals =
        row(
            "sum",
            "",
            time(Optional.of(plain)),
            time(Optional.of(one)),
            time(Optional.of(several)),
            ratio(Optional.of(one / plain)),
            ratio(Optional.of(several / plain)),
            "",
            String.format(Locale.ROOT, "%d of %d queries the same", complete.size(), lines.size()));
    String means =
        row(
            "geo",
            "",
            "",
            "",
            "",
            ratio(Optional.of(mean(complete, Line::one))),
            ratio(Optional.of(mean(complete, Line::several))),
            "",
            "geometric mean of the ratios");
    return totals + "\n" + means + "\n" + processorTimes(complete);
  }

  private static String processorTimes(List<Line> complete) {
    return row(
        "cpu",
        "",
        time(Optional.of(totalCpu(complete, Line::plain))),
        time(Optional.of(totalCpu(complete, Line::one))),
        time(Optional.of(totalCpu(complete, Line::several))),
        "",
        "",
        "",
        "processor time of all processes");
  }

  private static double total(List<Line> lines, Function<Line, Cell> cell) {
    return lines.stream().mapToDouble(line -> cell.apply(line).time().orElse(0.0)).sum();
  }

  private static double totalCpu(List<Line> lines, Function<Line, Cell> cell) {
    return lines.stream().mapToDouble(line -> cell.apply(line).cpuMs()).sum();
  }

  private static double mean(List<Line> lines, Function<Line, Cell> cell) {
    return Figures.geometricMean(
        lines.stream().flatMap(line -> cell.apply(line).ratioTo(line.plain()).stream()).toList());
  }

  /** All of it, for programs. */
  JsonNode json() {
    ObjectNode node =
        JSON.createObjectNode()
            .put("scale_factor", setup.scaleFactor())
            .put("executors", setup.executors())
            .put("memory_mb", setup.memoryMb())
            .put("runs", setup.runs())
            .put("join_mode", setup.joinMode().toLowerCase(Locale.ROOT));
    ArrayNode queries = node.putArray("queries");
    for (Line line : lines) {
      ObjectNode one =
          queries
              .addObject()
              .put("query", line.query())
              .put("rows", line.rows())
              .put("checksum", line.checksum())
              .put("stages", line.stages());
      one.set("plain", json(line.plain()));
      one.set("one", json(line.one()));
      one.set("several", json(line.several()));
      line.one().ratioTo(line.plain()).ifPresent(ratio -> one.put("one_ratio", ratio));
      line.several().ratioTo(line.plain()).ifPresent(ratio -> one.put("several_ratio", ratio));
    }
    List<Line> complete = lines.stream().filter(Line::isComplete).toList();
    if (!complete.isEmpty()) {
      double plain = total(complete, Line::plain);
      node.putObject("total")
          .put("queries", complete.size())
          .put("plain_ms", plain)
          .put("one_ms", total(complete, Line::one))
          .put("several_ms", total(complete, Line::several))
          .put("one_ratio", total(complete, Line::one) / plain)
          .put("several_ratio", total(complete, Line::several) / plain);
    }
    return node;
  }

  private static ObjectNode json(Cell cell) {
    return JSON.createObjectNode()
        .put("ms", cell.ms())
        .put("cpu_ms", cell.cpuMs())
        .put("problem", cell.problem());
  }

  private static String time(Optional<Double> ms) {
    return ms.map(value -> String.format(Locale.ROOT, "%.0f", value)).orElse("-");
  }

  private static String ratio(Optional<Double> ratio) {
    return ratio.map(value -> String.format(Locale.ROOT, "%.2f", value)).orElse("-");
  }

  private static String row(Object... cells) {
    return String.format(Locale.ROOT, "%3s %7s %10s %10s %10s %6s %6s %7s  %s", cells)
        .stripTrailing();
  }
}

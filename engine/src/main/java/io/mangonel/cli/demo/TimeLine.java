package io.mangonel.cli.demo;

import io.mangonel.cli.client.TextTable;
import io.mangonel.cli.demo.TaskRuns.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What happened when, gathered from several sources and in any order. */
final class TimeLine {
  private final List<Moment> moments = new ArrayList<>();

  private record Moment(Instant time, String what) {}

  void add(String what) {
    add(Instant.now(), what);
  }

  void add(Instant time, String what) {
    moments.add(new Moment(time, what));
  }

  /** When each stage began and ended. */
  void addStages(TaskRuns runs) {
    Map<Integer, List<Run>> stages = new TreeMap<>();
    runs.runs()
        .forEach(run -> stages.computeIfAbsent(run.stage(), _ -> new ArrayList<>()).add(run));
    stages.forEach(
        (stage, tasks) -> {
          add(tasks.getFirst().startedAt(), "stage " + stage + " starts");
          tasks.stream()
              .flatMap(run -> Stream.ofNullable(run.endedAt()))
              .max(Comparator.naturalOrder())
              .ifPresent(
                  end -> add(end, "stage " + stage + " is done: " + tasks.size() + " tasks"));
        });
  }

  /** When executors were asked what they have by a scheduler that takes jobs over. */
  void addAdoptions(List<Server> executors) {
    for (Server executor : executors) {
      for (TaskRuns.Adoption adoption : TaskRuns.adoptions(executor.logs().getLast())) {
        add(
            adoption.time(),
            executor.name()
                + " is adopted: "
                + adoption.running()
                + " tasks running, "
                + adoption.ended()
                + " finished");
      }
    }
  }

  /** One line each, with the seconds since the first. */
  String text() {
    moments.sort(Comparator.comparing(Moment::time));
    Instant start = moments.getFirst().time();
    TextTable table = new TextTable("SECONDS", "WHAT");
    for (Moment moment : moments) {
      table.row(seconds(Duration.between(start, moment.time())), moment.what());
    }
    return table.toString();
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.2f", duration.toMillis() / 1000.0);
  }
}

package io.mangonel.workbench.chaos;

import io.mangonel.cli.demo.Server;
import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.cli.demo.TaskRuns.Run;
import io.mangonel.workbench.chaos.record.History;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finished tasks that were started again, as the executors' logs have it. There is a reason when an
 * executor could not be reached, or stood still for long, between the two, or when the owner logged
 * that it gives up outputs of the job because nothing was heard of their executor: what it holds is
 * given up then. That an executor was restarted is none (rule T12).
 *
 * @param withoutReason in words
 */
record Reruns(long tasks, long withReason, List<String> withoutReason, long interrupted) {
  private record Task(String job, int stage, int partition) {}

  private record RunOn(String executor, Run run) {}

  static Reruns count(
      List<Server> executors, List<TaskRuns.GivenUp> givenUp, List<History.Span> excuses) {
    Map<Task, List<RunOn>> tasks = new HashMap<>();
    for (Server executor : executors) {
      for (Run run : TaskRuns.read(executor.logs()).runs()) {
        tasks
            .computeIfAbsent(
                new Task(run.job(), run.stage(), run.partition()), _ -> new ArrayList<>())
            .add(new RunOn(executor.name(), run));
      }
    }
    long withReason = 0;
    long interrupted = 0;
    List<String> without = new ArrayList<>();
    for (List<RunOn> runs : tasks.values()) {
      runs.sort(Comparator.comparing(each -> each.run().startedAt()));
      for (int i = 1; i < runs.size(); i++) {
        RunOn again = runs.get(i);
        Optional<RunOn> before = succeededBefore(runs.subList(0, i), again);
        if (before.isEmpty()) {
          interrupted++;
        } else if (isExcused(before.get().run(), again.run(), excuses)
            || givenUp.stream().anyMatch(reason -> reason.isFor(again.run()))) {
          withReason++;
        } else {
          without.add(
              "%s ran on %s from %s to %s, and again as %s on %s from %s"
                  .formatted(
                      before.get().run().attempt(),
                      before.get().executor(),
                      before.get().run().startedAt(),
                      before.get().run().endedAt(),
                      again.run().attempt(),
                      again.executor(),
                      again.run().startedAt()));
        }
      }
    }
    return new Reruns(tasks.size(), withReason, without, interrupted);
  }

  private static Optional<RunOn> succeededBefore(List<RunOn> earlier, RunOn again) {
    return earlier.stream()
        .filter(each -> each.run().succeeded())
        .filter(each -> endOf(each.run()).isBefore(again.run().startedAt()))
        .findFirst();
  }

  private static Instant endOf(Run run) {
    Instant end = run.endedAt();
    return end == null ? Instant.MAX : end;
  }

  private static boolean isExcused(Run before, Run again, List<History.Span> excuses) {
    return excuses.stream()
        .anyMatch(
            span ->
                span.from().isBefore(again.startedAt()) && span.to().isAfter(before.startedAt()));
  }
}

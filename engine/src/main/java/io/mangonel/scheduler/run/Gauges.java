package io.mangonel.scheduler.run;

import io.mangonel.core.owner.JobView;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.scheduler.insight.SchedulerMetrics;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What is asked of a scheduler at each scrape. */
final class Gauges {
  private Gauges() {}

  /**
   * @param run started
   */
  static void register(SchedulerMetrics metrics, SchedulerRun run) {
    metrics.gauge(
        "mangonel_jobs",
        "Jobs that have not ended, or are still kept, by state.",
        "state",
        callback -> {
          Map<JobView.Phase, Integer> counts = new EnumMap<>(JobView.Phase.class);
          for (JobView.Phase phase : JobView.Phase.values()) {
            counts.put(phase, 0);
          }
          run.events()
              .ask(core -> core.jobs())
              .orElse(List.of())
              .forEach(line -> counts.merge(line.phase(), 1, Integer::sum));
          counts.forEach((phase, count) -> callback.call(count, phase.name()));
        });
    metrics.gauge(
        "mangonel_executor_slots",
        "Task slots of registered executors: all, and those that run a task of this scheduler.",
        "kind",
        callback -> {
          List<ExecutorInfo.View> alive = alive(run);
          callback.call(alive.stream().mapToInt(view -> view.info().slots()).sum(), "all");
          callback.call(alive.stream().mapToInt(ExecutorInfo.View::runningTasks).sum(), "running");
        });
    metrics.gauge(
        "mangonel_executors",
        "Executors that get work.",
        "state",
        callback -> callback.call(alive(run).size(), "alive"));
    metrics.gauge(
        "mangonel_queue_depth",
        "What waits: events for the loop, statements for a planner.",
        "queue",
        callback -> {
          callback.call(run.events().size(), "loop");
          callback.call(run.planning().waiting(), "planning");
        });
    metrics.gauge(
        "mangonel_store_bytes",
        "The shared store: what it holds, what its files take, and its quota.",
        "kind",
        callback ->
            run.space()
                .ifPresent(
                    space -> {
                      callback.call((double) space.usedBytes(), "used");
                      callback.call((double) space.fileBytes(), "file");
                      callback.call((double) space.quotaBytes(), "quota");
                    }));
  }

  private static List<ExecutorInfo.View> alive(SchedulerRun run) {
    return run.events().ask(core -> core.executors()).orElse(List.of()).stream()
        .filter(ExecutorInfo.View::alive)
        .toList();
  }
}

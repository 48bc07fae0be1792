package io.mangonel.workbench.scale;

import io.mangonel.core.record.JobPlan;
import io.mangonel.core.task.JobId;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The owner of jobs dies when every slot is taken by their tasks; another scheduler has them.
 * Measured from when its key is gone until each job goes on: a task of it is launched. How long it
 * takes to notice a death is another benchmark's business.
 */
final class TakeoverBenchmark {
  private final ScaleBenchmark benchmark;
  private final ScaleBenchmark.Sizes sizes;

  TakeoverBenchmark(ScaleBenchmark benchmark, ScaleBenchmark.Sizes sizes) {
    this.benchmark = benchmark;
    this.sizes = sizes;
  }

  void oneJob() {
    for (Store store : shared()) {
      takeover("of one job", store, true, 1, sizes.takeoverTasks(), 100);
    }
    takeover("of one job, alone", Store.ROCKSDB, false, 1, sizes.takeoverTasks(), 100);
  }

  void manyJobs() {
    int jobs = sizes.takeoverJobs();
    int tasks = Math.max(2, sizes.takeoverTasks() / jobs);
    for (Store store : shared()) {
      takeover("of many jobs", store, true, jobs, tasks, sizes.executors());
    }
    takeover("of many jobs, alone", Store.ROCKSDB, false, jobs, tasks, sizes.executors());
  }

  private static List<Store> shared() {
    return Store.hasEtcd() ? List.of(Store.MEMORY, Store.ETCD) : List.of(Store.MEMORY);
  }

  private void takeover(
      String what, Store store, boolean shared, int jobs, int tasks, int executors) {
    int slots = Math.max(sizes.slots(), jobs / executors + 1);
    try (var world = benchmark.new World(store, shared, executors, slots).withExecutors()) {
      var owner = world.first();
      JobPlan plan = Shapes.wide(tasks - 1);
      // Of one job half of the tasks are done; of many jobs each has one task that runs.
      int done = jobs == 1 ? tasks / 2 : jobs * (tasks - 2);
      var ended = new AtomicInteger();
      if (jobs == 1) {
        world.executors.holdAfter(done);
      } else {
        world.executors.holdOneOfEachJob();
      }
      owner.onTaskEnd(_ -> ended.incrementAndGet());
      for (int i = 0; i < jobs; i++) {
        var _ = owner.submit("user-" + i % 10, plan);
      }
      benchmark.await("tasks that have ended", () -> ended.get() >= done);
      int running = jobs == 1 ? Math.min(executors * slots, tasks - 1 - done) : jobs;
      benchmark.await("tasks that run", () -> world.executors.held() == running);
      var heir = shared ? world.startScheduler() : null;
      Set<JobId> went = ConcurrentHashMap.newKeySet();
      if (heir != null) {
        heir.onTaskEnd(went::add);
      }
      owner.kill();
      long startNs = System.nanoTime();
      if (heir != null) {
        owner.removeKey();
      } else {
        heir = world.startScheduler(went::add);
      }
      benchmark.await("a task that ends under the heir", () -> !went.isEmpty());
      long firstNs = System.nanoTime() - startNs;
      benchmark.await("a task of each job that ends under the heir", () -> went.size() == jobs);
      long allNs = System.nanoTime() - startNs;
      String note =
          String.format(
              Locale.ROOT, "%d executors; first after %,.0f ms", executors, firstNs / 1e6);
      benchmark.add(
          new ScaleReport.Row(
              "takeover " + what,
              store.word(),
              (long) jobs * tasks,
              allNs,
              heir.loopNanos(),
              heir.committerNanos(),
              note,
              new ScaleReport.Target("ms", allNs / 1e6, Limits.TAKEOVER_MS, false)));
    }
  }
}

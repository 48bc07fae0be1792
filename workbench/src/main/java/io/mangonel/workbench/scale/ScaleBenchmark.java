package io.mangonel.workbench.scale;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.record.JobPlan;
import io.mangonel.core.task.JobId;
import io.mangonel.state.StateBackend;
import io.mangonel.workbench.contest.Resources;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Runs jobs of many tasks, and many jobs, through the scheduler's loop, core and store. */
final class ScaleBenchmark {
  private static final long POLL_NANOS = 1_000_000;

  private final Sizes sizes;
  private final Resources resources;
  private final ScaleReport report = new ScaleReport();
  private final CompletableFuture<Effect> failed = new CompletableFuture<>();
  private int stores;

  /**
   * @param warmUpTasks run before anything is measured: a JVM that has just started is slow
   * @param tasks of the largest job
   * @param executors in the scenario with many
   * @param slots of each executor
   * @param allToAll tasks of the two stages together
   * @param takeoverTasks of one job, and {@code takeoverJobs} jobs, whose owner dies
   * @param timeLimitMs for each measurement
   */
  record Sizes(
      int warmUpTasks,
      int tasks,
      int executors,
      int slots,
      int jobs,
      int allToAll,
      int takeoverTasks,
      int takeoverJobs,
      long timeLimitMs) {}

  ScaleBenchmark(Sizes sizes, Resources resources) {
    this.sizes = sizes;
    this.resources = resources;
  }

  /** What is measured. */
  enum Scenario {
    FLAT,
    STORES,
    ALL_TO_ALL,
    EXECUTORS,
    JOBS,
    SCHEDULERS,
    TAKEOVER,
    TAKEOVER_JOBS;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  ScaleReport run(Set<Scenario> wanted) {
    warmUp();
    for (Scenario scenario : wanted) {
      switch (scenario) {
        case FLAT -> flat();
        case STORES -> stores();
        case ALL_TO_ALL -> allToAll();
        case EXECUTORS -> manyExecutors();
        case JOBS -> smallJobs();
        case SCHEDULERS -> schedulers();
        case TAKEOVER -> new TakeoverBenchmark(this, sizes).oneJob();
        case TAKEOVER_JOBS -> new TakeoverBenchmark(this, sizes).manyJobs();
      }
    }
    return report;
  }

  void add(ScaleReport.Row row) {
    report.add(row);
    System.err.printf(
        Locale.ROOT,
        "%-28s %-8s %,9d tasks %,9.0f ms, loop %.2f us/task, committer %.2f us/task%n",
        row.scenario(),
        row.store(),
        row.tasks(),
        row.wallNanos() / 1e6,
        row.loopMicrosPerTask(),
        row.committerMicrosPerTask());
  }

  /** A store of its own, executors, and schedulers on them. */
  final class World implements AutoCloseable {
    final Store kind;
    final DirectExecutors executors;
    final List<DirectScheduler> schedulers = new ArrayList<>();
    private final Supplier<StateBackend> store;
    private final boolean shared;

    World(Store kind, boolean shared, int executors, int slots) {
      this.kind = kind;
      this.shared = shared;
      this.store = kind.open(resources, stores++, failed::completeExceptionally);
      this.executors = new DirectExecutors(Shapes.executors(executors, slots));
      startScheduler();
    }

    DirectScheduler startScheduler() {
      return startScheduler(_ -> {});
    }

    /**
     * @param ended told of the job of each task whose end is durable
     */
    DirectScheduler startScheduler(Consumer<JobId> ended) {
      var scheduler =
          DirectScheduler.start(
              store.get(), shared, executors, ended, failed::completeExceptionally);
      schedulers.add(scheduler);
      return scheduler;
    }

    /** Makes the executors known. */
    World withExecutors() {
      first().registerExecutors();
      return this;
    }

    DirectScheduler first() {
      return schedulers.getFirst();
    }

    @Override
    public void close() {
      schedulers.forEach(DirectScheduler::close);
      executors.close();
    }
  }

  /** Waits for jobs of these tasks to end, with what that cost. */
  ScaleReport.Row measure(
      String scenario, World world, long tasks, Supplier<List<CompletableFuture<Effect>>> submit) {
    long loop = sum(world.schedulers.stream().map(DirectScheduler::loopNanos).toList());
    long committer = sum(world.schedulers.stream().map(DirectScheduler::committerNanos).toList());
    long startNs = System.nanoTime();
    submit.get().forEach(this::await);
    long wallNs = System.nanoTime() - startNs;
    return new ScaleReport.Row(
        scenario,
        world.kind.word(),
        tasks,
        wallNs,
        sum(world.schedulers.stream().map(DirectScheduler::loopNanos).toList()) - loop,
        sum(world.schedulers.stream().map(DirectScheduler::committerNanos).toList()) - committer,
        "",
        null);
  }

  private static long sum(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).sum();
  }

  /** A job's end; the scheduler's death, and the end of the time, end the benchmark. */
  void await(CompletableFuture<Effect> end) {
    switch (result(CompletableFuture.anyOf(end, failed).thenApply(Effect.class::cast))) {
      case Effect.JobFinished _ -> {}
      case Effect other -> throw CommandFailure.failed("a job did not finish: " + other);
    }
  }

  private <T> T result(CompletableFuture<T> future) {
    try {
      return future.get(sizes.timeLimitMs, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw CommandFailure.failed("not done within " + sizes.timeLimitMs + " ms");
    } catch (ExecutionException e) {
      throw CommandFailure.failed("the scheduler died: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  /** Waits for something; the scheduler's death ends the benchmark. */
  void await(String what, BooleanSupplier done) {
    long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(sizes.timeLimitMs);
    while (!done.getAsBoolean()) {
      if (failed.isDone()) {
        result(failed);
      }
      if (System.nanoTime() > untilNs) {
        throw CommandFailure.failed(what + ": not within " + sizes.timeLimitMs + " ms");
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private ScaleReport.Row oneJob(String scenario, World world, JobPlan plan) {
    return measure(
        scenario, world, Shapes.tasks(plan), () -> List.of(world.first().submit("user", plan)));
  }

  private ScaleReport.Row manyJobs(String scenario, World world, JobPlan plan, int count) {
    return measure(
        scenario,
        world,
        (long) count * Shapes.tasks(plan),
        () -> {
          var ends = new ArrayList<CompletableFuture<Effect>>();
          var open = new Semaphore(Limits.OPEN_JOBS);
          for (int i = 0; i < count; i++) {
            acquire(open);
            var scheduler = world.schedulers.get(i % world.schedulers.size());
            var end = scheduler.submit("user-" + i % 10, plan);
            ends.add(end.whenComplete((_, _) -> open.release()));
          }
          return ends;
        });
  }

  private void acquire(Semaphore open) {
    try {
      if (!open.tryAcquire(sizes.timeLimitMs, TimeUnit.MILLISECONDS)) {
        throw CommandFailure.failed("no job ended within " + sizes.timeLimitMs + " ms");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  private void warmUp() {
    int tasks = sizes.warmUpTasks;
    try (var world = new World(Store.MEMORY, false, 100, sizes.slots).withExecutors()) {
      manyJobs("warm-up", world, Shapes.wide(999), Math.ceilDiv(tasks, 1_000));
      manyJobs("warm-up", world, Shapes.single(), Math.ceilDiv(tasks, 10));
      oneJob("warm-up", world, Shapes.wide(tasks));
    }
  }

  /** What a task costs in jobs of 1,000 tasks, of 10,000, and so on. */
  private void flat() {
    double smallest = 0;
    for (int tasks = 1_000; tasks <= sizes.tasks; tasks *= 10) {
      try (var world = new World(Store.MEMORY, false, 100, sizes.slots).withExecutors()) {
        JobPlan plan = Shapes.wide(tasks - 1);
        int jobs = Math.max(1, sizes.warmUpTasks / tasks);
        String scenario = String.format(Locale.ROOT, "jobs of %,d tasks", tasks);
        ScaleReport.Row row =
            measure(
                scenario,
                world,
                (long) tasks * jobs,
                () -> {
                  // One after the other: it is the size of a job that matters.
                  for (int i = 1; i < jobs; i++) {
                    await(world.first().submit("user", plan));
                  }
                  return List.of(world.first().submit("user", plan));
                });
        smallest = smallest == 0 ? row.loopMicrosPerTask() : smallest;
        double ratio = row.loopMicrosPerTask() / smallest;
        var target =
            new ScaleReport.Target("loop CPU to smallest", ratio, Limits.FLAT_RATIO, false);
        add(withHeap(row, world).with(target));
      }
    }
  }

  private static ScaleReport.Row withHeap(ScaleReport.Row row, World world) {
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    String note =
        String.format(
            Locale.ROOT,
            "heap with %d executors: %,d MB",
            world.executors.infos().size(),
            heap >> 20);
    return new ScaleReport.Row(
        row.scenario(),
        row.store(),
        row.tasks(),
        row.wallNanos(),
        row.loopNanos(),
        row.committerNanos(),
        note,
        null);
  }

  private List<Store> available() {
    return List.of(Store.values()).stream()
        .filter(store -> store != Store.ETCD || Store.hasEtcd())
        .toList();
  }

  private void stores() {
    int tasks = Math.min(sizes.tasks, 10_000);
    int jobs = Math.max(1, Math.min(sizes.tasks, 200_000) / tasks);
    for (Store store : available()) {
      try (var world = new World(store, store == Store.ETCD, 100, sizes.slots).withExecutors()) {
        manyJobs("warm-up", world, Shapes.wide(999), 10);
        var row = manyJobs(jobs + " jobs at once", world, Shapes.wide(tasks - 1), jobs);
        add(row.with(target(store, row)));
      }
    }
  }

  private static ScaleReport.Target target(Store store, ScaleReport.Row row) {
    double bound =
        store == Store.ETCD ? Limits.ETCD_TRANSITIONS_PER_S : Limits.ROCKSDB_TRANSITIONS_PER_S;
    return new ScaleReport.Target("transitions/s", row.transitionsPerSecond(), bound, true);
  }

  private void allToAll() {
    for (Store store : List.of(Store.MEMORY, Store.ROCKSDB)) {
      try (var world = new World(store, false, 100, sizes.slots).withExecutors()) {
        var row = oneJob("all to all", world, Shapes.allToAll(sizes.allToAll / 2));
        double ms = row.wallNanos() / 1e6;
        add(row.with(new ScaleReport.Target("ms", ms, Limits.ALL_TO_ALL_MS, false)));
      }
    }
  }

  private void manyExecutors() {
    JobPlan plan = Shapes.wide(Math.min(sizes.tasks, 100_000) - 1);
    for (int executors : new int[] {10, sizes.executors}) {
      int slots = sizes.slots * sizes.executors / executors;
      try (var world = new World(Store.ROCKSDB, false, executors, slots).withExecutors()) {
        add(oneJob(executors + " executors", world, plan));
      }
    }
  }

  private void smallJobs() {
    for (Store store : available()) {
      try (var world = new World(store, store == Store.ETCD, 100, sizes.slots).withExecutors()) {
        add(manyJobs("jobs of one task", world, Shapes.single(), sizes.jobs));
      }
    }
  }

  private void schedulers() {
    if (!Store.hasEtcd()) {
      return;
    }
    for (int count : new int[] {1, 2, 4}) {
      try (var world = new World(Store.ETCD, true, 100, sizes.slots).withExecutors()) {
        manyJobs("warm-up", world, Shapes.wide(999), 1);
        IntStream.range(1, count).forEach(_ -> world.startScheduler());
        manyJobs("warm-up", world, Shapes.wide(999), 10);
        int jobs = Math.max(count, Math.min(sizes.tasks, 100_000) / 1_000);
        add(manyJobs(count + " schedulers", world, Shapes.wide(999), jobs));
      }
    }
  }
}

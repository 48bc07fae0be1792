package io.mangonel.executor.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.task.Failure;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.executor.work.WorkDirectory;
import io.mangonel.planner.stage.StagePlan;
import io.mangonel.shuffle.Checksums;
import io.mangonel.shuffle.FetchCache;
import io.mangonel.shuffle.ShuffleReader;
import io.mangonel.wire.Channels;
import io.mangonel.wire.executor.ExecutorClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A DuckDB that runs tasks, with a memory limit and room to spill of a test's choice. */
final class TaskHarness implements AutoCloseable {
  final Path data;
  final WorkDirectory work;
  final DuckDbEngine engine;
  final TaskRunner runner;
  private final BufferAllocator allocator = new RootAllocator();
  private final Channels channels = new Channels();

  /**
   * @param directory for the work directory and the input files
   */
  TaskHarness(Path directory, long memoryBytes, long spillBytesMax)
      throws IOException, SQLException {
    this(directory, 2, memoryBytes, spillBytesMax);
  }

  TaskHarness(Path directory, int threads, long memoryBytes, long spillBytesMax)
      throws IOException, SQLException {
    data = Files.createDirectories(directory.resolve("data")).toRealPath();
    work = WorkDirectory.open(directory.resolve("work"));
    engine =
        DuckDbEngine.open(
            new DuckDbEngine.Config(
                threads,
                memoryBytes,
                work.spill(),
                spillBytesMax,
                List.of(data, work.shuffle().root(), work.inputs(), work.spill())));
    ExecutorClient client = new ExecutorClient(channels);
    FetchCache cache = new FetchCache(work.fetched(), 1L << 20, client);
    ShuffleReader reader =
        new ShuffleReader(
            work.executor(), work.shuffle(), cache, client, () -> 0, new Checksums(), true);
    runner = new TaskRunner(engine, work, reader, allocator, List.of(), Limits.DEFAULTS);
  }

  TaskOutcome run(StagePlan plan, TaskAttemptId id, TaskStop stop, InputLocation... inputs) {
    return runner.run(Plans.launch(id, inputs), new TaskWork(plan, Map.of()), stop);
  }

  /** Runs it on a thread of its own, as an executor does. */
  CompletableFuture<TaskOutcome> start(StagePlan plan, TaskAttemptId id, TaskStop stop) {
    CompletableFuture<TaskOutcome> outcome = new CompletableFuture<>();
    Thread.ofPlatform().start(() -> outcome.complete(run(plan, id, stop)));
    return outcome;
  }

  TaskOutput succeed(StagePlan plan, TaskAttemptId id, InputLocation... inputs) {
    TaskOutcome outcome = run(plan, id, new TaskStop(), inputs);
    assertThat(outcome).isInstanceOf(TaskOutcome.Succeeded.class);
    return ((TaskOutcome.Succeeded) outcome).output();
  }

  Failure fail(StagePlan plan, TaskAttemptId id, InputLocation... inputs) {
    TaskOutcome outcome = run(plan, id, new TaskStop(), inputs);
    assertThat(outcome).isInstanceOf(TaskOutcome.Failed.class);
    return ((TaskOutcome.Failed) outcome).failure();
  }

  @Override
  public void close() throws IOException, SQLException {
    channels.close();
    engine.close();
    allocator.close();
    work.close();
  }
}

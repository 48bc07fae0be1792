package io.mangonel.executor.task;

import io.mangonel.core.task.Failure;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.executor.work.WorkDirectory;
import io.mangonel.executor.write.Publisher;
import io.mangonel.executor.write.RefusedException;
import io.mangonel.executor.write.Staging;
import io.mangonel.files.FileProblem;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StagePlan;
import io.mangonel.planner.stage.TaskSql;
import io.mangonel.planner.stage.TaskSql.LocalFile;
import io.mangonel.planner.stage.WriteTarget;
import io.mangonel.shuffle.ShuffleDirectory;
import io.mangonel.shuffle.ShuffleReader;
import io.mangonel.shuffle.ShuffleReader.LocalInput;
import io.mangonel.shuffle.ShuffleReader.Located;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one attempt of a task after another, on the thread of the caller; many at once. */
public final class TaskRunner {
  private static final Logger LOG = LoggerFactory.getLogger(TaskRunner.class);

  private final DuckDbEngine engine;
  private final WorkDirectory work;
  private final ShuffleReader reader;
  private final OutputWriter writer;
  private final List<Path> dataDirectories;
  private final Limits limits;
  private final AtomicLong runs = new AtomicLong();

  /**
   * @param dataDirectories absolute: where statements may write
   */
  public TaskRunner(
      DuckDbEngine engine,
      WorkDirectory work,
      ShuffleReader reader,
      BufferAllocator allocator,
      List<Path> dataDirectories,
      Limits limits) {
    this.dataDirectories = List.copyOf(dataDirectories);
    this.engine = engine;
    this.work = work;
    this.reader = reader;
    this.writer = new OutputWriter(work.shuffle(), allocator, limits);
    this.limits = limits;
  }

  /** Runs it to its end, whatever that is. Call it on a platform thread: DuckDB pins it. */
  public TaskOutcome run(TaskLaunch launch, TaskWork task, TaskStop stop) {
    Path links = work.inputs().resolve(Long.toString(runs.incrementAndGet()));
    TaskOutcome outcome;
    try {
      if (!launch.inputs().isEmpty()) {
        Files.createDirectory(links);
      }
      outcome = runWithInputs(launch, task, links, stop);
    } catch (IOException failed) {
      outcome = failed(FailureClassifier.classify(String.valueOf(failed.getMessage()), Map.of()));
    } catch (StackOverflowError tooDeep) {
      outcome = failed(new Failure.UserError("the statement nests too deeply to be run"));
    } catch (RuntimeException bug) {
      LOG.error("task {} failed by a bug", launch.id(), bug);
      outcome = failed(new Failure.Io("internal error: " + bug));
    } finally {
      stop.end();
      if (!launch.inputs().isEmpty()) {
        deleteQuietly(links);
      }
    }
    if (outcome instanceof TaskOutcome.Failed) {
      removeQuietly(launch.id());
    }
    return outcome;
  }

  private TaskOutcome runWithInputs(TaskLaunch launch, TaskWork task, Path links, TaskStop stop)
      throws IOException {
    if (task.plan().output() instanceof StageOutput.Publish(WriteTarget target)) {
      return publish(launch, task.plan(), target, stop);
    }
    return switch (located(launch, task, links, stop)) {
      case Located.Failed failed -> failed(stop.reason().orElse(failed.failure()));
      case Located.Here here -> runPinned(launch.id(), task.plan(), here.inputs(), stop);
    };
  }

  /** What it reads stays where it is: only names change. */
  private TaskOutcome publish(
      TaskLaunch launch, StagePlan plan, WriteTarget target, TaskStop stop) {
    long rows;
    try {
      Staging staging = new Staging(target, launch.id().job(), dataDirectories);
      rows = new Publisher(launch.id().job(), staging, work.executor(), launch.inputs()).publish();
    } catch (RefusedException refused) {
      return failed(new Failure.UserError(String.valueOf(refused.getMessage())));
    } catch (IOException failed) {
      String why = FileProblem.reason(Path.of(target.path()), failed);
      return failed(new Failure.Io("cannot publish the files of " + target.path() + ": " + why));
    }
    StagePlan count =
        new StagePlan(
            plan.id(),
            1,
            List.of(),
            "SELECT CAST(" + rows + " AS BIGINT) AS c0",
            List.of(),
            new StageOutput.Result(),
            true,
            1);
    try {
      return runOnEngine(launch.id(), count, List.of(), stop);
    } catch (IOException failed) {
      return failed(new Failure.Io(String.valueOf(failed.getMessage())));
    }
  }

  private Located located(TaskLaunch launch, TaskWork task, Path links, TaskStop stop) {
    stop.waits();
    try {
      return reader.locate(launch.inputs(), task.peers(), links);
    } finally {
      stop.waited();
    }
  }

  private TaskOutcome runPinned(
      TaskAttemptId id, StagePlan plan, List<LocalInput> inputs, TaskStop stop) throws IOException {
    PinnedInputs pinned = PinnedInputs.of(plan, id.partition());
    Optional<Failure> changed = pinned.changed();
    if (changed.isPresent()) {
      return failed(changed.get());
    }
    TaskOutcome outcome = runOnEngine(id, plan, inputs, stop);
    if (stop.reason().isPresent()) {
      return failed(stop.reason().get());
    }
    // A file that changed explains an error as well as it spoils a success.
    return pinned.changed().<TaskOutcome>map(TaskOutcome.Failed::new).orElse(outcome);
  }

  private TaskOutcome runOnEngine(
      TaskAttemptId id, StagePlan plan, List<LocalInput> inputs, TaskStop stop) throws IOException {
    DuckDbEngine.Session session;
    try {
      session = engine.connect();
    } catch (SQLException failed) {
      return failed(new Failure.Io("DuckDB gives no connection: " + failed.getMessage()));
    }
    try (session) {
      return new TaskOutcome.Succeeded(execute(session, id, plan, inputs, stop));
    } catch (RefusedException refused) {
      return failed(new Failure.UserError(String.valueOf(refused.getMessage())));
    } catch (SQLException failed) {
      String message = String.valueOf(failed.getMessage());
      if (FailureClassifier.isFatal(message)) {
        replaceEngine(session);
      }
      return failed(classify(message, inputs));
    }
  }

  private Failure classify(String message, List<LocalInput> inputs) {
    Map<String, TaskAttemptId> producers = new TreeMap<>();
    inputs.forEach(input -> producers.put(input.path().toString(), input.producer()));
    Failure failure = FailureClassifier.classify(message, producers);
    // Nobody asked it to stop, or the caller would not look at this.
    return failure instanceof Failure.Killed
        ? new Failure.UserError("a task ran longer than " + limits.timeoutMs() / 1_000 + " seconds")
        : failure;
  }

  private TaskOutput execute(
      DuckDbEngine.Session session,
      TaskAttemptId id,
      StagePlan plan,
      List<LocalInput> inputs,
      TaskStop stop)
      throws SQLException, IOException, RefusedException {
    for (String prelude : plan.prelude()) {
      if (session.isGiven(prelude)) {
        continue;
      }
      try (Statement statement = session.connection().createStatement()) {
        statement.execute(prelude);
      }
    }
    Map<Integer, List<LocalFile>> exchanged = new HashMap<>();
    for (LocalInput input : inputs) {
      exchanged
          .computeIfAbsent(input.producer().stage(), _ -> new ArrayList<>())
          .add(
              new LocalFile(
                  input.path().toString(), input.file().partition() == OutputFile.ALL_PARTITIONS));
    }
    String select = TaskSql.select(plan, id.partition(), exchanged);
    try (TaskCatalog _ = TaskCatalog.make(session.connection(), plan.catalog())) {
      return switch (plan.output()) {
        case StageOutput.Result _ -> writer.writeResult(session.connection(), id, select, stop);
        case StageOutput.Write write ->
            writer.writeFiles(
                session.connection(),
                write,
                select,
                new Staging(write.target(), id.job(), dataDirectories).create(id, work.shuffle()),
                plan.tasks() == 1,
                stop);
        case StageOutput.Publish _ -> throw new IllegalStateException("has no rows: " + id);
        case StageOutput.Shuffle shuffle ->
            writer.writeShuffle(
                session.connection(),
                id,
                new OutputWriter.ShuffleRows(shuffle, select, plan.tasks() == 1),
                stop);
      };
    }
  }

  private void replaceEngine(DuckDbEngine.Session session) {
    try {
      engine.replace(session.instance());
    } catch (SQLException failed) {
      LOG.error("DuckDB cannot be opened again: {}", failed.getMessage());
    }
  }

  private static TaskOutcome failed(Failure failure) {
    return new TaskOutcome.Failed(failure);
  }

  private void removeQuietly(TaskAttemptId id) {
    try {
      work.shuffle().removeAttempt(id);
    } catch (IOException failed) {
      LOG.warn("cannot delete the files of {}: {}", id, failed.getMessage());
    }
  }

  private static void deleteQuietly(Path tree) {
    try {
      ShuffleDirectory.delete(tree);
    } catch (IOException failed) {
      LOG.warn("cannot delete {}: {}", tree, failed.getMessage());
    }
  }
}

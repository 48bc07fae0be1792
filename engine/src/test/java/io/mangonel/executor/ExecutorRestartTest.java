package io.mangonel.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.graph.EdgeKind;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.executor.task.Plans;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StagePlan;
import io.mangonel.wire.scheduler.SchedulerMessages.Departure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an executor leaves to its next run, and how it goes. */
final class ExecutorRestartTest {
  private static final int PARTITIONS = 7;
  private static final String ENDLESS =
      "SELECT count(*) AS c0 FROM range(1000000000) a, range(1000) b"
          + " WHERE (a.range + b.range) % 7 = 3";

  @TempDir Path directory;

  private final List<ExecutorServer> running = new ArrayList<>();
  private final TestScheduler scheduler = new TestScheduler("scheduler-1", 0);

  @AfterEach
  void close() {
    running.forEach(ExecutorServer::close);
    scheduler.close();
  }

  private ExecutorServer start(String name) throws IOException {
    return start(name, io.mangonel.core.agent.Limits.DEFAULTS);
  }

  private ExecutorServer start(String name, io.mangonel.core.agent.Limits agent)
      throws IOException {
    var config =
        new ExecutorConfig(
            "127.0.0.1",
            0,
            List.of(scheduler.address().toString()),
            directory.resolve(name),
            1,
            1,
            128L << 20,
            false,
            List.of());
    ExecutorServer executor = ExecutorServer.start(config, Limits.of(directory).withAgent(agent));
    running.add(executor);
    return executor;
  }

  /** Ends it without any goodbye, and forgets what the scheduler knew of it. */
  private void kill(ExecutorServer executor) {
    executor.close();
    running.remove(executor);
    scheduler.registrations.remove(executor.id());
  }

  private TaskOutput produce(ExecutorServer producer, TaskAttemptId id) {
    StagePlan write =
        Plans.stage(
            0, 1, "SELECT range AS c0, 'row' AS c1 FROM range(1000)", Plans.hashOutput(PARTITIONS));
    scheduler.launch(producer.id(), id, write);
    return ((TaskOutcome.Succeeded) scheduler.awaitStatus(id).outcome()).output();
  }

  private Path attemptDirectory(String executor, TaskOutput output) {
    Path attempt = Path.of(path(output)).subpath(0, 3);
    return directory.resolve(executor).resolve("shuffle").resolve(attempt);
  }

  private static String path(TaskOutput output) {
    return output.files().getFirst().path();
  }

  @Test
  void aRestartOffersWhatWasFinishedAndReportsItAgain() throws Exception {
    ExecutorServer first = start("e1");
    TaskAttemptId id = Plans.id("j", 0, 0);
    TaskOutput output = produce(first, id);
    TaskAttemptId result = Plans.id("j", 9, 0);
    scheduler.launch(first.id(), result, Plans.stage(9, 1, "SELECT 1", new StageOutput.Result()));
    scheduler.awaitStatus(result);
    kill(first);
    scheduler.statuses.clear();

    ExecutorServer second = start("e1");

    assertThat(second.id()).isEqualTo(first.id());
    // A result that went with its status is its owner's; nothing of it is here.
    assertThat(scheduler.awaitRegistration(second.id()).outputs()).containsExactly(id);
    var repeated = scheduler.awaitStatus(id);
    assertThat(repeated.outcome()).isEqualTo(new TaskOutcome.Succeeded(output));
    assertThat(repeated.incarnation())
        .isEqualTo(scheduler.awaitRegistration(second.id()).incarnation());
    long rows = 0;
    ExecutorServer consumer = start("e2");
    for (int partition = 0; partition < PARTITIONS; partition++) {
      rows += consume(consumer, second.id(), output, partition);
    }
    assertThat(rows).isEqualTo(1_000);
  }

  private long consume(
      ExecutorServer consumer, ExecutorId producer, TaskOutput output, int partition) {
    var files = output.files().stream().filter(file -> file.partition() == partition).toList();
    TaskAttemptId id = Plans.id("j", 1, partition);
    StagePlan count =
        Plans.stage(
            1,
            PARTITIONS,
            "SELECT c0 FROM input",
            new StageOutput.Result(),
            Plans.exchange(0, EdgeKind.HASH, PARTITIONS));
    scheduler.launch(
        consumer.id(), id, count, new InputLocation(Plans.id("j", 0, 0), producer, files));
    return ((TaskOutcome.Succeeded) scheduler.awaitStatus(id).outcome()).output().rows();
  }

  @Test
  void onlyWholeRecordsWithWholeFilesOfThisExecutorAreOffered() throws Exception {
    ExecutorServer first = start("e1");
    TaskAttemptId good = Plans.id("good", 0, 0);
    produce(first, good);
    Path torn = attemptDirectory("e1", produce(first, Plans.id("torn", 0, 0)));
    Path newer = attemptDirectory("e1", produce(first, Plans.id("newer", 0, 0)));
    Path without = attemptDirectory("e1", produce(first, Plans.id("without", 0, 0)));
    TaskOutput cut = produce(first, Plans.id("cut", 0, 0));
    Path cutAt = attemptDirectory("e1", cut);
    Path moved = attemptDirectory("e1", produce(first, Plans.id("moved", 0, 0)));
    ExecutorServer other = start("e2");
    Path foreign = attemptDirectory("e2", produce(other, Plans.id("foreign", 0, 0)));
    kill(first);
    kill(other);
    byte[] record = Files.readAllBytes(torn.resolve("attempt.record"));
    Files.write(torn.resolve("attempt.record"), java.util.Arrays.copyOf(record, 20));
    byte[] bent = Files.readAllBytes(newer.resolve("attempt.record"));
    bent[0] = 100; // A version of the future, and a checksum that does not fit either.
    Files.write(newer.resolve("attempt.record"), bent);
    Files.delete(without.resolve("attempt.record"));
    Files.write(directory.resolve("e1/shuffle").resolve(path(cut)), new byte[] {1, 2, 3});
    Files.move(moved, moved.resolveSibling("0.7@1:scheduler-1"));
    Path shuffle = directory.resolve("e1/shuffle");
    Path copied = shuffle.resolve(directory.resolve("e2/shuffle").relativize(foreign));
    Files.createDirectories(copied.getParent());
    Files.move(foreign, copied);

    ExecutorServer second = start("e1");

    assertThat(scheduler.awaitRegistration(second.id()).outputs()).containsExactly(good);
    assertThat(List.of(torn, newer, without, cutAt, moved, copied))
        .allSatisfy(gone -> assertThat(gone).doesNotExist());
    try (var jobs = Files.list(shuffle)) {
      assertThat(jobs.filter(Files::isDirectory).map(job -> job.getFileName().toString()))
          .containsExactly("job-good");
    }
  }

  @Test
  void anExecutorThatLostItsWorkDirectoryOffersNothing() throws Exception {
    ExecutorServer first = start("e1");
    produce(first, Plans.id("j", 0, 0));
    kill(first);
    io.mangonel.shuffle.ShuffleDirectory.delete(directory.resolve("e1"));
    ExecutorServer second = start("e1");
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(scheduler.awaitRegistration(second.id()).outputs()).isEmpty();
  }

  @Test
  void whatNobodyKnowsAnyMoreIsDroppedAfterAGrace() throws Exception {
    ExecutorServer executor =
        start("e1", io.mangonel.core.agent.Limits.DEFAULTS.withSweep(50, 400));
    scheduler.acknowledges = false;
    scheduler.knownJobs.add(new JobId("j"));
    Path files = attemptDirectory("e1", produce(executor, Plans.id("j", 0, 0)));
    Path others = attemptDirectory("e1", produce(executor, Plans.id("nobody's", 0, 0)));
    await().atMost(TestScheduler.PATIENCE).until(() -> !Files.exists(others));
    assertThat(scheduler.unknownAsks)
        .as("asked again before it was believed")
        .hasValueGreaterThan(1);
    assertThat(files).exists();
    scheduler.knownJobs.clear();
    await().atMost(TestScheduler.PATIENCE).until(() -> !Files.exists(files));
    // Its status is no longer repeated.
    scheduler.statuses.clear();
    scheduler.awaitHeartbeats(3);
    assertThat(scheduler.statuses).isEmpty();
  }

  @Test
  void anExecutorThatEndsFinishesWhatRunsAndSaysGoodbye() throws Exception {
    ExecutorServer executor = start("e1");
    TaskAttemptId id = Plans.id("j", 0, 0);
    StagePlan aSecond =
        Plans.stage(
            0,
            1,
            "SELECT count(*) AS c0, 'x' AS c1 FROM range(150000000) t(i) WHERE hash(i) % 7 = 3",
            Plans.oneOutput());
    scheduler.launch(executor.id(), id, aSecond);
    var to = scheduler.awaitRegistration(executor.id());
    CompletableFuture<Void> drained = CompletableFuture.runAsync(executor::drain);
    Departure leaving = new Departure(executor.id(), to.incarnation(), false);
    await().atMost(TestScheduler.PATIENCE).until(() -> scheduler.departures.contains(leaving));
    assertThat(scheduler.ask(executor.id()).granted()).isEmpty();
    assertThat(scheduler.ask(executor.id()).waiting()).isEqualTo(1);
    assertThat(scheduler.awaitStatus(id).outcome()).isInstanceOf(TaskOutcome.Succeeded.class);
    drained.get(TestScheduler.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(scheduler.departures).contains(new Departure(executor.id(), to.incarnation(), true));
    kill(executor);
    ExecutorServer next = start("e1");
    assertThat(scheduler.awaitRegistration(next.id()).outputs()).containsExactly(id);
  }

  @Test
  void aTaskThatDoesNotEndInTimeIsInterrupted() throws Exception {
    ExecutorServer executor = start("e1", io.mangonel.core.agent.Limits.DEFAULTS.withDrainMs(300));
    TaskAttemptId id = Plans.id("j", 0, 0);
    scheduler.launch(executor.id(), id, Plans.result(ENDLESS));
    executor.drain();
    assertThat(scheduler.awaitStatus(id).outcome())
        .isInstanceOfSatisfying(
            TaskOutcome.Failed.class,
            failed ->
                assertThat(failed.failure())
                    .isInstanceOf(io.mangonel.core.task.Failure.Killed.class));
    assertThat(scheduler.departures).anyMatch(Departure::gone);
  }
}

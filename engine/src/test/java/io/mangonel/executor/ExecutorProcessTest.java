package io.mangonel.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.executor.task.Plans;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.wire.Reply;
import io.mangonel.wire.scheduler.SchedulerMessages.Departure;
import io.mangonel.wire.scheduler.SchedulerMessages.Registration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mangonel executor} as a process, and signals to it. */
final class ExecutorProcessTest {
  private static final String ENDLESS =
      "SELECT count(*) AS c0 FROM range(1000000000) a, range(1000) b"
          + " WHERE (a.range + b.range) % 7 = 3";

  /** Longer than the gap that the agent notices. */
  private static final Duration PAUSE = Duration.ofSeconds(4);

  @TempDir Path directory;

  private final TestScheduler scheduler = new TestScheduler("scheduler-1", 0);
  private Process process;

  @BeforeEach
  void start() throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "io.mangonel.cli.Main",
                "executor",
                "--schedulers=" + scheduler.address(),
                "--work-dir=" + directory.resolve("work"),
                "--dir=" + directory.resolve("dir"),
                "--slots=1",
                "--threads=1",
                "--memory=128MB")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out.txt").toFile())
            .start();
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
    scheduler.close();
  }

  private Registration registered() {
    await().atMost(TestScheduler.PATIENCE).until(() -> !scheduler.registrations.isEmpty());
    return scheduler.registrations.values().iterator().next();
  }

  private void signal(String name) throws IOException, InterruptedException {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
  }

  @Test
  void theFirstSignalWaitsForTheTaskAndTheSecondDoesNot() throws Exception {
    Registration executor = registered();
    TaskAttemptId id = Plans.id("j", 0, 0);
    scheduler.launch(executor.executor(), id, Plans.result(ENDLESS));
    signal("TERM");
    await().atMost(TestScheduler.PATIENCE).until(() -> !scheduler.departures.isEmpty());
    assertThat(scheduler.departures.getFirst().gone()).isFalse();
    scheduler.awaitHeartbeats(3);
    assertThat(process.isAlive()).isTrue();
    signal("TERM");
    assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(scheduler.statuses).isEmpty();
  }

  @Test
  void withoutTasksTheFirstSignalEndsItWithAGoodbye() throws Exception {
    registered();
    signal("TERM");
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(scheduler.departures).anyMatch(Departure::gone);
  }

  @Test
  void aStoppedExecutorComesBackAndDoesNoHarm() throws Exception {
    Registration before = registered();
    TaskAttemptId done = Plans.id("j", 0, 0);
    scheduler.launch(
        before.executor(),
        done,
        Plans.stage(0, 1, "SELECT 1::BIGINT AS c0, 'x' AS c1", Plans.oneOutput()));
    assertThat(scheduler.awaitStatus(done).outcome()).isInstanceOf(TaskOutcome.Succeeded.class);
    scheduler.knownJobs.add(new JobId("j"));
    String reservation = scheduler.reserve(before.executor()).id();
    signal("STOP");
    // It is declared lost.
    scheduler.registrations.clear();
    scheduler.statuses.clear();
    int heartbeats = scheduler.heartbeats.get();
    await().pollDelay(PAUSE).atMost(PAUSE.plusSeconds(5)).until(() -> true);
    assertThat(scheduler.heartbeats.get())
        .as("it stands still")
        .isLessThanOrEqualTo(heartbeats + 1);
    signal("CONT");

    // It is asked to register, as the same run, and offers what it has.
    Registration after = registered();
    assertThat(after.incarnation()).isEqualTo(before.incarnation());
    assertThat(after.outputs()).containsExactly(done);
    // What it had promised is over; what it holds it can still use.
    TaskAttemptId late = Plans.id("j", 1, 0);
    var launch = new TaskLaunch(late, reservation, 1, List.of());
    assertThat(
            scheduler.executors.launchTasks(
                after.address(),
                scheduler.batch(
                    after.executor(),
                    launch,
                    Plans.stage(1, 1, "SELECT 1", new StageOutput.Result()))))
        .isInstanceOfSatisfying(
            Reply.Answered.class,
            answered -> assertThat(answered.value().toString()).contains("NO_RESERVATION"));
    TaskAttemptId next = Plans.id("j", 2, 0);
    scheduler.launch(
        after.executor(), next, Plans.stage(2, 1, "SELECT 1", new StageOutput.Result()));
    assertThat(scheduler.awaitStatus(next).outcome()).isInstanceOf(TaskOutcome.Succeeded.class);
    // The acknowledged status was not sent again.
    assertThat(scheduler.statuses).allMatch(status -> status.id().equals(next));
  }
}

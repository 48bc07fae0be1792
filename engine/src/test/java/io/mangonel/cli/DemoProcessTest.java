package io.mangonel.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import io.mangonel.cli.demo.LocalEtcd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo as its user starts it: real processes, none of which may stay. */
class DemoProcessTest {
  private static final Duration DEMO_MAX = Duration.ofMinutes(3);
  private static final Duration END_MAX = Duration.ofSeconds(30);

  @TempDir static Path directory;

  private final List<MangonelProcess> started = new ArrayList<>();

  @AfterEach
  void endAll() {
    started.forEach(MangonelProcess::close);
  }

  @Test
  void runsThreeQueriesOnBothExecutorsAndLeavesNothing() throws Exception {
    MangonelProcess demo = demo("--exit");
    assertThat(demo.process().waitFor(DEMO_MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(demo.process().exitValue()).as(demo.errors()).isZero();
    assertThat(demo.output())
        .contains("866,602 rows")
        .containsPattern("TPC-H query .*'hash'")
        .containsPattern("executor-\\w+ x\\d+, executor-\\w+ x\\d+");
    assertThat(demo.output().split("-- TPC-H query", -1)).hasSize(4);
    assertNothingRuns();
    try (Stream<Path> left = Files.list(directory.resolve("demo"))) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("demo.lock", "logs", "tpch-sf0.1");
    }
  }

  @Test
  void aKilledOwnerIsSucceededByAnotherSchedulerAndNothingRunsTwice() throws Exception {
    if (LocalEtcd.executable().isEmpty()) {
      String message = "no etcd on the PATH (Debian: etcd-server)";
      assertThat(System.getProperty("mangonel.require", "")).as(message).isNotEqualTo("all");
      abort(message);
    }
    MangonelProcess demo = demo("--ha");
    await()
        .atMost(DEMO_MAX)
        .until(() -> demo.output().contains("Ctrl-C ends it.") || !demo.process().isAlive());
    assertThat(demo.process().isAlive()).as(demo.output() + demo.errors()).isTrue();
    assertThat(demo.output())
        .containsPattern("kill -9 of the owner, scheduler-\\d .*: [1-9]\\d* tasks finished, [1-9]")
        .containsPattern("owned by scheduler-\\d, epoch 1")
        .containsPattern("taken over by scheduler-\\d, epoch 2")
        .containsPattern("meanwhile [1-9]\\d* tasks ran on without an owner")
        .contains("0 finished tasks rerun, 0 running tasks rerun")
        .contains("the answer is the one that plain DuckDB gives");
    // Even then etcd, which is not ours, ends.
    demo.process().destroyForcibly();
    assertNothingRuns();
  }

  @Test
  void whatCannotBeDoneIsSaidInOneLineAndStartsNothing() throws Exception {
    assertRefused(demo("--ha", "--kill"), "choose one of them");
    assertRefused(demo("--clean", "--ha"), "leave out the other flags");
    List<String> command = new ArrayList<>(List.of("env", "PATH=" + directory));
    command.addAll(
        MangonelProcess.command(
            List.of(), "io.mangonel.cli.Main", List.of("demo", "--ha", "--dir", "" + directory)));
    Path files = Files.createTempDirectory(directory, "process");
    MangonelProcess withoutEtcd = MangonelProcess.startCommand(files, files, command);
    started.add(withoutEtcd);
    assertRefused(withoutEtcd, "etcd on the PATH; get it with");
  }

  private static void assertRefused(MangonelProcess demo, String why) throws Exception {
    assertThat(demo.process().waitFor(DEMO_MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(demo.process().exitValue()).as(demo.errors()).isEqualTo(2);
    assertThat(demo.errors()).hasLineCount(1).contains(why);
    assertThat(demo.output()).isEmpty();
  }

  @Test
  void aKilledSchedulerComesBackAndNothingRunsTwice() throws Exception {
    MangonelProcess demo = demo("--kill", "--exit");
    assertThat(demo.process().waitFor(DEMO_MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(demo.process().exitValue()).as(demo.output() + demo.errors()).isZero();
    assertThat(demo.output())
        .containsPattern("kill -9 of the scheduler, process \\d+: [1-9]\\d* tasks finished, [1-9]")
        .contains("a scheduler is back on its directory and port")
        .containsPattern("executor-1 is adopted: \\d+ tasks running, \\d+ finished")
        .contains("first progress")
        .contains("0 finished tasks rerun, 0 running tasks rerun")
        .contains("the answer is the one that plain DuckDB gives");
    assertNothingRuns();
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "KILL"})
  void leavesNothingHoweverItEnds(String signal) throws Exception {
    MangonelProcess demo = demo();
    await()
        .atMost(DEMO_MAX)
        .until(() -> demo.output().contains("Ctrl-C ends it.") || !demo.process().isAlive());
    assertThat(demo.process().isAlive()).as(demo.output() + demo.errors()).isTrue();
    List<ProcessHandle> children = demo.process().descendants().toList();
    assertThat(children).hasSize(3);
    MangonelProcess second = demo("--exit");
    assertThat(second.process().waitFor(DEMO_MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(second.process().exitValue()).isEqualTo(1);
    assertThat(second.errors())
        .hasLineCount(1)
        .contains("a demo is running already (process " + demo.process().pid());
    new ProcessBuilder("kill", "-" + signal, String.valueOf(demo.process().pid()))
        .start()
        .waitFor();
    await().atMost(END_MAX).until(() -> !demo.process().isAlive());
    assertThat(demo.errors()).isEmpty();
    await().atMost(END_MAX).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
  }

  private MangonelProcess demo(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("demo", "--port", "0", "--http-port", "0", "--dir", directory.toString()));
    arguments.addAll(List.of(more));
    Path files = Files.createTempDirectory(directory, "process");
    MangonelProcess process = MangonelProcess.start(files, files, arguments);
    started.add(process);
    return process;
  }

  private static void assertNothingRuns() {
    await()
        .atMost(END_MAX)
        .until(
            () ->
                ProcessHandle.allProcesses()
                    .filter(ProcessHandle::isAlive)
                    .flatMap(process -> process.info().commandLine().stream())
                    .noneMatch(line -> line.contains(directory.toString())));
  }
}

package io.mangonel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.cli.MangonelProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server as a process, started anew as often as it is killed. Every fault is asserted: a signal
 * that did not reach its process fails the test.
 */
final class ServerProcess implements AutoCloseable {
  private static final Duration READY_MAX = Duration.ofSeconds(60);
  private static final Duration SIGNAL_MAX = Duration.ofSeconds(20);

  /** What Java says of a process that signal 9 or 15 ended: 128 and the signal. */
  private static final int ENDED_BY_KILL = 137;

  private static final int ENDED_BY_TERM = 143;

  private final String name;
  private final Path directory;
  private final List<Path> logs = new ArrayList<>();
  private MangonelProcess process;

  private ServerProcess(String name, Path directory, List<String> arguments) throws IOException {
    this.name = name;
    this.directory = directory;
    this.process = launch(arguments);
  }

  /** Starts it without waiting. */
  static ServerProcess start(String name, Path directory, List<String> arguments)
      throws IOException {
    return new ServerProcess(name, Files.createDirectories(directory), arguments);
  }

  /** Once more, after it ended. */
  void startAgain(List<String> arguments) throws IOException {
    assertThat(isAlive()).as(name + " runs").isFalse();
    process = launch(arguments);
  }

  private MangonelProcess launch(List<String> arguments) throws IOException {
    List<String> all = new ArrayList<>(arguments);
    // Should the test's JVM die, so do they.
    all.add("--exit-with-parent");
    Path files = Files.createDirectory(directory.resolve(name + "-" + logs.size()));
    MangonelProcess started = MangonelProcess.start(directory, files, all);
    logs.add(started.err());
    return started;
  }

  /** The ready line. */
  String awaitReady() {
    await(name + " is ready")
        .atMost(READY_MAX)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> process.output().endsWith("\n") || !isAlive());
    String output = process.output();
    assertThat(output).as(process.errors()).startsWith("ready ");
    return output.strip();
  }

  boolean isAlive() {
    return process.process().isAlive();
  }

  /** Standard error of each of its lives. */
  List<Path> logs() {
    return List.copyOf(logs);
  }

  String errors() {
    return process.errors();
  }

  /** Of its present life. */
  long pid() {
    return process.process().pid();
  }

  /** {@code kill -9}. */
  void kill() throws InterruptedException {
    assertThat(isAlive()).as(name + " was alive: " + errors()).isTrue();
    process.process().destroyForcibly();
    assertThat(exitCode()).as(name + " died of the signal").isEqualTo(ENDED_BY_KILL);
  }

  /** {@code kill -15}, and waits for the end. */
  void terminate() throws IOException, InterruptedException {
    assertThat(isAlive()).as(name + " was alive: " + errors()).isTrue();
    signal("TERM");
    assertThat(exitCode()).as(name + " ended when it was asked to").isIn(0, ENDED_BY_TERM);
  }

  /** It ends by itself, and says by its code that it failed. */
  void awaitEnd() throws InterruptedException {
    assertThat(exitCode()).as(name + " failed").isPositive().isLessThan(ENDED_BY_KILL);
  }

  private int exitCode() throws InterruptedException {
    assertThat(process.process().waitFor(SIGNAL_MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.process().exitValue();
  }

  /** {@code kill -STOP}: it stands still. */
  void pause() throws IOException, InterruptedException {
    signal("STOP");
    await(name + " stands still").atMost(SIGNAL_MAX).until(() -> state() == 'T');
  }

  /** {@code kill -CONT}. */
  void resume() throws IOException, InterruptedException {
    assertThat(state()).as(name + " stood still all the time").isEqualTo('T');
    signal("CONT");
    await(name + " goes on").atMost(SIGNAL_MAX).until(() -> state() != 'T');
  }

  private void signal(String signal) throws IOException, InterruptedException {
    String pid = String.valueOf(process.process().pid());
    assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
  }

  /** As {@code /proc} has it: T is stopped. */
  private char state() throws IOException {
    String stat = Files.readString(Path.of("/proc", process.process().pid() + "", "stat"));
    return stat.charAt(stat.lastIndexOf(')') + 2);
  }

  @Override
  public void close() {
    process.close();
  }
}

package io.mangonel.cli.demo;

import io.mangonel.cli.options.CommandFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server of ours as a process of its own. It ends with this process in every case: it is ended
 * when this one closes it, and ends by itself when its standard input does.
 */
public final class ChildProcess implements AutoCloseable {
  private static final long READY_MAX_S = 90;
  private static final long END_MAX_S = 5;

  /** What Java says of a process that signal 9 ended. */
  private static final int KILLED = 137;

  private final String name;
  private final Process process;
  private final Path errors;
  private final CompletableFuture<String> ready = new CompletableFuture<>();

  private ChildProcess(String name, Process process, Path errors) {
    this.name = name;
    this.process = process;
    this.errors = errors;
  }

  /**
   * Starts {@code mangonel} with {@code arguments} on this JVM and with its options.
   *
   * @param errors where its standard error goes
   * @param jvmOptions in addition to those of this JVM
   */
  public static ChildProcess start(
      String name, Path errors, List<String> jvmOptions, List<String> arguments) {
    return start(Host.LOCAL, name, errors, jvmOptions, arguments);
  }

  /** As the other, on a host. */
  public static ChildProcess start(
      Host host, String name, Path errors, List<String> jvmOptions, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("io.mangonel.cli.Main");
    command.addAll(arguments);
    command.add("--exit-with-parent");
    return startCommand(host, name, errors, command);
  }

  /**
   * Starts a program that is not ours, and may outlive this process.
   *
   * @param errors where its standard error goes
   */
  public static ChildProcess startCommand(
      Host host, String name, Path errors, List<String> program) {
    List<String> command = new ArrayList<>(host.command());
    command.addAll(program);
    try {
      Files.createDirectories(errors.toAbsolutePath().getParent());
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
      builder.environment().putAll(host.environment());
      Process process = builder.start();
      ChildProcess child = new ChildProcess(name, process, errors);
      Thread.ofVirtual().start(child::readOutput);
      return child;
    } catch (IOException e) {
      throw CommandFailure.failed("cannot start " + name + ": " + e.getMessage());
    }
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Where its standard error goes. */
  public Path errors() {
    return errors;
  }

  /** The ready line; a child that says why it cannot start is quoted. */
  public String awaitReady() {
    try {
      return ready.get(READY_MAX_S, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw CommandFailure.failed(
          name + " was not ready after " + READY_MAX_S + " s; its log is " + errors);
    } catch (ExecutionException e) {
      throw CommandFailure.failed(name + ": " + lastError());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  /** Whether it has said that it accepts work. */
  public boolean isReady() {
    return ready.isDone() && !ready.isCompletedExceptionally();
  }

  private void readOutput() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith("ready ")) {
          ready.complete(line);
        }
      }
      process.waitFor();
      ready.completeExceptionally(new IOException("ended"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Its last line that says what went wrong. */
  public String lastError() {
    try {
      return Files.readAllLines(errors).stream()
          .filter(line -> line.startsWith("error: "))
          .reduce((first, second) -> second)
          .map(line -> line.substring("error: ".length()))
          .orElse("ended with code " + process.exitValue() + "; its log is " + errors);
    } catch (IOException e) {
      return "ended; its log " + errors + " cannot be read";
    }
  }

  /** {@code kill -9}; throws when it had ended before, or does not end. */
  public void kill() {
    if (!process.isAlive()) {
      throw CommandFailure.failed(name + ": " + lastError());
    }
    try {
      if (!process.destroyForcibly().waitFor(END_MAX_S, TimeUnit.SECONDS)
          || process.exitValue() != KILLED) {
        throw CommandFailure.failed(name + " did not die of kill -9; its log is " + errors);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  /**
   * Asks it to end, by SIGTERM alone: {@link Process#destroy} closes its standard input as well, at
   * whose end it ends at once. {@link #close} waits.
   */
  public void terminate() {
    process.toHandle().destroy();
  }

  /**
   * Waits for its end.
   *
   * @return its exit code; 128 and the signal when one ended it; empty when it still runs
   */
  public OptionalInt awaitEnd(Duration max) {
    try {
      return process.waitFor(max.toMillis(), TimeUnit.MILLISECONDS)
          ? OptionalInt.of(process.exitValue())
          : OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  /** {@code kill -STOP}: returns when it stands still; throws when it does not. */
  public void pause() {
    signal("STOP");
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_MAX_S);
    while (!isPaused()) {
      if (System.nanoTime() > deadlineNs || !process.isAlive()) {
        throw CommandFailure.failed(name + " did not stand still; its log is " + errors);
      }
      Thread.onSpinWait();
    }
  }

  /** {@code kill -CONT}; throws when it did not stand still before. */
  public void resume() {
    if (!isPaused()) {
      throw CommandFailure.failed(name + " did not stand still all the time");
    }
    signal("CONT");
  }

  /** Whether it stands still, as {@code /proc} has it. */
  public boolean isPaused() {
    try {
      String stat = Files.readString(Path.of("/proc", String.valueOf(pid()), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
    } catch (IOException e) {
      return false;
    }
  }

  private void signal(String signal) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(pid())).start();
      if (!kill.waitFor(END_MAX_S, TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw CommandFailure.failed("kill -" + signal + " did not reach " + name);
      }
    } catch (IOException e) {
      throw CommandFailure.failed("cannot start kill: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  @Override
  public void close() {
    process.destroy();
    if (isPaused()) {
      process.destroyForcibly();
    }
    try {
      if (!process.waitFor(END_MAX_S, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(END_MAX_S, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

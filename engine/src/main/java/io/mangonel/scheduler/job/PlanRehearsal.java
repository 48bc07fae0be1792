package io.mangonel.scheduler.job;

import io.mangonel.planner.PlanRequest;
import io.mangonel.planner.RehearsedPlan;
import io.mangonel.scheduler.limits.ShellLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans a statement in a process of its own, to see whether that process survives: schedulers have
 * ended while they planned it, perhaps because of it (rule T14). Planning is native code, whose
 * faults end their process. Thread-safe.
 */
public final class PlanRehearsal {
  private static final Logger LOG = LoggerFactory.getLogger(PlanRehearsal.class);

  /** As shells count: this and the number of the signal. */
  private static final int BY_SIGNAL = 128;

  private final List<String> command;
  private final Semaphore places = new Semaphore(ShellLimits.REHEARSALS_MAX);

  /** What is known of a statement afterwards. */
  public sealed interface Verdict {
    /** It may be planned here. */
    record Harmless() implements Verdict {}

    /**
     * Its planning ended the process.
     *
     * @param end how, for a person
     */
    record Deadly(String end) implements Verdict {}

    /** It was not tried to the end; another time it may be. */
    record Unknown(String message) implements Verdict {}
  }

  /**
   * @param command starts a process that does what {@link RehearsedPlan} does
   */
  PlanRehearsal(List<String> command) {
    this.command = List.copyOf(command);
  }

  /** In a JVM like this one, which is smaller and writes no dump. */
  public static PlanRehearsal inOwnJvm(List<Path> dataDirectories) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--") || option.startsWith("-D"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:+SuppressFatalErrorMessage",
            "-cp",
            System.getProperty("java.class.path"),
            RehearsedPlan.class.getName()));
    dataDirectories.forEach(directory -> command.add(directory.toString()));
    return new PlanRehearsal(command);
  }

  /** Waits for its end, for a bounded time. */
  public Verdict of(PlanRequest request) {
    if (!places.tryAcquire()) {
      return new Verdict.Unknown("too many statements are planned in processes of their own");
    }
    try {
      return run(request);
    } catch (IOException e) {
      LOG.warn("no process for planning could be started: {}", e.getMessage());
      return new Verdict.Unknown("no process could be started to plan the statement in");
    } finally {
      places.release();
    }
  }

  private Verdict run(PlanRequest request) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      send(request, process);
      if (!process.waitFor(ShellLimits.PLANNING_DEADLINE_MS, TimeUnit.MILLISECONDS)) {
        return new Verdict.Unknown("planning took too long");
      }
      return verdict(process.exitValue());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Verdict.Unknown("the scheduler stops");
    } finally {
      process.destroyForcibly();
    }
  }

  /** A process that has ended meanwhile takes nothing: its exit code tells. */
  private static void send(PlanRequest request, Process process) {
    try (OutputStream input = process.getOutputStream()) {
      input.write(request.encode().toByteArray());
    } catch (IOException e) {
      LOG.info("a process for planning ended before it had the statement: {}", e.getMessage());
    }
  }

  private static Verdict verdict(int exitCode) {
    if (exitCode == 0) {
      return new Verdict.Harmless();
    }
    return new Verdict.Deadly(
        exitCode > BY_SIGNAL ? "signal " + (exitCode - BY_SIGNAL) : "exit code " + exitCode);
  }
}

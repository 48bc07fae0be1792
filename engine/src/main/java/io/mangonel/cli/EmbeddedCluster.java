package io.mangonel.cli;

import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.EngineOptions;
import io.mangonel.executor.ExecutorConfig;
import io.mangonel.executor.ExecutorServer;
import io.mangonel.scheduler.SchedulerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A scheduler and its executors in this process. */
final class EmbeddedCluster implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedCluster.class);
  private static final String LOOPBACK = "127.0.0.1";
  private static final long REGISTRATION_MAX_MS = 20_000;

  private final SchedulerProcess scheduler;
  private final List<ExecutorServer> executors;

  private EmbeddedCluster(SchedulerProcess scheduler, List<ExecutorServer> executors) {
    this.scheduler = scheduler;
    this.executors = executors;
  }

  /** What the executors of one process get each. */
  record Executors(int count, int slots, int threads, long memoryBytes, Path workDirectory) {}

  /** Starts {@code executors} for a scheduler that runs already, which it owns from now on. */
  static EmbeddedCluster start(
      SchedulerProcess scheduler, Executors executors, List<Path> dataDirectories) {
    EmbeddedCluster cluster = new EmbeddedCluster(scheduler, new ArrayList<>());
    try {
      for (int i = 1; i <= executors.count(); i++) {
        cluster.executors.add(
            ExecutorServer.start(
                new ExecutorConfig(
                    LOOPBACK,
                    0,
                    List.of(LOOPBACK + ":" + scheduler.port()),
                    executors.workDirectory().resolve("executor-" + i),
                    executors.slots(),
                    executors.threads(),
                    executors.memoryBytes(),
                    false,
                    dataDirectories)));
      }
      for (ExecutorServer executor : cluster.executors) {
        if (!executor.awaitRegistered(REGISTRATION_MAX_MS)) {
          throw new IOException("the executor did not reach its scheduler in this process");
        }
      }
      return cluster;
    } catch (IOException e) {
      cluster.close();
      throw CommandFailure.failed(String.valueOf(e.getMessage()));
    }
  }

  /**
   * For the statements of one command: nothing is kept. One executor with all cores, so that each
   * statement runs as plain DuckDB would.
   */
  static EmbeddedCluster forStatements(List<Path> dataDirectories) {
    Path work = temporaryDirectory();
    int cores = Runtime.getRuntime().availableProcessors();
    SchedulerProcess scheduler =
        SchedulerProcess.start(SchedulerConfig.local("memory", dataDirectories));
    return start(
        scheduler,
        new Executors(1, cores, cores, new EngineOptions().memoryBytes(1), work),
        dataDirectories);
  }

  HostAndPort address() {
    return new HostAndPort(LOOPBACK, scheduler.port());
  }

  private static Path temporaryDirectory() {
    try {
      Path directory = Files.createTempDirectory("mangonel-sql-");
      // Also when the process is interrupted.
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory), "temporary files"));
      return directory;
    } catch (IOException e) {
      throw CommandFailure.failed(
          "cannot write to the temporary directory "
              + System.getProperty("java.io.tmpdir")
              + ": set another in MANGONEL_JAVA_OPTS with -Djava.io.tmpdir");
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      // Somebody else's temporary files now: the process ends.
      return;
    }
  }

  @Override
  public void close() {
    executors.forEach(ExecutorServer::close);
    try {
      scheduler.close();
    } catch (RuntimeException e) {
      // The process ends, and all was answered: that must not turn its exit code into a failure.
      LOG.error("could not close", e);
    }
  }
}

package io.mangonel.workbench.failover;

import io.mangonel.cli.demo.ChildProcess;
import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A scheduler on RocksDB and two executors that can be killed and started again. */
final class FailoverCluster implements AutoCloseable {
  static final int EXECUTORS = 2;

  /** As the demo starts them. */
  private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1");

  private final Path work;
  private final Path data;
  private final String mode;
  private final List<Server> executors = new ArrayList<>();
  private final Server scheduler = new Server("scheduler");
  private int port;
  private boolean closed;

  /** A process and the logs of all its lives. */
  private static final class Server {
    private final String name;
    private final List<Path> logs = new ArrayList<>();
    private ChildProcess process;

    @SuppressWarnings("NullAway.Init") // Every server is started before anybody sees it.
    Server(String name) {
      this.name = name;
    }
  }

  /** Takes the directory over and removes it in the end. */
  FailoverCluster(Path work, Path data, String mode) {
    this.work = work;
    this.data = data;
    this.mode = mode;
  }

  /** Returns when all are ready. */
  void start() {
    startScheduler();
    port = address(scheduler.process.awaitReady()).port();
    for (int i = 0; i < EXECUTORS; i++) {
      executors.add(new Server("executor-" + i));
      startExecutor(i);
    }
    executors.forEach(executor -> executor.process.awaitReady());
  }

  private static HostAndPort address(String readyLine) {
    return HostAndPort.parse(readyLine.replaceAll(".*flight=(\\S+).*", "$1"));
  }

  private void startScheduler() {
    List<String> arguments = new ArrayList<>(List.of("scheduler", "--http-port", "0"));
    arguments.addAll(List.of("--port", String.valueOf(port)));
    arguments.addAll(List.of("--state", "rocksdb:" + work.resolve("state")));
    start(scheduler, arguments);
  }

  private void startExecutor(int index) {
    Server executor = executors.get(index);
    List<String> arguments = new ArrayList<>(List.of("executor", "--mode", mode));
    arguments.addAll(List.of("--schedulers", address().toString()));
    arguments.addAll(List.of("--slots", "1", "--threads", "1", "--memory", "1GB"));
    arguments.addAll(List.of("--work-dir", work.resolve(executor.name).toString()));
    start(executor, arguments);
  }

  private synchronized void start(Server server, List<String> arguments) {
    if (closed) {
      throw CommandFailure.failed("interrupted");
    }
    arguments.addAll(List.of("--data-dirs", data.toString(), "--dir", work.toString()));
    Path log = work.resolve(server.name + "." + server.logs.size() + ".err");
    server.logs.add(log);
    server.process = ChildProcess.start(server.name, log, QUICK_START, arguments);
  }

  HostAndPort address() {
    return new HostAndPort("127.0.0.1", port);
  }

  /** {@code kill -9}. */
  void killScheduler() {
    scheduler.process.kill();
  }

  /** On its directory and port; returns when it is ready. */
  void startSchedulerAgain() {
    startScheduler();
    scheduler.process.awaitReady();
  }

  /** {@code kill -9}. */
  void killExecutor(int index) {
    executors.get(index).process.kill();
  }

  /** On its work directory; returns when it is ready. */
  void startExecutorAgain(int index) {
    startExecutor(index);
    executors.get(index).process.awaitReady();
  }

  /** Which tasks all lives of all executors ran. */
  TaskRuns runs() {
    return TaskRuns.read(executors.stream().flatMap(one -> one.logs.stream()).toList());
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    List<Server> all = new ArrayList<>(executors);
    all.add(scheduler);
    all.stream().filter(one -> !one.logs.isEmpty()).forEach(one -> one.process.close());
    try (Stream<Path> walk = Files.walk(work)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println("warning: cannot remove " + work + ": " + e.getMessage());
    }
  }
}

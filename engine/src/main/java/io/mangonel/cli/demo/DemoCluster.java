package io.mangonel.cli.demo;

import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** One scheduler on RocksDB and two executors, each a process of its own. */
final class DemoCluster implements AutoCloseable {
  private static final int EXECUTORS = 2;

  /** Three JVMs start on few cores: the first compiler alone gets them ready sooner. */
  private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1");

  private final DemoDirectory directory;
  private final Path data;
  private final HostAndPort address;
  private final int httpPort;
  private final List<ChildProcess> children = new CopyOnWriteArrayList<>();
  private final List<ChildProcess> executors = new ArrayList<>();
  private ChildProcess scheduler;
  private int schedulers;
  private boolean closed;

  /** Starts them all at once: executors keep trying until their scheduler is there. */
  DemoCluster(DemoDirectory directory, Path data, HostAndPort address, int httpPort) {
    this.directory = directory;
    this.data = data;
    this.address = address;
    this.httpPort = httpPort;
    scheduler = startScheduler();
    for (int i = 1; i <= EXECUTORS; i++) {
      executors.add(startExecutor("executor-" + i));
    }
  }

  private ChildProcess startScheduler() {
    List<String> arguments = new ArrayList<>(List.of("scheduler"));
    arguments.addAll(List.of("--port", String.valueOf(address.port())));
    arguments.addAll(List.of("--http-port", String.valueOf(httpPort)));
    arguments.addAll(List.of("--state", "rocksdb:" + directory.resolve("state")));
    String name = schedulers == 0 ? "scheduler" : "scheduler-" + schedulers;
    schedulers++;
    return start(name, arguments);
  }

  private ChildProcess startExecutor(String name) {
    List<String> arguments = new ArrayList<>(List.of("executor"));
    arguments.addAll(List.of("--schedulers", address.toString()));
    arguments.addAll(List.of("--slots", "1", "--threads", "1", "--memory", "1GB"));
    arguments.addAll(List.of("--work-dir", directory.resolve(name).toString()));
    return start(name, arguments);
  }

  private synchronized ChildProcess start(String name, List<String> arguments) {
    if (closed) {
      throw CommandFailure.failed("interrupted");
    }
    arguments.addAll(List.of("--data-dirs", data.toString()));
    arguments.addAll(List.of("--dir", directory.resolve("").toString()));
    Path errors = directory.resolve("logs").resolve(name + ".err");
    ChildProcess child = ChildProcess.start(name, errors, QUICK_START, arguments);
    children.add(child);
    return child;
  }

  HostAndPort address() {
    return address;
  }

  ChildProcess scheduler() {
    return scheduler;
  }

  List<ChildProcess> executors() {
    return List.copyOf(executors);
  }

  /** What the executors logged. */
  TaskRuns runs() {
    return TaskRuns.read(executors.stream().map(ChildProcess::errors).toList());
  }

  /** {@code kill -9} of the scheduler. */
  void killScheduler() {
    children.remove(scheduler);
    scheduler.kill();
  }

  /** Starts the scheduler again on its directory and port; returns when it serves. */
  void startSchedulerAgain() {
    scheduler = startScheduler();
    scheduler.awaitReady();
  }

  /** A process that has ended, which none should. */
  Optional<ChildProcess> ended() {
    return children.stream().filter(child -> !child.isAlive()).findFirst();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    children.reversed().forEach(ChildProcess::terminate);
    children.reversed().forEach(ChildProcess::close);
  }
}

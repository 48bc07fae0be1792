package io.mangonel.process;

import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A scheduler on RocksDB and executors, each a process of its own that can be killed and started
 * again on its directory. The scheduler keeps its ports.
 */
final class ProcessCluster implements AutoCloseable {
  private final Path directory;
  private final Path data;
  private final Setup setup;
  private final List<ServerProcess> executors = new ArrayList<>();
  private ServerProcess scheduler;
  private HostAndPort address;
  private int httpPort;

  /**
   * @param mode {@code push} or {@code pull}
   */
  record Setup(int executors, int slots, String mode) {}

  /**
   * @param directory for everything it writes
   * @param data what statements may read
   */
  ProcessCluster(Path directory, Path data, Setup setup) throws IOException {
    this.directory = directory;
    this.data = data;
    this.setup = setup;
    scheduler = ServerProcess.start("scheduler", directory, schedulerArguments(0));
    try {
      String ready = scheduler.awaitReady();
      address = new HostAndPort("127.0.0.1", port("flight=grpc", ready));
      httpPort = port("http=http", ready);
      for (int i = 0; i < setup.executors(); i++) {
        executors.add(ServerProcess.start("executor" + i, directory, executorArguments(i)));
      }
      executors.forEach(ServerProcess::awaitReady);
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static int port(String name, String readyLine) {
    return Integer.parseInt(readyLine.replaceAll(".*" + name + "://[^:]+:(\\d+).*", "$1"));
  }

  private List<String> schedulerArguments(int port) {
    List<String> arguments = new ArrayList<>(List.of("scheduler"));
    arguments.addAll(List.of("--http-port", String.valueOf(httpPort)));
    arguments.addAll(List.of("--port", String.valueOf(port)));
    arguments.addAll(List.of("--state", "rocksdb:" + stateDirectory()));
    arguments.addAll(List.of("--data-dirs", data.toString(), "--dir", directory.toString()));
    return arguments;
  }

  private List<String> executorArguments(int index) {
    List<String> arguments = new ArrayList<>(List.of("executor", "--mode", setup.mode()));
    arguments.addAll(List.of("--schedulers", address.toString()));
    arguments.addAll(List.of("--slots", String.valueOf(setup.slots()), "--threads", "1"));
    arguments.addAll(List.of("--memory", "1GB", "--work-dir", workDirectory(index).toString()));
    arguments.addAll(List.of("--data-dirs", data.toString(), "--dir", directory.toString()));
    return arguments;
  }

  Path workDirectory(int index) {
    return directory.resolve("work" + index);
  }

  Path stateDirectory() {
    return directory.resolve("state");
  }

  HostAndPort address() {
    return address;
  }

  /** Of the scheduler; it keeps it. */
  int httpPort() {
    return httpPort;
  }

  Path data() {
    return data;
  }

  ServerProcess scheduler() {
    return scheduler;
  }

  ServerProcess executor(int index) {
    return executors.get(index);
  }

  /** On its directory and port; returns when it is ready. */
  void startSchedulerAgain() throws IOException {
    scheduler.startAgain(schedulerArguments(address.port()));
    scheduler.awaitReady();
  }

  /** On its work directory; does not wait: without a scheduler it keeps trying. */
  void startExecutorAgain(int index) throws IOException {
    executors.get(index).startAgain(executorArguments(index));
  }

  void awaitExecutor(int index) {
    executors.get(index).awaitReady();
  }

  /** Standard error of every life of every executor. */
  List<Path> executorLogs() {
    return executors.stream().flatMap(executor -> executor.logs().stream()).toList();
  }

  List<Path> schedulerLogs() {
    return scheduler.logs();
  }

  /** What a process left behind that no code of ours expected. */
  List<String> bugs() {
    List<Path> logs = new ArrayList<>(executorLogs());
    logs.addAll(scheduler.logs());
    return logs.stream()
        .flatMap(
            log -> {
              List<String> lines = TaskRuns.lines(log);
              return IntStream.range(0, lines.size())
                  .filter(i -> lines.get(i).contains(" ERROR "))
                  .mapToObj(i -> log + ": " + lines.get(i));
            })
        .toList();
  }

  @Override
  public void close() {
    executors.forEach(ServerProcess::close);
    scheduler.close();
  }
}

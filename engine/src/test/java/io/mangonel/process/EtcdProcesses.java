package io.mangonel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.demo.LocalEtcd;
import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.flightsql.AdminActions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An etcd, schedulers on it and executors, each a process that can be killed. */
final class EtcdProcesses implements AutoCloseable {
  private static final Duration BOUND = Duration.ofMinutes(2);

  private final Path directory;
  private final Path data;
  private final LocalEtcd etcd;
  private final List<ServerProcess> schedulers = new ArrayList<>();
  private final List<ServerProcess> executors = new ArrayList<>();
  private final List<HostAndPort> addresses = new ArrayList<>();
  private final List<Integer> httpPorts = new ArrayList<>();

  /**
   * Skips the test without an etcd, or fails it where everything is required.
   *
   * @param data what statements may read
   */
  EtcdProcesses(Path directory, Path data, int schedulerCount, int executorCount)
      throws IOException {
    this.directory = directory;
    this.data = data;
    this.etcd = LocalEtcd.start(executable(), directory.resolve("etcd"));
    try {
      for (int i = 0; i < schedulerCount; i++) {
        schedulers.add(ServerProcess.start("scheduler" + i, directory, scheduler("0", "0")));
      }
      for (ServerProcess scheduler : schedulers) {
        String ready = scheduler.awaitReady();
        addresses.add(new HostAndPort("127.0.0.1", port("flight=grpc", ready)));
        httpPorts.add(port("http=http", ready));
      }
      for (int i = 0; i < executorCount; i++) {
        executors.add(ServerProcess.start("executor" + i, directory, executorArguments(i)));
      }
      executors.forEach(ServerProcess::awaitReady);
      await().atMost(BOUND).until(() -> addresses.stream().allMatch(this::knowsExecutors));
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static Path executable() {
    Optional<Path> found = LocalEtcd.executable();
    if (found.isEmpty()) {
      String message = "no etcd on the PATH (Debian: etcd-server)";
      if (System.getProperty("mangonel.require", "").equals("all")) {
        throw new AssertionError(message);
      }
      abort(message);
    }
    return found.orElseThrow();
  }

  private static int port(String name, String readyLine) {
    return Integer.parseInt(readyLine.replaceAll(".*" + name + "://[^:]+:(\\d+).*", "$1"));
  }

  private List<String> scheduler(String port, String httpPort) {
    List<String> arguments = new ArrayList<>(List.of("scheduler", "--http-port", httpPort));
    arguments.addAll(List.of("--port", port, "--state", "etcd:" + etcd.endpoint()));
    arguments.addAll(List.of("--data-dirs", data.toString(), "--dir", directory.toString()));
    return arguments;
  }

  private List<String> executorArguments(int index) {
    List<String> arguments = new ArrayList<>(List.of("executor", "--slots", "2"));
    arguments.addAll(List.of("--schedulers", addresses.getFirst().toString(), "--threads", "1"));
    String work = directory.resolve("work" + index).toString();
    arguments.addAll(List.of("--memory", "1GB", "--work-dir", work));
    arguments.addAll(List.of("--data-dirs", data.toString(), "--dir", directory.toString()));
    return arguments;
  }

  /** They know one scheduler, and learn of the others from it. */
  private boolean knowsExecutors(HostAndPort scheduler) {
    return ask(scheduler, AdminActions.EXECUTORS_LIST, "").size() == executors.size();
  }

  /** What one scheduler answers. */
  static JsonNode ask(HostAndPort scheduler, String action, String body) {
    return AdminReports.read(SchedulerConnection.ask(List.of(scheduler), action, body));
  }

  HostAndPort address(int index) {
    return addresses.get(index);
  }

  /** Of all schedulers, beginning with that one. */
  String addressesFrom(int first) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < addresses.size(); i++) {
      all.add(addresses.get((first + i) % addresses.size()).toString());
    }
    return String.join(",", all);
  }

  int httpPort(int index) {
    return httpPorts.get(index);
  }

  ServerProcess scheduler(int index) {
    return schedulers.get(index);
  }

  /** At its address, after it ended; returns when it is ready. */
  void startSchedulerAgain(int index) throws IOException {
    String http = String.valueOf(httpPorts.get(index));
    schedulers.get(index).startAgain(scheduler("" + addresses.get(index).port(), http));
    schedulers.get(index).awaitReady();
    await().atMost(BOUND).until(() -> knowsExecutors(addresses.get(index)));
  }

  ServerProcess executor(int index) {
    return executors.get(index);
  }

  /** On its work directory, after it ended; returns when it is ready and all know it. */
  void startExecutorAgain(int index) throws IOException {
    executors.get(index).startAgain(executorArguments(index));
    executors.get(index).awaitReady();
    await().atMost(BOUND).until(() -> addresses.stream().allMatch(this::knowsExecutors));
  }

  /** One more scheduler; does not wait for executors to know it. */
  HostAndPort addScheduler() throws IOException {
    ServerProcess added =
        ServerProcess.start("scheduler" + schedulers.size(), directory, scheduler("0", "0"));
    schedulers.add(added);
    String ready = added.awaitReady();
    addresses.add(new HostAndPort("127.0.0.1", port("flight=grpc", ready)));
    httpPorts.add(port("http=http", ready));
    return addresses.getLast();
  }

  /** What the executors' logs say of all tasks. */
  TaskRuns runs() {
    return TaskRuns.read(executors.stream().flatMap(executor -> executor.logs().stream()).toList());
  }

  /** And of a job's. */
  TaskRuns runs(String job) {
    return runs().of(job);
  }

  /** A job as that scheduler knows it. */
  JsonNode job(int scheduler, String id) {
    return ask(addresses.get(scheduler), AdminActions.JOBS_SHOW, id);
  }

  /** Those with this text, as that scheduler knows them. */
  List<JsonNode> jobs(HostAndPort scheduler, String sql) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode job : ask(scheduler, AdminActions.JOBS_LIST, "")) {
      if (job.path("sql").asText().equals(sql)) {
        found.add(job);
      }
    }
    return found;
  }

  /** The id of the job with this text, once a task of it runs. */
  String awaitRunning(int scheduler, String sql) {
    await()
        .atMost(BOUND)
        .until(
            () ->
                jobs(addresses.get(scheduler), sql).stream()
                    .anyMatch(job -> !runs(job.path("id").asText()).runs().isEmpty()));
    List<JsonNode> found = jobs(addresses.get(scheduler), sql);
    assertThat(found).hasSize(1);
    return found.getFirst().path("id").asText();
  }

  @Override
  public void close() {
    executors.forEach(ServerProcess::close);
    schedulers.forEach(ServerProcess::close);
    etcd.close();
  }
}

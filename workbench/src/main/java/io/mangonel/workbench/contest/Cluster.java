package io.mangonel.workbench.contest;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.demo.ChildProcess;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.flightsql.AdminActions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Schedulers and their executors, each a process of its own. */
public final class Cluster implements AutoCloseable {
  private static final String FLIGHT = "flight=";

  private final List<ChildProcess> children = new ArrayList<>();
  private final Setup setup;

  /**
   * @param name of the directory
   * @param work where state, shuffle files and logs go
   * @param data what may be read
   * @param executors each with one task slot
   * @param threads of each executor's DuckDB
   * @param memoryMb limit of each executor's DuckDB
   * @param state as the command's option has it
   */
  public record Setup(
      String name,
      Path work,
      Path data,
      int executors,
      int threads,
      long memoryMb,
      int schedulers,
      String state) {
    /** One scheduler, on RocksDB. */
    public Setup(String name, Path work, Path data, int executors, int threads, long memoryMb) {
      this(
          name,
          work,
          data,
          executors,
          threads,
          memoryMb,
          1,
          "rocksdb:" + work.resolve(name).resolve("state"));
    }

    private Path directory() {
      return work.resolve(name);
    }
  }

  private Cluster(Setup setup) {
    this.setup = setup;
  }

  /** Returns when all are ready. {@code owner} ends the processes, also when one does not start. */
  public static Cluster start(Setup setup, Resources owner) {
    Cluster cluster = owner.add(new Cluster(setup));
    cluster.startSchedulers();
    cluster.startExecutors();
    return cluster;
  }

  private void startSchedulers() {
    List<ChildProcess> schedulers = new ArrayList<>();
    for (int i = 1; i <= setup.schedulers(); i++) {
      List<String> arguments = new ArrayList<>(List.of("scheduler", "--port", "0"));
      arguments.addAll(List.of("--http-port", "0"));
      arguments.addAll(List.of("--state", setup.state()));
      schedulers.add(start("scheduler-" + i, arguments));
    }
    schedulers.forEach(ChildProcess::awaitReady);
  }

  private void startExecutors() {
    String schedulers =
        addresses().stream().map(HostAndPort::toString).collect(Collectors.joining(","));
    List<ChildProcess> executors = new ArrayList<>();
    for (int i = 1; i <= setup.executors(); i++) {
      String name = "executor-" + i;
      List<String> arguments = new ArrayList<>(List.of("executor", "--schedulers", schedulers));
      arguments.addAll(List.of("--slots", "1"));
      arguments.addAll(List.of("--threads", String.valueOf(setup.threads())));
      arguments.addAll(List.of("--memory", setup.memoryMb() + "MB"));
      arguments.addAll(List.of("--work-dir", setup.directory().resolve(name).toString()));
      executors.add(start(name, arguments));
    }
    executors.forEach(ChildProcess::awaitReady);
  }

  private synchronized ChildProcess start(String name, List<String> arguments) {
    arguments.addAll(List.of("--data-dirs", setup.data().toString()));
    arguments.addAll(List.of("--dir", setup.directory().toString()));
    Path errors = setup.directory().resolve(name + ".err");
    ChildProcess child =
        ChildProcess.start(setup.name() + " " + name, errors, List.of(), arguments);
    children.add(child);
    return child;
  }

  /** Where clients connect. */
  public HostAndPort address() {
    return addresses().getFirst();
  }

  /** Of all schedulers. */
  public synchronized List<HostAndPort> addresses() {
    return children.subList(0, setup.schedulers()).stream().map(Cluster::addressOf).toList();
  }

  private static HostAndPort addressOf(ChildProcess scheduler) {
    for (String part : scheduler.awaitReady().split(" ", -1)) {
      if (part.startsWith(FLIGHT)) {
        return HostAndPort.parse(part.substring(FLIGHT.length()));
      }
    }
    throw new IllegalStateException("the scheduler's ready line has no address");
  }

  /** A client with a session of its own. */
  public ClusterClient connect(String session, Map<String, String> settings) {
    return connect(address(), session, settings);
  }

  /** The same, at one of the {@link #addresses}. */
  public ClusterClient connect(HostAndPort at, String session, Map<String, String> settings) {
    SortedMap<String, String> sorted = new TreeMap<>(settings);
    return new ClusterClient(
        this, SchedulerConnection.forStatements(at, session, setup.data().toString(), sorted));
  }

  public String name() {
    return setup.executors() + " x " + setup.threads();
  }

  /** Stages of the newest job. */
  public int stagesOfNewestJob() {
    List<HostAndPort> addresses = List.of(address());
    JsonNode jobs = AdminReports.read(SchedulerConnection.listJobs(addresses));
    String newest = jobs.path(0).path("id").asText();
    String job = SchedulerConnection.ask(addresses, AdminActions.JOBS_SHOW, newest);
    return AdminReports.read(job).path("stages").size();
  }

  public synchronized long cpuMs() {
    return children.stream()
        .flatMap(child -> ProcessHandle.of(child.pid()).stream())
        .flatMap(process -> process.info().totalCpuDuration().stream())
        .mapToLong(Duration::toMillis)
        .sum();
  }

  @Override
  public synchronized void close() {
    children.reversed().forEach(ChildProcess::terminate);
    children.reversed().forEach(ChildProcess::close);
  }
}

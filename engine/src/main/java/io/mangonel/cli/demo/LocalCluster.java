package io.mangonel.cli.demo;

import io.mangonel.cli.options.ClientOptions.HostAndPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Schedulers and executors of one cluster, each a process of its own that can be killed and started
 * again, and their etcd if they share one.
 */
public final class LocalCluster implements AutoCloseable {
  /** For a server that has its host for itself. */
  private static final int SCHEDULER_PORT = 32010;

  private static final int EXECUTOR_PORT = 32020;

  private final Setup setup;
  private final @Nullable LocalEtcd etcd;
  private final List<Server> schedulers = new ArrayList<>();
  private final List<HostAndPort> addresses = new ArrayList<>();
  private final List<Server> executors = new ArrayList<>();

  /**
   * What there is to be.
   *
   * @param directory for logs, state and work
   * @param data what statements may read
   * @param schedulers where each of them runs
   * @param slots of each executor
   * @param mode {@code push} or {@code pull}
   * @param schedulerOptions further ones of each scheduler
   * @param executorOptions further ones of each executor
   */
  public record Setup(
      Path directory,
      Path data,
      List<Host> schedulers,
      List<Host> executors,
      int slots,
      String mode,
      List<String> schedulerOptions,
      List<String> executorOptions) {
    public Setup {
      schedulers = List.copyOf(schedulers);
      executors = List.copyOf(executors);
      schedulerOptions = List.copyOf(schedulerOptions);
      executorOptions = List.copyOf(executorOptions);
    }

    /** All on loopback, executors with one slot. */
    public static Setup local(Path directory, Path data, int schedulers, int executors) {
      return new Setup(
          directory,
          data,
          Collections.nCopies(schedulers, Host.LOCAL),
          Collections.nCopies(executors, Host.LOCAL),
          1,
          "push",
          List.of(),
          List.of());
    }

    public Setup withMode(String chosen) {
      return new Setup(
          directory, data, schedulers, executors, slots, chosen, schedulerOptions, executorOptions);
    }
  }

  /**
   * Nothing runs yet.
   *
   * @param etcd the store, which it closes; null for one of each scheduler's own on RocksDB
   * @param port of the first scheduler; 0 for any
   * @param httpPort of the first scheduler; 0 for any
   */
  public LocalCluster(Setup setup, @Nullable LocalEtcd etcd, int port, int httpPort) {
    this.setup = setup;
    this.etcd = etcd;
    for (Host host : setup.schedulers()) {
      boolean first = schedulers.isEmpty();
      int own = first && port != 0 ? port : host.claimPort(SCHEDULER_PORT);
      HostAndPort address = new HostAndPort(host.address(), own);
      addresses.add(address);
      String name = setup.schedulers().size() == 1 ? "scheduler" : name("scheduler", schedulers);
      schedulers.add(
          new Server(host, name, logs(), schedulerArguments(address, first ? httpPort : 0)));
    }
    for (Host host : setup.executors()) {
      String name = name("executor", executors);
      executors.add(new Server(host, name, logs(), executorArguments(name, host)));
    }
  }

  private static String name(String role, List<Server> before) {
    return role + "-" + (before.size() + 1);
  }

  private Path logs() {
    return setup.directory().resolve("logs");
  }

  private List<String> schedulerArguments(HostAndPort address, int httpPort) {
    List<String> arguments = new ArrayList<>(List.of("scheduler"));
    arguments.addAll(List.of("--bind", address.host()));
    arguments.addAll(List.of("--port", String.valueOf(address.port())));
    arguments.addAll(List.of("--http-port", String.valueOf(httpPort)));
    String state =
        etcd == null ? "rocksdb:" + setup.directory().resolve("state") : "etcd:" + etcd.endpoint();
    arguments.addAll(List.of("--state", state));
    arguments.addAll(setup.schedulerOptions());
    return withDirectories(arguments);
  }

  private List<String> executorArguments(String name, Host host) {
    List<String> arguments = new ArrayList<>(List.of("executor", "--mode", setup.mode()));
    arguments.addAll(
        List.of(
            "--schedulers",
            String.join(",", addresses.stream().map(HostAndPort::toString).toList())));
    // On loopback any port, new in each life: a fixed one may be taken while it is away.
    int port = host.command().isEmpty() ? 0 : EXECUTOR_PORT;
    arguments.addAll(List.of("--bind", host.address(), "--port", String.valueOf(port)));
    arguments.addAll(List.of("--slots", String.valueOf(setup.slots()), "--threads", "1"));
    arguments.addAll(List.of("--memory", "1GB"));
    arguments.addAll(List.of("--work-dir", workDirectory(name).toString()));
    arguments.addAll(setup.executorOptions());
    return withDirectories(arguments);
  }

  private List<String> withDirectories(List<String> arguments) {
    arguments.addAll(List.of("--data-dirs", setup.data().toString()));
    arguments.addAll(List.of("--dir", setup.directory().toString()));
    return arguments;
  }

  /** Of the executor with this name. */
  public Path workDirectory(String name) {
    return setup.directory().resolve(name);
  }

  /** Starts all at once: executors keep trying until their scheduler is there. */
  public void start() {
    schedulers.forEach(Server::start);
    executors.forEach(Server::start);
  }

  /** Waits until all are. */
  public void awaitReady() {
    schedulers.forEach(scheduler -> scheduler.process().awaitReady());
    executors.forEach(executor -> executor.process().awaitReady());
  }

  /** Of all schedulers, in the order of {@link #schedulers}. */
  public List<HostAndPort> addresses() {
    return List.copyOf(addresses);
  }

  public List<Server> schedulers() {
    return List.copyOf(schedulers);
  }

  public List<Server> executors() {
    return List.copyOf(executors);
  }

  /** The scheduler that serves there. */
  public Server scheduler(HostAndPort address) {
    return schedulers.get(addresses.indexOf(address));
  }

  /** What they share; throws when there is none. */
  public LocalEtcd etcd() {
    if (etcd == null) {
      throw new IllegalStateException("there is no etcd");
    }
    return etcd;
  }

  /** What the executors logged. */
  public TaskRuns runs() {
    return Server.runs(executors);
  }

  /**
   * A process that has ended, which none should.
   *
   * @param except a server that may
   */
  public Optional<ChildProcess> ended(@Nullable Server except) {
    List<ChildProcess> all = new ArrayList<>();
    schedulers.stream().filter(one -> one != except).forEach(one -> all.add(one.process()));
    executors.forEach(one -> all.add(one.process()));
    if (etcd != null) {
      etcd.members().forEach(member -> all.add(member.process()));
    }
    return all.stream().filter(child -> !child.isAlive()).findFirst();
  }

  @Override
  public void close() {
    List<Server> all = new ArrayList<>(executors);
    all.addAll(schedulers);
    Server.closeAll(all);
    if (etcd != null) {
      etcd.close();
    }
  }
}

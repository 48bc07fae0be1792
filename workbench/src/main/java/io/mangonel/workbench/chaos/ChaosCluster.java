package io.mangonel.workbench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.demo.EtcdMember;
import io.mangonel.cli.demo.Host;
import io.mangonel.cli.demo.LocalCluster;
import io.mangonel.cli.demo.LocalEtcd;
import io.mangonel.cli.demo.Server;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.flightsql.AdminActions;
import io.mangonel.workbench.chaos.network.Disk;
import io.mangonel.workbench.chaos.network.Namespaces;
import io.mangonel.workbench.chaos.network.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Three members of etcd, three schedulers, three executors, and where they run. */
final class ChaosCluster implements AutoCloseable {
  static final int EACH = 3;
  static final long RETENTION_MS = 15_000;
  private static final int SLOTS = 2;
  private static final int EXECUTOR_DISK_MB = 512;
  private static final int ETCD_DISK_MB = 512;

  /** Of the scheduler whose clock moves. */
  private static final int CLOCK_OF = 0;

  /** Where distributions have libfaketime, for programs with threads. */
  private static final String FIND_FAKETIME =
      "ls -1 /usr/lib*/*/faketime/libfaketimeMT.so.1 /usr/lib*/faketime/libfaketimeMT.so.1"
          + " 2>/dev/null | head -n 1";

  private final Path directory;
  private final @Nullable Namespaces network;
  private final @Nullable Path clock;
  private final Map<String, Disk> disks = new LinkedHashMap<>();
  private final LocalCluster cluster;

  /**
   * Nothing runs yet; disks are mounted.
   *
   * @param network null: all on loopback
   */
  ChaosCluster(Path directory, Path data, Path etcd, @Nullable Namespaces network, boolean mounts)
      throws IOException {
    this.directory = directory;
    this.network = network;
    String found = Shell.run("sh", "-c", FIND_FAKETIME).output();
    Optional<Path> faketime = Optional.of(Path.of(found)).filter(path -> !found.isEmpty());
    clock = faketime.isPresent() ? directory.resolve("clock") : null;
    List<Host> schedulers = hosts("scheduler", faketime.orElse(null));
    List<Host> executors = hosts("executor", null);
    LocalEtcd store =
        LocalEtcd.of(
            etcd,
            directory.resolve("etcd"),
            hosts("etcd", null),
            List.of("--heartbeat-interval=200", "--election-timeout=2000"));
    List<String> open = network == null ? List.of() : List.of("--insecure");
    List<String> schedulerOptions = new ArrayList<>(List.of("--retention", RETENTION_MS + "ms"));
    schedulerOptions.addAll(open);
    cluster =
        new LocalCluster(
            new LocalCluster.Setup(
                directory, data, schedulers, executors, SLOTS, "push", schedulerOptions, open),
            store,
            0,
            0);
    if (clock != null) {
      moveClock(0);
    }
    if (mounts) {
      for (Server executor : cluster.executors()) {
        Path work = cluster.workDirectory(executor.name());
        disks.put(executor.name(), Disk.mount(work, EXECUTOR_DISK_MB));
      }
      for (EtcdMember member : store.members()) {
        Path files = directory.resolve("etcd").resolve(member.name()).resolve("data");
        disks.put(member.name(), Disk.mount(files, ETCD_DISK_MB));
      }
    }
  }

  /** The names of all hosts. */
  static List<String> hostNames() {
    List<String> names = new ArrayList<>();
    for (String role : List.of("scheduler", "executor", "etcd")) {
      for (int i = 1; i <= EACH; i++) {
        names.add(role + "-" + i);
      }
    }
    return names;
  }

  private List<Host> hosts(String role, @Nullable Path faketime) {
    List<Host> hosts = new ArrayList<>();
    for (int i = 0; i < EACH; i++) {
      Map<String, String> environment =
          faketime == null || i != CLOCK_OF
              ? Map.of()
              : Map.of(
                  "LD_PRELOAD",
                  faketime.toString(),
                  "FAKETIME_TIMESTAMP_FILE",
                  directory.resolve("clock").toString(),
                  "FAKETIME_CACHE_DURATION",
                  "1",
                  // Only what people read moves: the time since the start does not jump.
                  "FAKETIME_DONT_FAKE_MONOTONIC",
                  "1",
                  // Its repair for old C libraries ends every timed wait at once in new ones.
                  "FAKETIME_FORCE_MONOTONIC_FIX",
                  "0");
      String name = role + "-" + (i + 1);
      hosts.add(
          network == null
              ? new Host(name, Host.LOCAL.address(), List.of(), environment)
              : network.host(name, environment));
    }
    return hosts;
  }

  /** Does not wait for schedulers and executors: one whose store was slow is started again. */
  void start() {
    cluster.etcd().startAgain();
    cluster.start();
  }

  LocalCluster servers() {
    return cluster;
  }

  Optional<Namespaces> network() {
    return Optional.ofNullable(network);
  }

  /** By the name of the server on it; empty where none could be mounted. */
  Map<String, Disk> disks() {
    return disks;
  }

  boolean hasClock() {
    return clock != null;
  }

  /** The scheduler whose clock can be moved. */
  Server clockedScheduler() {
    return cluster.schedulers().get(CLOCK_OF);
  }

  void moveClock(long seconds) {
    Path file = clock;
    if (file == null) {
      throw new IllegalStateException("no clock can be moved");
    }
    try {
      // In one step: it may be read at any time.
      Path next = Files.writeString(directory.resolve("clock.next"), clockText(seconds));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw CommandFailure.failed("cannot write " + file + ": " + e.getMessage());
    }
  }

  private static String clockText(long seconds) {
    return (seconds < 0 ? "" : "+") + seconds + "s\n";
  }

  /** What a scheduler that lives and answers says; empty when none does. */
  Optional<JsonNode> ask(String action, String body) {
    List<HostAndPort> alive =
        cluster.addresses().stream()
            .filter(address -> cluster.scheduler(address).isAlive())
            .filter(address -> !cluster.scheduler(address).process().isPaused())
            .toList();
    return ask(alive, action, body);
  }

  /** What the first of them that answers says. */
  static Optional<JsonNode> ask(List<HostAndPort> of, String action, String body) {
    try {
      return Optional.of(AdminReports.read(SchedulerConnection.ask(of, action, body)));
    } catch (CommandFailure e) {
      return Optional.empty();
    }
  }

  /** The scheduler with the most jobs, as one of them has it. */
  Optional<Server> busiestScheduler() {
    Optional<JsonNode> all = ask(AdminActions.SCHEDULERS_LIST, "");
    if (all.isEmpty()) {
      return Optional.empty();
    }
    HostAndPort busiest = null;
    int most = -1;
    for (JsonNode one : all.get()) {
      if (one.path("jobs").asInt() > most) {
        most = one.path("jobs").asInt();
        busiest = HostAndPort.parse(one.path("address").asText());
      }
    }
    return busiest == null || !cluster.addresses().contains(busiest)
        ? Optional.empty()
        : Optional.of(cluster.scheduler(busiest));
  }

  @Override
  public void close() {
    cluster.close();
    disks.values().forEach(Disk::close);
  }
}

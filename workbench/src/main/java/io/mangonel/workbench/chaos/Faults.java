package io.mangonel.workbench.chaos;

import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.demo.ChildProcess;
import io.mangonel.cli.demo.EtcdMember;
import io.mangonel.cli.demo.LocalEtcd;
import io.mangonel.cli.demo.Server;
import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.workbench.chaos.network.Disk;
import io.mangonel.workbench.chaos.network.LinkFault;
import io.mangonel.workbench.chaos.network.Namespaces;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** Does to the cluster what a {@link FaultKind} says, to a victim that no other fault has. */
final class Faults {
  private static final long AWAY_MAX_MS = 2_000;
  private static final long LESS_THAN_LEASE_MS = 2_500;
  private static final long MORE_THAN_LEASE_MS = 8_000;

  /** An executor that is silent for 15 s is given up. */
  private static final long GIVEN_UP_MS = 18_000;

  private static final long LINK_MS = 6_000;
  private static final long DISK_MS = 5_000;
  private static final long QUORUM_MS = 6_000;
  private static final long CLOCK_MS = 4_000;
  private static final long CLOCK_JUMP_S = 3_600;

  /** Executors let running tasks end first. */
  private static final Duration TERM_MAX = Duration.ofSeconds(45);

  private final ChaosCluster cluster;
  private final Supervisor supervisor;
  private final Random random;

  Faults(ChaosCluster cluster, Supervisor supervisor, Random random) {
    this.cluster = cluster;
    this.supervisor = supervisor;
    this.random = random;
  }

  /** What this machine can do. */
  List<FaultKind> possible() {
    List<FaultKind> kinds = new ArrayList<>();
    for (FaultKind kind : FaultKind.values()) {
      boolean can =
          switch (kind.needs()) {
            case NOTHING -> true;
            case ROOT -> !cluster.disks().isEmpty();
            case NETWORK -> cluster.network().isPresent();
            case FILTER -> cluster.network().filter(Namespaces::hasFilter).isPresent();
            case FAKETIME -> cluster.hasClock();
          };
      if (can) {
        kinds.add(kind);
      }
    }
    return kinds;
  }

  /** Begins it; empty when every victim is taken or down. */
  Optional<ActiveFault> begin(FaultKind kind) {
    return switch (kind) {
      case KILL_OWNER -> {
        Optional<Server> busiest = cluster.busiestScheduler().filter(this::take);
        yield (busiest.isPresent() ? busiest : anyOf(schedulers())).map(one -> killed(kind, one));
      }
      case KILL_EXECUTOR -> anyOf(executors()).map(one -> killed(kind, one));
      case PAUSE_SCHEDULER_SHORT ->
          anyOf(schedulers()).map(one -> paused(kind, one, LESS_THAN_LEASE_MS, false));
      case PAUSE_SCHEDULER_LONG ->
          anyOf(schedulers()).map(one -> paused(kind, one, MORE_THAN_LEASE_MS, false));
      case PAUSE_EXECUTOR_SHORT ->
          anyOf(executors()).map(one -> paused(kind, one, LESS_THAN_LEASE_MS, false));
      case PAUSE_EXECUTOR_LONG ->
          anyOf(executors()).map(one -> paused(kind, one, GIVEN_UP_MS, true));
      case TERM_SCHEDULER -> anyOf(schedulers()).map(one -> terminated(kind, one));
      case TERM_EXECUTOR -> anyOf(executors()).map(one -> terminated(kind, one));
      case ROLLING_RESTART -> rolling(kind);
      case KILL_ETCD_MEMBER -> anyMember().map(one -> membersKilled(kind, List.of(one), 0));
      case KILL_ETCD_LEADER -> leader().map(one -> membersKilled(kind, List.of(one), 0));
      case PAUSE_ETCD_LEADER -> leader().map(one -> memberPaused(kind, one));
      case LOSE_QUORUM -> quorum(kind);
      case CUT_ONE_WAY, CUT_BOTH -> cut(kind);
      case ISOLATE_SCHEDULER ->
          anyOf(schedulers())
              .map(one -> link(kind, one.name(), network().isolate(one.name()), LINK_MS));
      case ISOLATE_EXECUTOR ->
          anyOf(executors())
              .map(one -> link(kind, one.name(), network().isolate(one.name()), LINK_MS));
      case SLOW_LINK ->
          anyOf(all()).map(one -> link(kind, one.name(), network().slow(one.name()), LINK_MS));
      case LOSSY_LINK ->
          anyOf(all()).map(one -> link(kind, one.name(), network().lossy(one.name()), LINK_MS));
      case DISK_FULL_EXECUTOR -> anyOf(executors()).map(one -> diskFull(kind, one.name(), true));
      case DISK_FULL_ETCD -> anyMember().map(one -> diskFull(kind, one.name(), false));
      case CLOCK ->
          Optional.of(cluster.clockedScheduler()).filter(this::take).map(one -> clock(kind, one));
    };
  }

  private List<Server> schedulers() {
    return cluster.servers().schedulers();
  }

  private List<Server> executors() {
    return cluster.servers().executors();
  }

  private List<Server> all() {
    List<Server> all = new ArrayList<>(schedulers());
    all.addAll(executors());
    return all;
  }

  private Namespaces network() {
    return cluster.network().orElseThrow();
  }

  private boolean take(Server server) {
    if (!supervisor.hold(server.name())) {
      return false;
    }
    if (!server.isAlive()) {
      supervisor.release(server.name());
      return false;
    }
    return true;
  }

  private Optional<Server> anyOf(List<Server> servers) {
    List<Server> shuffled = new ArrayList<>(servers);
    Collections.shuffle(shuffled, random);
    return shuffled.stream().filter(this::take).findFirst();
  }

  private boolean takeMember(EtcdMember member) {
    if (!supervisor.hold(member.name())) {
      return false;
    }
    if (!member.process().isAlive()) {
      supervisor.release(member.name());
      return false;
    }
    return true;
  }

  private Optional<EtcdMember> anyMember() {
    List<EtcdMember> shuffled = new ArrayList<>(cluster.servers().etcd().members());
    Collections.shuffle(shuffled, random);
    return shuffled.stream().filter(this::takeMember).findFirst();
  }

  private Optional<EtcdMember> leader() {
    return cluster.servers().etcd().leader().filter(this::takeMember);
  }

  private long awayMs() {
    return random.nextLong(AWAY_MAX_MS);
  }

  /** {@link ChildProcess#kill} throws when the signal did not end it: then nothing fired. */
  private ActiveFault killed(FaultKind kind, Server server) {
    server.process().kill();
    return new ActiveFault(
        kind, server.name(), awayMs(), false, () -> true, () -> startAgain(server));
  }

  private void startAgain(Server server) {
    server.start();
    supervisor.release(server.name());
  }

  private ActiveFault paused(FaultKind kind, Server server, long ms, boolean excusing) {
    ChildProcess process = server.process();
    process.pause();
    return new ActiveFault(
        kind,
        server.name(),
        ms,
        excusing,
        process::isPaused,
        () -> {
          process.resume();
          supervisor.release(server.name());
        });
  }

  private ActiveFault terminated(FaultKind kind, Server server) {
    boolean ended = endedAfterTerm(server);
    return new ActiveFault(
        kind, server.name(), awayMs(), false, () -> ended, () -> startAgain(server));
  }

  /** Waits for its end; kills it when that does not come. */
  private static boolean endedAfterTerm(Server server) {
    server.process().terminate();
    if (server.process().awaitEnd(TERM_MAX).isPresent()) {
      return true;
    }
    server.process().kill();
    return false;
  }

  private Optional<ActiveFault> rolling(FaultKind kind) {
    List<Server> taken = all().stream().filter(this::take).toList();
    if (taken.size() < 2 * ChaosCluster.EACH) {
      taken.forEach(server -> supervisor.release(server.name()));
      return Optional.empty();
    }
    boolean ended = true;
    try {
      for (Server server : taken) {
        ended &= endedAfterTerm(server);
        startAgain(server);
        var _ = server.process().awaitReady();
      }
    } finally {
      taken.forEach(server -> supervisor.release(server.name()));
    }
    boolean whole = ended;
    return Optional.of(new ActiveFault(kind, "all", 0, false, () -> whole, () -> {}));
  }

  private ActiveFault membersKilled(FaultKind kind, List<EtcdMember> members, long moreMs) {
    members.forEach(member -> member.process().kill());
    return new ActiveFault(
        kind,
        members.getFirst().name(),
        moreMs + awayMs(),
        false,
        () -> true,
        () ->
            members.forEach(
                member -> {
                  member.start();
                  supervisor.release(member.name());
                }));
  }

  private ActiveFault memberPaused(FaultKind kind, EtcdMember member) {
    ChildProcess process = member.process();
    process.pause();
    return new ActiveFault(
        kind,
        member.name(),
        QUORUM_MS,
        false,
        process::isPaused,
        () -> {
          process.resume();
          supervisor.release(member.name());
        });
  }

  private Optional<ActiveFault> quorum(FaultKind kind) {
    Optional<EtcdMember> one = anyMember();
    Optional<EtcdMember> other = one.isEmpty() ? one : anyMember();
    if (one.isPresent() && other.isEmpty()) {
      supervisor.release(one.get().name());
    }
    return other.map(
        second -> {
          ActiveFault killed = membersKilled(kind, List.of(one.orElseThrow(), second), QUORUM_MS);
          BooleanSupplier lost = () -> !answers();
          return new ActiveFault(
              kind, killed.target(), killed.holdMs(), false, lost, killed.heal());
        });
  }

  /** Whether any member serves. */
  private boolean answers() {
    try (var client = LocalEtcd.client()) {
      return cluster.servers().etcd().members().stream()
          .anyMatch(member -> member.isHealthy(client));
    }
  }

  /** Between a scheduler and anybody: they all talk with it. */
  private Optional<ActiveFault> cut(FaultKind kind) {
    String one = schedulers().get(random.nextInt(ChaosCluster.EACH)).name();
    List<String> others =
        ChaosCluster.hostNames().stream().filter(name -> !name.equals(one)).toList();
    String other = others.get(random.nextInt(others.size()));
    if (!supervisor.hold(one)) {
      return Optional.empty();
    }
    LinkFault cut =
        kind == FaultKind.CUT_BOTH
            ? network().cutBoth(one, other)
            : network().cutOneWay(one, other);
    return Optional.of(link(kind, one, cut, LINK_MS));
  }

  private ActiveFault link(FaultKind kind, String name, LinkFault fault, long ms) {
    return new ActiveFault(
        kind,
        name,
        ms,
        true,
        fault::hasFired,
        () -> {
          fault.heal();
          supervisor.release(name);
        });
  }

  private ActiveFault diskFull(FaultKind kind, String name, boolean executor) {
    Disk disk = cluster.disks().get(name);
    if (disk == null) {
      throw new IllegalStateException(name + " has no disk of its own");
    }
    disk.fill();
    boolean full = disk.isFull();
    return new ActiveFault(
        kind,
        name,
        DISK_MS,
        executor,
        () -> full,
        () -> {
          disk.release();
          supervisor.release(name);
        });
  }

  private ActiveFault clock(FaultKind kind, Server server) {
    cluster.moveClock(random.nextBoolean() ? CLOCK_JUMP_S : -CLOCK_JUMP_S);
    HostAndPort address =
        cluster.servers().addresses().get(cluster.servers().schedulers().indexOf(server));
    return new ActiveFault(
        kind,
        server.name(),
        CLOCK_MS,
        false,
        () -> clockIsWrong(server, address),
        () -> {
          cluster.moveClock(0);
          supervisor.release(server.name());
        });
  }

  /** It logs what it does an hour from now, or an hour ago. */
  private static boolean clockIsWrong(Server server, HostAndPort address) {
    try (SchedulerConnection connection =
        SchedulerConnection.forStatements(address, "chaos-clock", "/", new TreeMap<>())) {
      connection.run("SELECT 42");
    } catch (IOException | CommandFailure e) {
      // It logs other things, too.
    }
    Duration wrong = Duration.ofSeconds(CLOCK_JUMP_S / 2);
    Instant now = Instant.now();
    return TaskRuns.times(server.process().errors()).stream()
        .anyMatch(time -> Duration.between(time, now).abs().compareTo(wrong) > 0);
  }
}

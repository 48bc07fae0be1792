package io.mangonel.cli.demo;

import io.mangonel.cli.options.CommandFailure;
import java.io.File;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** An etcd of one or more members on this machine, for demos and tests: with its own files. */
public final class LocalEtcd implements AutoCloseable {
  private static final long READY_MAX_MS = 60_000;
  private static final long READY_PAUSE_MS = 50;
  private static final Duration CONNECT_MAX = Duration.ofSeconds(1);

  private final List<EtcdMember> members;

  private LocalEtcd(List<EtcdMember> members) {
    this.members = List.copyOf(members);
  }

  /** The first {@code etcd} on the PATH. */
  public static Optional<Path> executable() {
    String path = System.getenv().getOrDefault("PATH", "");
    return List.of(path.split(File.pathSeparator)).stream()
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "etcd"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts one member on loopback and waits until it answers.
   *
   * @param directory for its data and its log; not removed
   */
  public static LocalEtcd start(Path executable, Path directory) {
    LocalEtcd etcd = of(executable, directory, List.of(Host.LOCAL), List.of());
    etcd.startAgain();
    return etcd;
  }

  /**
   * One member on each host; {@link #startAgain} starts them.
   *
   * @param directory for their data and logs, a folder each when they are several; not removed
   * @param options further ones of etcd
   */
  public static LocalEtcd of(
      Path executable, Path directory, List<Host> hosts, List<String> options) {
    List<EtcdMember> members = new ArrayList<>();
    for (int i = 0; i < hosts.size(); i++) {
      String name = "etcd-" + (i + 1);
      Path own = hosts.size() == 1 ? directory : directory.resolve(name);
      members.add(new EtcdMember(executable, hosts.get(i), name, own));
    }
    members.forEach(member -> member.join(members, options));
    return new LocalEtcd(members);
  }

  public List<EtcdMember> members() {
    return members;
  }

  /** As {@code --state etcd:} takes it. */
  public String endpoint() {
    return String.join(",", members.stream().map(EtcdMember::endpoint).toList());
  }

  private void awaitReady() {
    long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(READY_MAX_MS);
    try (HttpClient client = client()) {
      while (!members.stream().allMatch(member -> member.isHealthy(client))) {
        TimeUnit.MILLISECONDS.sleep(READY_PAUSE_MS);
        for (EtcdMember member : members) {
          if (!member.process().isAlive()) {
            throw CommandFailure.failed("etcd ended; its log is " + member.log());
          }
        }
        if (System.nanoTime() > untilNs) {
          close();
          throw CommandFailure.failed(
              "etcd does not answer; its log is " + members.getFirst().log());
        }
      }
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  /** For questions to members. */
  public static HttpClient client() {
    return HttpClient.newBuilder().connectTimeout(CONNECT_MAX).build();
  }

  /** The member that leads now, if one says so. */
  public Optional<EtcdMember> leader() {
    try (HttpClient client = client()) {
      return members.stream()
          .filter(member -> member.process().isAlive() && !member.process().isPaused())
          .filter(member -> member.isLeader(client))
          .findFirst();
    }
  }

  /** {@code kill -9} of all members. */
  public void kill() {
    members.forEach(member -> member.process().kill());
  }

  /** Once more on their data and ports, after {@link #kill}. */
  public void startAgain() {
    members.forEach(EtcdMember::start);
    awaitReady();
  }

  @Override
  public void close() {
    members.forEach(EtcdMember::close);
  }
}

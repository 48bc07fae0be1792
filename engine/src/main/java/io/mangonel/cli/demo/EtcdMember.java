package io.mangonel.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mangonel.cli.options.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One member of an etcd, as a process that ends with this one in every case. */
public final class EtcdMember implements AutoCloseable {
  private static final Duration ASK_MAX = Duration.ofSeconds(1);
  private static final int CLIENT_PORT = 2379;
  private static final int PEER_PORT = 2380;
  private static final JsonMapper JSON = new JsonMapper();

  private final Path executable;
  private final Host host;
  private final String name;
  private final Path directory;
  private final int port;
  private final int peerPort;
  private final List<Path> logs = new ArrayList<>();
  private List<String> options = List.of();
  private @Nullable ChildProcess process;
  private @Nullable Guard guard;
  private boolean closed;

  EtcdMember(Path executable, Host host, String name, Path directory) {
    this.executable = executable;
    this.host = host;
    this.name = name;
    this.directory = directory;
    this.port = host.claimPort(CLIENT_PORT);
    this.peerPort = host.claimPort(PEER_PORT);
  }

  public Host host() {
    return host;
  }

  public String name() {
    return name;
  }

  /** As {@code --state etcd:} takes it. */
  public String endpoint() {
    return "http://" + host.address() + ":" + port;
  }

  private String peer() {
    return "http://" + host.address() + ":" + peerPort;
  }

  /** As {@code --initial-cluster} takes it. */
  String initial() {
    return name + "=" + peer();
  }

  /**
   * Says who the others are.
   *
   * @param more further options of etcd
   */
  void join(List<EtcdMember> all, List<String> more) {
    options = new ArrayList<>(more);
    options.add(
        "--initial-cluster=" + String.join(",", all.stream().map(EtcdMember::initial).toList()));
  }

  /** Starts it, for the first time or again on its data; does not wait until it answers. */
  public synchronized void start() {
    if (closed) {
      throw CommandFailure.failed("interrupted");
    }
    Path data = directory.resolve("data");
    List<String> command =
        new ArrayList<>(
            List.of(
                executable.toString(),
                "--name=" + name,
                "--data-dir=" + data,
                "--listen-client-urls=" + endpoint(),
                "--advertise-client-urls=" + endpoint(),
                "--listen-peer-urls=" + peer(),
                "--initial-advertise-peer-urls=" + peer()));
    command.addAll(options);
    Path log = directory.resolve(logs.isEmpty() ? "etcd.log" : "etcd-" + logs.size() + ".log");
    logs.add(log);
    unguard();
    ChildProcess started = ChildProcess.startCommand(host, name, log, command);
    process = started;
    guard = Guard.killing(started.pid(), data.toString());
  }

  private void unguard() {
    Guard old = guard;
    if (old != null) {
      old.close();
    }
  }

  /** As it is now, or was last. */
  public synchronized ChildProcess process() {
    ChildProcess now = process;
    if (now == null) {
      throw new IllegalStateException(name + " was never started");
    }
    return now;
  }

  /** Of its present life. */
  public synchronized Path log() {
    return logs.getLast();
  }

  /** Whether it serves, with a quorum. */
  public boolean isHealthy(HttpClient client) {
    HttpRequest health =
        HttpRequest.newBuilder(URI.create(endpoint() + "/health")).timeout(ASK_MAX).build();
    return ask(client, health).filter(answer -> answer.contains("true")).isPresent();
  }

  /** Whether it says that it leads the others; it may be wrong when it cannot reach them. */
  public boolean isLeader(HttpClient client) {
    HttpRequest status =
        HttpRequest.newBuilder(URI.create(endpoint() + "/v3/maintenance/status"))
            .timeout(ASK_MAX)
            .POST(HttpRequest.BodyPublishers.ofString("{}", StandardCharsets.UTF_8))
            .build();
    return ask(client, status).filter(EtcdMember::namesItselfLeader).isPresent();
  }

  private static boolean namesItselfLeader(String status) {
    try {
      JsonNode node = JSON.readTree(status);
      String leader = node.path("leader").asText();
      return !leader.isEmpty() && leader.equals(node.path("header").path("member_id").asText());
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<String> ask(HttpClient client, HttpRequest request) {
    try {
      return Optional.of(
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8)).body());
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    ChildProcess now = process;
    if (now != null) {
      now.close();
    }
    unguard();
  }
}

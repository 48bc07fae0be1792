package io.mangonel.workbench.etcd;

import io.mangonel.cli.demo.LocalEtcd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Members of one etcd, each a process on loopback with a directory of its own. A signal that does
 * not reach its process is an error.
 */
public final class EtcdMembers implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final long END_MAX_S = 10;

  private final Path executable;
  private final Path directory;
  private final Setup setup;
  private final List<Integer> ports;
  private final List<Integer> peerPorts;
  private final List<@Nullable Process> processes = new ArrayList<>();
  private final Thread atExit = new Thread(this::killAll);

  /**
   * @param count of members
   * @param quotaBytes of each; 0 for etcd's own
   * @param options of each, in addition
   * @param scheme http, or https when {@code options} say so
   */
  public record Setup(int count, long quotaBytes, String scheme, List<String> options) {
    public Setup {
      options = List.copyOf(options);
    }

    public static Setup of(int count) {
      return new Setup(count, 0, "http", List.of());
    }

    public Setup withQuota(long bytes) {
      return new Setup(count, bytes, scheme, options);
    }

    public Setup withTls(List<String> tlsOptions) {
      return new Setup(count, quotaBytes, "https", tlsOptions);
    }
  }

  private EtcdMembers(Path executable, Path directory, Setup setup) throws IOException {
    this.executable = executable;
    this.directory = directory;
    this.setup = setup;
    this.ports = freePorts(setup.count);
    this.peerPorts = freePorts(setup.count);
    Runtime.getRuntime().addShutdownHook(atExit);
    for (int i = 0; i < setup.count; i++) {
      processes.add(null);
      launch(i);
    }
  }

  /**
   * Starts all; does not wait until they answer.
   *
   * @param directory for data and logs; not removed
   */
  public static EtcdMembers start(Path executable, Path directory, Setup setup) throws IOException {
    return new EtcdMembers(executable, directory, setup);
  }

  /** The one that the system property names, else the first on the PATH. */
  public static Optional<Path> executable() {
    String named = System.getProperty("mangonel.etcd.executable", "");
    return named.isEmpty() ? LocalEtcd.executable() : Optional.of(Path.of(named));
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> open = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        open.add(new ServerSocket(0, 1, InetAddress.ofLiteral(HOST)));
      }
      return open.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : open) {
        socket.close();
      }
    }
  }

  public int count() {
    return setup.count;
  }

  public String endpoint(int member) {
    return setup.scheme + "://" + HOST + ":" + ports.get(member);
  }

  /** As {@code --state etcd:} takes them. */
  public String endpoints() {
    return IntStream.range(0, setup.count)
        .mapToObj(this::endpoint)
        .collect(Collectors.joining(","));
  }

  private String peer(int member) {
    return "http://" + HOST + ":" + peerPorts.get(member);
  }

  private void launch(int member) throws IOException {
    String name = "m" + member;
    Path files = Files.createDirectories(directory.resolve(name));
    List<String> command = new ArrayList<>(List.of(executable.toString(), "--name=" + name));
    command.add("--data-dir=" + files.resolve("data"));
    command.add("--listen-client-urls=" + endpoint(member));
    command.add("--advertise-client-urls=" + endpoint(member));
    command.add("--listen-peer-urls=" + peer(member));
    command.add("--initial-advertise-peer-urls=" + peer(member));
    command.add(
        "--initial-cluster="
            + IntStream.range(0, setup.count)
                .mapToObj(i -> "m" + i + "=" + peer(i))
                .collect(Collectors.joining(",")));
    if (setup.quotaBytes > 0) {
      command.add("--quota-backend-bytes=" + setup.quotaBytes);
    }
    command.addAll(setup.options);
    processes.set(
        member,
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(files.resolve("log").toFile()))
            .start());
  }

  private Process process(int member) {
    Process process = processes.get(member);
    if (process == null || !process.isAlive()) {
      throw new IllegalStateException("member " + member + " of etcd does not run");
    }
    return process;
  }

  /** {@code kill -9}; returns when it is gone. */
  public void kill(int member) {
    Process process = process(member);
    process.destroyForcibly();
    awaitEnd(process);
  }

  /** Once more on its data and ports, after {@link #kill}. */
  public void startAgain(int member) throws IOException {
    launch(member);
  }

  /** It stands still, and its connections stay open. */
  public void stop(int member) {
    signal(member, "STOP");
  }

  /** It goes on where it stood still. */
  public void resume(int member) {
    signal(member, "CONT");
  }

  private void signal(int member, String name) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + name, Long.toString(process(member).pid())).start();
      if (!kill.waitFor(END_MAX_S, TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw new IllegalStateException("member " + member + " did not get " + name);
      }
    } catch (IOException e) {
      throw new IllegalStateException("no kill", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void killAll() {
    for (Process process : processes) {
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }

  private static void awaitEnd(Process process) {
    try {
      if (!process.waitFor(END_MAX_S, TimeUnit.SECONDS)) {
        throw new IllegalStateException("etcd does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Kills all: nobody needs their data any more. */
  @Override
  public void close() {
    killAll();
    for (Process process : processes) {
      if (process != null) {
        awaitEnd(process);
      }
    }
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}

package io.mangonel.cli.demo;

import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler or executor that is started again, with the same arguments, as often as it ends: its
 * present process, and the logs of all its lives.
 */
public final class Server implements AutoCloseable {
  /** Several JVMs start on few cores: the first compiler alone gets them ready sooner. */
  private static final List<String> QUICK_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:CompileThresholdScaling=15");

  private final Host host;
  private final String name;
  private final Path logDirectory;
  private final List<String> arguments;
  private final List<Path> logs = new CopyOnWriteArrayList<>();
  private volatile @Nullable ChildProcess process;
  private boolean closed;

  /**
   * Nothing runs yet.
   *
   * @param arguments of {@code mangonel}
   */
  public Server(Host host, String name, Path logDirectory, List<String> arguments) {
    this.host = host;
    this.name = name;
    this.logDirectory = logDirectory;
    this.arguments = List.copyOf(arguments);
  }

  public Host host() {
    return host;
  }

  public String name() {
    return name;
  }

  /** Starts it, for the first time or again; does not wait until it is ready. */
  public synchronized void start() {
    if (closed) {
      throw CommandFailure.failed("interrupted");
    }
    ChildProcess before = process;
    if (before != null && before.isAlive()) {
      throw new IllegalStateException(name + " runs");
    }
    Path log = logDirectory.resolve(name + (logs.isEmpty() ? "" : "-" + logs.size()) + ".err");
    logs.add(log);
    process = ChildProcess.start(host, name, log, QUICK_START, arguments);
  }

  /** As it is now, or was last. */
  public ChildProcess process() {
    ChildProcess now = process;
    if (now == null) {
      throw new IllegalStateException(name + " was never started");
    }
    return now;
  }

  public boolean isAlive() {
    ChildProcess now = process;
    return now != null && now.isAlive();
  }

  /** Whether it runs and has said that it accepts work. */
  public boolean isReady() {
    ChildProcess now = process;
    return now != null && now.isAlive() && now.isReady();
  }

  /** Where a scheduler serves, once it is ready. */
  public HostAndPort address() {
    return HostAndPort.parse(part(process().awaitReady(), "flight="));
  }

  /** The value behind {@code key} in a ready line. */
  public static String part(String line, String key) {
    for (String part : line.split(" ", -1)) {
      if (part.startsWith(key)) {
        return part.substring(key.length());
      }
    }
    throw new IllegalStateException("no " + key + " in '" + line + "'");
  }

  /** Standard error of each of its lives, the first one first. */
  public List<Path> logs() {
    return List.copyOf(logs);
  }

  /** Which attempts all lives of these executors ran. */
  public static TaskRuns runs(List<Server> executors) {
    List<Path> all = new ArrayList<>();
    executors.forEach(executor -> all.addAll(executor.logs()));
    return TaskRuns.read(all);
  }

  /** Ends them all: asked first, so that they end at the same time. */
  public static void closeAll(List<Server> servers) {
    servers.forEach(Server::refuseStarts);
    servers.stream().filter(Server::isAlive).forEach(server -> server.process().terminate());
    servers.forEach(Server::close);
  }

  private synchronized void refuseStarts() {
    closed = true;
  }

  @Override
  public void close() {
    refuseStarts();
    ChildProcess now = process;
    if (now != null) {
      now.close();
    }
  }
}

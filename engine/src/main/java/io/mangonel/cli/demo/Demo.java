package io.mangonel.cli.demo;

import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.tpch.GenerationResult;
import io.mangonel.tpch.TpchGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One scheduler on RocksDB and two executors, each a process of its own, which answer three TPC-H
 * queries, or one whose scheduler is killed.
 */
public final class Demo implements AutoCloseable {
  private static final double SCALE_FACTOR = 0.1;
  private static final int PARTS = 4;
  private static final long WATCH_MS = 500;

  private final DemoDirectory directory;
  private final PrintStream out;
  private final int port;
  private final int httpPort;
  private final AtomicReference<@Nullable DemoCluster> cluster = new AtomicReference<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private Demo(DemoDirectory directory, PrintStream out, int port, int httpPort) {
    this.directory = directory;
    this.out = out;
    this.port = port;
    this.httpPort = httpPort;
  }

  /** Takes the directory; nothing runs yet. */
  public static Demo in(Path root, PrintStream out, int port, int httpPort) {
    return new Demo(DemoDirectory.take(root.resolve("demo")), out, port, httpPort);
  }

  /** Removes data, state and logs. */
  public void clean() {
    directory.clear();
    out.println("removed the data, the state and the logs of the demo");
  }

  /**
   * Makes the data, starts the processes, runs the queries.
   *
   * @return the address that serves
   */
  public HostAndPort run() throws IOException {
    Path data = start();
    HostAndPort address = cluster().address();
    new DemoQueries(address, data, out).run();
    return address;
  }

  /**
   * As {@link #run}, but with one long query whose scheduler is killed with -9 in the middle.
   *
   * @return the address that serves
   */
  public HostAndPort runKilled() throws IOException {
    Path data = start();
    new KillStory(cluster(), data, out).tell();
    return cluster().address();
  }

  /** Returns where the data is, once the cluster serves and has its views. */
  private Path start() throws IOException {
    directory.describe("process " + ProcessHandle.current().pid());
    out.println("Mangonel demo: a scheduler and two executors, each a process of its own\n");
    directory.clearCluster();
    Path data = data();
    startCluster(data);
    DemoQueries.createViews(cluster().address(), data);
    return data;
  }

  private DemoCluster cluster() {
    return Objects.requireNonNull(cluster.get(), "not started");
  }

  private Path data() {
    Path target = directory.data(SCALE_FACTOR);
    long startNs = System.nanoTime();
    return switch (TpchGenerator.generate(SCALE_FACTOR, target, PARTS)) {
      case GenerationResult.Generated(Path made, long rows) -> {
        line(
            "data",
            "TPC-H scale factor %s: %,d rows made in %.1f s",
            SCALE_FACTOR,
            rows,
            (System.nanoTime() - startNs) / 1e9);
        yield made;
      }
      case GenerationResult.Reused(Path found, long rows) -> {
        line("data", "TPC-H scale factor %s: %,d rows, there already", SCALE_FACTOR, rows);
        yield found;
      }
      case GenerationResult.Refused(String message) -> throw CommandFailure.failed(message);
    };
  }

  private void startCluster(Path data) {
    HostAndPort address = new HostAndPort(FreePorts.LOOPBACK, FreePorts.claim("--port", port));
    int http = FreePorts.claim("--http-port", httpPort);
    DemoCluster started = new DemoCluster(directory, data, address, http);
    cluster.set(started);
    if (closing.getCount() == 0) {
      // Asked to end meanwhile: what was not known then is ended here.
      started.close();
      throw CommandFailure.failed("interrupted");
    }
    String ready = started.scheduler().awaitReady();
    line("scheduler", "process %d at %s, state in RocksDB", started.scheduler().pid(), address);
    for (ChildProcess executor : started.executors()) {
      String line = executor.awaitReady();
      line("executor", "process %d, id %s", executor.pid(), part(line, "executor="));
    }
    directory.describe(
        "process " + ProcessHandle.current().pid() + ", serving at grpc://" + address);
    line("http", "%s", part(ready, "http="));
  }

  /**
   * Waits for the end.
   *
   * @return why, when a process has ended by itself, which none should; empty when this one is
   *     asked to end and has ended the others
   */
  public Optional<CommandFailure> awaitEnd() {
    try {
      while (true) {
        boolean asked = closing.await(WATCH_MS, TimeUnit.MILLISECONDS);
        Optional<ChildProcess> ended = cluster().ended();
        // A Ctrl-C reaches them as well as this process, which then is about to end, too.
        if (!asked && ended.isPresent() && !closing.await(WATCH_MS, TimeUnit.MILLISECONDS)) {
          return Optional.of(
              CommandFailure.failed(ended.get().name() + ": " + ended.get().lastError()));
        }
        if (closing.getCount() == 0) {
          closed.await();
          return Optional.empty();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private void line(String label, String format, Object... arguments) {
    out.printf(Locale.ROOT, "%-10s " + format + "%n", prepend(label, arguments));
  }

  private static Object[] prepend(String label, Object[] arguments) {
    List<Object> all = new ArrayList<>();
    all.add(label);
    all.addAll(List.of(arguments));
    return all.toArray();
  }

  /** The value behind {@code key} in a ready line. */
  private static String part(String line, String key) {
    for (String part : line.split(" ", -1)) {
      if (part.startsWith(key)) {
        return part.substring(key.length());
      }
    }
    throw new IllegalStateException("no " + key + " in '" + line + "'");
  }

  /** Ends every process and waits for that. May be called by two threads. */
  @Override
  public void close() {
    closing.countDown();
    DemoCluster started = cluster.get();
    if (started != null) {
      started.close();
    }
    directory.close();
    closed.countDown();
  }
}

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
 * queries, or one whose scheduler is killed; or three schedulers on etcd.
 */
public final class Demo implements AutoCloseable {
  private static final double SCALE_FACTOR = 0.1;
  private static final int PARTS = 4;
  private static final long WATCH_MS = 500;
  private static final int EXECUTORS = 2;
  private static final int SCHEDULERS = 3;

  private final DemoDirectory directory;
  private final PrintStream out;
  private final int port;
  private final int httpPort;
  private final AtomicReference<@Nullable LocalCluster> cluster = new AtomicReference<>();
  private volatile @Nullable Server victim;
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
   * @return an address that serves
   */
  public HostAndPort run() throws IOException {
    Path data = start("a scheduler and two executors", Optional.empty());
    new DemoQueries(address(), data, out).run();
    return address();
  }

  /**
   * As {@link #run}, but with one long query whose scheduler is killed with -9 in the middle.
   *
   * @return an address that serves
   */
  public HostAndPort runKilled() throws IOException {
    Path data = start("a scheduler and two executors", Optional.empty());
    new KillStory(cluster(), data, out).tell();
    return address();
  }

  /**
   * As {@link #runKilled}, with three schedulers, of which the one that owns the query is killed.
   *
   * @param etcd the program
   * @return an address that serves
   */
  public HostAndPort runHighlyAvailable(Path etcd) throws IOException {
    Path data = start("etcd, three schedulers and two executors", Optional.of(etcd));
    victim = new TakeoverStory(cluster(), data, out).tell();
    return address();
  }

  /** Of a scheduler that lives. */
  private HostAndPort address() {
    LocalCluster running = cluster();
    return running.addresses().stream()
        .filter(one -> running.scheduler(one).isAlive())
        .findFirst()
        .orElseThrow(() -> CommandFailure.failed("no scheduler is left"));
  }

  /** Returns where the data is, once the cluster serves and has its views. */
  private Path start(String what, Optional<Path> etcd) throws IOException {
    directory.describe("process " + ProcessHandle.current().pid());
    out.println("Mangonel demo: " + what + ", each a process of its own\n");
    directory.clearCluster();
    Path data = data();
    startCluster(data, etcd);
    DemoQueries.createViews(address(), data);
    return data;
  }

  private LocalCluster cluster() {
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

  private void startCluster(Path data, Optional<Path> etcd) {
    int firstPort = FreePorts.claim("--port", port);
    int http = FreePorts.claim("--http-port", httpPort);
    Path root = directory.resolve("");
    int schedulers = etcd.isPresent() ? SCHEDULERS : 1;
    LocalCluster.Setup setup = LocalCluster.Setup.local(root, data, schedulers, EXECUTORS);
    LocalEtcd store =
        etcd.map(
                program ->
                    LocalEtcd.of(program, root.resolve("etcd"), List.of(Host.LOCAL), List.of()))
            .orElse(null);
    LocalCluster started = new LocalCluster(setup, store, firstPort, http);
    cluster.set(started);
    if (closing.getCount() == 0) {
      // Asked to end meanwhile: what was not known then is ended here.
      started.close();
      throw CommandFailure.failed("interrupted");
    }
    if (store != null) {
      store.startAgain();
      line("etcd", "process %d at %s", pid(store), store.endpoint());
    }
    started.start();
    for (Server scheduler : started.schedulers()) {
      var _ = scheduler.process().awaitReady();
      long pid = scheduler.process().pid();
      String state = store == null ? ", state in RocksDB" : "";
      line("scheduler", "process %d at %s%s", pid, scheduler.address(), state);
    }
    for (Server executor : started.executors()) {
      String ready = executor.process().awaitReady();
      line(
          "executor",
          "process %d, id %s",
          executor.process().pid(),
          Server.part(ready, "executor="));
    }
    directory.describe(
        "process " + ProcessHandle.current().pid() + ", serving at grpc://" + address());
    String ready = started.schedulers().getFirst().process().awaitReady();
    line("http", "%s", Server.part(ready, "http="));
  }

  private static long pid(LocalEtcd etcd) {
    return etcd.members().getFirst().process().pid();
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
        Optional<ChildProcess> ended = cluster().ended(victim);
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

  /**
   * Ends every process, waits for that and removes what they kept; data and logs stay. May be
   * called by two threads.
   */
  @Override
  public void close() {
    closing.countDown();
    LocalCluster started = cluster.get();
    if (started != null) {
      started.close();
    }
    directory.release(started != null);
    closed.countDown();
  }
}

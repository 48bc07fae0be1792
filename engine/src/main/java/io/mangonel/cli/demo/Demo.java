package io.mangonel.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.format.Format;
import io.mangonel.cli.format.RowWriter;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.flightsql.AdminActions;
import io.mangonel.tpch.GenerationResult;
import io.mangonel.tpch.TpchGenerator;
import io.mangonel.tpch.TpchQueries;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * One scheduler on RocksDB and two executors, each a process of its own, which answer three TPC-H
 * queries.
 */
public final class Demo implements AutoCloseable {
  private static final double SCALE_FACTOR = 0.1;
  private static final int PARTS = 4;
  private static final int EXECUTORS = 2;
  private static final String SESSION = "demo";
  private static final String JOIN_MODE = "mangonel_join_mode";
  private static final long WATCH_MS = 500;

  /** Three JVMs start on few cores: the first compiler alone gets them ready sooner. */
  private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1");

  private record Query(int number, String title, String joinMode) {}

  private static final List<Query> QUERIES =
      List.of(
          new Query(3, "shipping priority", "hash"),
          new Query(17, "small-quantity-order revenue", "auto"),
          new Query(18, "large volume customers", "auto"));

  private final DemoDirectory directory;
  private final PrintStream out;
  private final int port;
  private final int httpPort;
  private final List<ChildProcess> children = new CopyOnWriteArrayList<>();
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
    directory.describe("process " + ProcessHandle.current().pid());
    out.println("Mangonel demo: a scheduler and two executors, each a process of its own\n");
    directory.clearCluster();
    Path data = data();
    HostAndPort address = startCluster(data);
    try (SchedulerConnection connection =
        SchedulerConnection.forStatements(address, SESSION, data.toString(), new TreeMap<>())) {
      for (String view : TpchGenerator.createViews(data)) {
        connection.run(view);
      }
    }
    for (Query query : QUERIES) {
      run(query, address, data);
    }
    return address;
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

  private HostAndPort startCluster(Path data) {
    String root = directory.resolve("").toString();
    HostAndPort address = new HostAndPort(FreePorts.LOOPBACK, FreePorts.claim("--port", port));
    int http = FreePorts.claim("--http-port", httpPort);
    // All at once: executors keep trying until their scheduler is there.
    ChildProcess scheduler =
        start(
            "scheduler",
            List.of(
                "scheduler",
                "--port",
                String.valueOf(address.port()),
                "--http-port",
                String.valueOf(http),
                "--state",
                "rocksdb:" + directory.resolve("state"),
                "--data-dirs",
                data.toString(),
                "--dir",
                root));
    List<ChildProcess> executors = new ArrayList<>();
    for (int i = 1; i <= EXECUTORS; i++) {
      executors.add(
          start(
              "executor-" + i,
              List.of(
                  "executor",
                  "--schedulers",
                  address.toString(),
                  "--slots",
                  "1",
                  "--threads",
                  "1",
                  "--memory",
                  "1GB",
                  "--work-dir",
                  directory.resolve("executor-" + i).toString(),
                  "--data-dirs",
                  data.toString(),
                  "--dir",
                  root)));
    }
    String ready = scheduler.awaitReady();
    line("scheduler", "process %d at %s, state in RocksDB", scheduler.pid(), address);
    for (ChildProcess executor : executors) {
      String line = executor.awaitReady();
      line("executor", "process %d, id %s", executor.pid(), part(line, "executor="));
    }
    directory.describe(
        "process " + ProcessHandle.current().pid() + ", serving at grpc://" + address);
    line("http", "%s", part(ready, "http="));
    return address;
  }

  private ChildProcess start(String name, List<String> arguments) {
    ChildProcess child =
        ChildProcess.start(
            name, directory.resolve("logs").resolve(name + ".err"), QUICK_START, arguments);
    children.add(child);
    return child;
  }

  private void run(Query query, HostAndPort address, Path data) throws IOException {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put(JOIN_MODE, query.joinMode());
    out.printf(
        Locale.ROOT,
        "%n-- TPC-H query %d, %s (%s = '%s')%n",
        query.number(),
        query.title(),
        JOIN_MODE,
        query.joinMode());
    long startNs = System.nanoTime();
    try (SchedulerConnection connection =
        SchedulerConnection.forStatements(address, SESSION, data.toString(), settings)) {
      FlightInfo info = connection.execute(TpchQueries.text(query.number()));
      print(connection, info);
    }
    out.printf(Locale.ROOT, "time %d ms%n", (System.nanoTime() - startNs) / 1_000_000);
    JsonNode newest = AdminReports.read(SchedulerConnection.listJobs(List.of(address))).path(0);
    String detail =
        SchedulerConnection.ask(
            List.of(address), AdminActions.JOBS_SHOW, newest.path("id").asText());
    out.println(AdminReports.stages(AdminReports.read(detail).path("stages")));
  }

  private void print(SchedulerConnection connection, FlightInfo info) throws IOException {
    RowWriter writer =
        Format.table.writer(
            info.getSchemaOptional().orElse(new Schema(List.of())), Format.buffered(out));
    connection.read(info, writer::write);
    writer.end();
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
        Optional<ChildProcess> ended =
            children.stream().filter(child -> !child.isAlive()).findFirst();
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
    children.reversed().forEach(ChildProcess::terminate);
    children.reversed().forEach(ChildProcess::close);
    directory.close();
    closed.countDown();
  }
}

package io.mangonel.cli;

import io.mangonel.cli.logs.LogOptions;
import io.mangonel.cli.logs.ServerLogging;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DataOptions;
import io.mangonel.cli.options.DirectoryOptions;
import io.mangonel.cli.options.EngineOptions;
import io.mangonel.cli.options.ListenOptions;
import io.mangonel.cli.options.PortOptions;
import io.mangonel.executor.ExecutorConfig;
import io.mangonel.executor.ExecutorServer;
import io.mangonel.web.ProbeDoor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mangonel executor}: a server. */
@Command(
    addMethodSubcommands = false,
    mixinStandardHelpOptions = true,
    name = "executor",
    header = "Run an executor: a DuckDB that runs the tasks of schedulers.",
    description = {
      "",
      "It prints one line 'ready executor=... grpc=...' once a scheduler has accepted it. It keeps"
          + " trying while none is in reach, and outlives schedulers.",
      "",
      "SIGTERM and Ctrl-C let running tasks end, for up to 30 seconds; a second signal ends it at"
          + " once. Started again on its work directory, it offers what it had finished.",
      ""
    })
final class ExecutorCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorCommand.class);

  /** After this long without a scheduler it says so, once. */
  private static final long QUIET_WAIT_MS = 5_000;

  private static final long WAIT_MS = 60_000;

  /** How tasks come. The constants are what a user types. */
  enum Mode {
    push,
    pull
  }

  @Mixin private ListenOptions listen = new ListenOptions();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private DataOptions data = new DataOptions();
  @Mixin private DirectoryOptions directory = new DirectoryOptions();
  @Mixin private LogOptions logs = new LogOptions();
  @Mixin private Lifetime lifetime = new Lifetime();

  @Option(
      names = "--schedulers",
      required = true,
      split = ",",
      paramLabel = "H:P",
      description = "Schedulers to register with; more are learnt from them.")
  private List<String> schedulers = List.of();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port for schedulers and other executors; 0 for any free one. Default: 0.")
  private int port;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Port for /healthz, /readyz and /metrics; 0 for any free one. Default: none.")
  private @Nullable Integer httpPort;

  @Option(
      names = "--work-dir",
      paramLabel = "D",
      description =
          "Its own directory: node id, shuffle files, spilled data. Default: work/PORT below --dir.")
  private @Nullable Path workDirectory;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "push",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Mode mode = Mode.push;

  /** Made by picocli. */
  ExecutorCommand() {}

  @Override
  public Integer call() {
    ExecutorConfig config =
        new ExecutorConfig(
            listen.checkedBind(),
            PortOptions.checked("--port", port),
            schedulers.stream().map(text -> HostAndPort.parse(text).toString()).toList(),
            workDirectory(),
            engine.slots(),
            engine.threads(1),
            engine.memoryBytes(1),
            mode == Mode.pull,
            data.checked());
    ServerLogging.toFile(logs, directory, "executor");
    LOG.info(
        "{} slots, {} threads, memory limit {} MB",
        config.slots(),
        config.threads(),
        config.memoryBytes() >> 20);
    ExecutorServer server = start(config);
    ProbeDoor probes = probes(server, config);
    String http = probes == null ? "" : " http=" + "http://" + config.bind() + ":" + probes.port();
    Thread.ofVirtual().start(() -> announce(server, config, http));
    EndSignals.onFirst(server::drain);
    lifetime.await(server);
    return 0;
  }

  private Path workDirectory() {
    // Without a name of its own every executor of this machine would be the same one.
    Path chosen =
        workDirectory != null
            ? workDirectory
            : directory.root().resolve("work").resolve(port == 0 ? "executor" : "executor-" + port);
    return chosen.toAbsolutePath().normalize();
  }

  private static ExecutorServer start(ExecutorConfig config) {
    try {
      return ExecutorServer.start(config);
    } catch (IOException e) {
      throw CommandFailure.failed(String.valueOf(e.getMessage()));
    }
  }

  private @Nullable ProbeDoor probes(ExecutorServer server, ExecutorConfig config) {
    if (httpPort == null) {
      return null;
    }
    int checked = PortOptions.checked("--http-port", httpPort);
    try {
      return ProbeDoor.start(config.bind(), checked, server::ready, server::metrics);
    } catch (IOException e) {
      server.close();
      throw CommandFailure.failed("cannot serve HTTP on port " + checked + ": " + e.getMessage());
    }
  }

  private static void announce(ExecutorServer server, ExecutorConfig config, String http) {
    try {
      if (!server.awaitRegistered(QUIET_WAIT_MS)) {
        LOG.warn(
            "no scheduler answers at {}: is one running? It keeps trying",
            String.join(", ", config.schedulers()));
        while (!server.awaitRegistered(WAIT_MS)) {
          LOG.info("still no scheduler at {}", String.join(", ", config.schedulers()));
        }
      }
      System.out.println(
          "ready executor="
              + server.id()
              + " grpc=grpc://"
              + config.bind()
              + ":"
              + server.port()
              + http);
    } catch (IOException e) {
      System.err.println("error: " + e.getMessage());
      System.exit(CommandFailure.FAILED);
    }
  }
}

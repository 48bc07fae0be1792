package io.mangonel.cli;

import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.demo.DemoQueries;
import io.mangonel.cli.logs.LogOptions;
import io.mangonel.cli.logs.ServerLogging;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DirectoryOptions;
import io.mangonel.cli.options.JobOptions;
import io.mangonel.tpch.GenerationResult;
import io.mangonel.tpch.TpchGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mangonel rehearse}: what the launcher makes its start-up archive of. */
@Command(
    addMethodSubcommands = false,
    mixinStandardHelpOptions = true,
    name = "rehearse",
    hidden = true,
    header = "Do once, in one process and on little data, what servers and clients do.",
    description = {
      "",
      "The JVM that runs it can record what is loaded, for the starts to come. It leaves files below"
          + " --dir.",
      ""
    })
final class RehearseCommand implements Callable<Integer> {
  private static final double SCALE_FACTOR = 0.01;
  private static final int PARTS = 2;
  private static final int EXECUTORS = 2;
  private static final long MEMORY_BYTES = 256L << 20;

  private static final int SMALL_STATEMENTS = 2_000;

  /** On a slow machine they are fewer. */
  private static final Duration SMALL_MAX = Duration.ofSeconds(15);

  @Mixin private DirectoryOptions directory = new DirectoryOptions();

  /** Made by picocli. */
  RehearseCommand() {}

  @Override
  public Integer call() throws IOException {
    Main.commandLine("demo").parseArgs("demo", "--exit");
    Main.commandLine("sql").parseArgs("sql", "-c", "SELECT 42");
    Main.commandLine("executor").parseArgs("executor", "--schedulers", "127.0.0.1:1");
    Main.commandLine("scheduler").parseArgs("scheduler", "--state", "memory");
    ServerLogging.toFile(new LogOptions(), directory, "rehearsal");
    EndSignals.onFirst(() -> {});
    Path data = data();
    SchedulerProcess scheduler =
        SchedulerProcess.start(
            SchedulerCommand.config(
                "127.0.0.1",
                0,
                "rocksdb:" + directory.root().resolve("state"),
                List.of(data),
                new JobOptions()),
            0);
    EmbeddedCluster.Executors executors =
        new EmbeddedCluster.Executors(
            EXECUTORS, 1, 1, MEMORY_BYTES, directory.root().resolve("work"));
    try (EmbeddedCluster cluster = EmbeddedCluster.start(scheduler, executors, List.of(data))) {
      DemoQueries.createViews(cluster.address(), data);
      PrintStream nowhere =
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
      new DemoQueries(cluster.address(), data, nowhere).run();
      askOften(cluster.address(), data);
    }
    return 0;
  }

  /**
   * Small statements, each of a text of its own: the archive keeps what the JVM has learnt of the
   * methods that run often, and its compilers have less to do in the starts to come.
   */
  private static void askOften(HostAndPort address, Path data) throws IOException {
    long untilNs = System.nanoTime() + SMALL_MAX.toNanos();
    try (SchedulerConnection connection =
        SchedulerConnection.forStatements(address, "rehearsal", data.toString(), new TreeMap<>())) {
      for (int i = 0; i < SMALL_STATEMENTS && System.nanoTime() < untilNs; i++) {
        connection.run(
            switch (i % 3) {
              case 0 -> "SELECT " + i + " AS answer";
              case 1 -> "SELECT c_name, c_acctbal FROM customer WHERE c_custkey = " + i;
              default -> "SELECT count(*), max(c_name) FROM customer WHERE c_nationkey = " + i % 25;
            });
      }
    }
  }

  private Path data() {
    Path target = directory.root().resolve("data");
    return switch (TpchGenerator.generate(SCALE_FACTOR, target, PARTS)) {
      case GenerationResult.Generated(Path made, long _) -> made;
      case GenerationResult.Reused(Path found, long _) -> found;
      case GenerationResult.Refused(String message) -> throw CommandFailure.failed(message);
    };
  }
}

package io.mangonel.workbench.failover;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DirectoryOptions;
import io.mangonel.tpch.GenerationResult;
import io.mangonel.tpch.TpchGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mangonel bench failover}. */
@Command(
    name = "failover",
    mixinStandardHelpOptions = true,
    header =
        "Kill the scheduler, then executors, with -9 under running queries, and take the time.",
    description = {
      "",
      "Each time one TPC-H query runs on two executors, with hash joins; a process is killed at a"
          + " random moment in the middle and started again at once on its directory. The answer is"
          + " compared with that of an undisturbed run. Reruns are counted in the executors' logs.",
      ""
    })
public final class FailoverCommand implements Callable<Integer> {
  private static final double SCALE_FACTOR = 0.1;
  private static final int PARTS = 4;
  private static final int KILLS_MAX = 1_000;

  @Mixin private DirectoryOptions directory = new DirectoryOptions();

  @Option(
      names = "--kills",
      paramLabel = "N",
      defaultValue = "20",
      description = "Of the scheduler, and as many of executors. Default: ${DEFAULT-VALUE}.")
  private int kills;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "push",
      description = "How executors get tasks: push or pull. Default: ${DEFAULT-VALUE}.")
  private String mode = "push";

  @Option(names = "--seed", paramLabel = "S", description = "For the moments. Default: any.")
  private @Nullable Long seed;

  /** Made by picocli. */
  FailoverCommand() {}

  @Override
  public Integer call() throws IOException {
    if (kills < 1 || kills > KILLS_MAX) {
      throw CommandFailure.usage("--kills must be from 1 to " + KILLS_MAX + ", it is " + kills);
    }
    PrintStream out = System.out;
    Path root = directory.root().resolve("bench");
    Path data = root.resolve("tpch-sf" + SCALE_FACTOR);
    if (TpchGenerator.generate(SCALE_FACTOR, data, PARTS)
        instanceof GenerationResult.Refused(String message)) {
      throw CommandFailure.failed(message);
    }
    Path work = Files.createTempDirectory(root, "failover-");
    try (var cluster = new FailoverCluster(work, data, mode)) {
      Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "shutdown"));
      cluster.start();
      long chosen = seed == null ? System.nanoTime() : seed;
      out.println(new FailoverBenchmark(cluster, data, chosen).run(kills).text());
    }
    return 0;
  }
}

package io.mangonel.workbench.failover;

import io.mangonel.cli.demo.Host;
import io.mangonel.cli.demo.LocalCluster;
import io.mangonel.cli.demo.LocalEtcd;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DirectoryOptions;
import io.mangonel.tpch.GenerationResult;
import io.mangonel.tpch.TpchGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mangonel bench failover}. */
@Command(
    name = "failover",
    mixinStandardHelpOptions = true,
    header = "Kill schedulers and executors under running queries, and take the time.",
    description = {
      "",
      "Each time one TPC-H query runs on two executors, with hash joins, and something is done at a"
          + " random moment in the middle. The answer is compared with that of an undisturbed run."
          + " Reruns are counted in the executors' logs. Most cases need etcd on the PATH.",
      ""
    })
public final class FailoverCommand implements Callable<Integer> {
  private static final double SCALE_FACTOR = 0.1;
  private static final int PARTS = 4;
  private static final int KILLS_MAX = 1_000;
  private static final int SCHEDULERS = 3;
  private static final int EXECUTORS = 2;

  @Mixin private DirectoryOptions directory = new DirectoryOptions();

  @Option(
      names = "--kills",
      paramLabel = "N",
      defaultValue = "30",
      description = "In each case. Default: ${DEFAULT-VALUE}.")
  private int kills;

  @Option(
      names = "--cases",
      split = ",",
      paramLabel = "C",
      description = "Some of ${COMPLETION-CANDIDATES}. Default: all.")
  private List<FailoverCase> cases = List.of(FailoverCase.values());

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "push",
      description = "How executors get tasks: push or pull. Default: ${DEFAULT-VALUE}.")
  private String mode = "push";

  @Option(names = "--seed", paramLabel = "S", description = "For the moments. Default: any.")
  private @Nullable Long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures, too.")
  private @Nullable Path json;

  /** Made by picocli. */
  FailoverCommand() {}

  @Override
  public Integer call() throws IOException {
    if (kills < 1 || kills > KILLS_MAX) {
      throw CommandFailure.usage("--kills must be from 1 to " + KILLS_MAX + ", it is " + kills);
    }
    PrintStream out = System.out;
    Path root = directory.root().toAbsolutePath().resolve("bench");
    Path data = root.resolve("tpch-sf" + SCALE_FACTOR);
    if (TpchGenerator.generate(SCALE_FACTOR, data, PARTS)
        instanceof GenerationResult.Refused(String message)) {
      throw CommandFailure.failed(message);
    }
    long chosen = seed == null ? System.nanoTime() : seed;
    double loadBefore = load();
    List<FailoverReport.Series> series = new ArrayList<>();
    for (FailoverCase what : cases) {
      Path work = Files.createTempDirectory(root, "failover-");
      try (LocalCluster cluster = cluster(what, work, data)) {
        Thread hook = new Thread(() -> end(cluster, work), "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        if (what.hasSeveralSchedulers()) {
          cluster.etcd().startAgain();
        }
        cluster.start();
        cluster.awaitReady();
        series.add(new FailoverBenchmark(cluster, what, data, chosen).run(kills));
        Runtime.getRuntime().removeShutdownHook(hook);
        end(cluster, work);
      }
    }
    FailoverReport report = new FailoverReport(chosen, loadBefore, load(), series);
    out.println(report.text());
    if (json != null) {
      Files.writeString(json, report.json().toPrettyString() + "\n");
      out.println("figures in " + json);
    }
    return 0;
  }

  private LocalCluster cluster(FailoverCase what, Path work, Path data) {
    boolean several = what.hasSeveralSchedulers();
    LocalCluster.Setup setup =
        LocalCluster.Setup.local(work, data, several ? SCHEDULERS : 1, EXECUTORS).withMode(mode);
    if (!several) {
      return new LocalCluster(setup, null, 0, 0);
    }
    Path etcd =
        LocalEtcd.executable()
            .orElseThrow(
                () ->
                    CommandFailure.usage(
                        "the case "
                            + what
                            + " needs etcd on the PATH; get it with 'apt-get install etcd-server'"));
    List<Host> hosts = Collections.nCopies(what.etcdMembers(), Host.LOCAL);
    LocalEtcd store = LocalEtcd.of(etcd, work.resolve("etcd"), hosts, List.of());
    return new LocalCluster(setup, store, 0, 0);
  }

  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static void end(LocalCluster cluster, Path work) {
    cluster.close();
    try (Stream<Path> walk = Files.walk(work)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println("warning: cannot remove " + work + ": " + e.getMessage());
    }
  }
}

package io.mangonel.workbench.chaos;

import io.mangonel.cli.demo.Guard;
import io.mangonel.cli.demo.LocalEtcd;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DirectoryOptions;
import io.mangonel.tpch.GenerationResult;
import io.mangonel.tpch.TpchGenerator;
import io.mangonel.workbench.chaos.load.Load;
import io.mangonel.workbench.chaos.network.Namespaces;
import io.mangonel.workbench.chaos.network.Shell;
import io.mangonel.workbench.chaos.record.Findings;
import io.mangonel.workbench.chaos.record.History;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mangonel chaos}. */
@Command(
    name = "chaos",
    mixinStandardHelpOptions = true,
    header = "Break a real cluster again and again while clients ask, and check every answer.",
    description = {
      "",
      "Three schedulers, three executors and three members of etcd as processes; as root each in a"
          + " network namespace of its own, with disks that can be filled. It kills, stops, cuts off,"
          + " slows down and starts again what the seed says; moments are those of real processes.",
      "",
      "Exit code 1 when anything was not as it must be: logs, a dump of the store and the seed are"
          + " then in one folder. Ctrl-C ends it and leaves no process, namespace or mount.",
      ""
    })
public final class ChaosCommand implements Callable<Integer> {
  private static final double SCALE_FACTOR = 0.02;
  private static final int PARTS = 4;
  private static final double MINUTES_MAX = 24 * 60;

  /** Ends what this process started, and only that: its files' names are in their commands. */
  private static final String CLEANING =
      Namespaces.cleaning()
          + "for p in /proc/[0-9]*; do q=${p#/proc/}; [ \"$q\" = $$ ] ||"
          + " ! grep -qsaF -- \"$2/\" $p/cmdline || kill -9 $q; done 2>/dev/null;"
          + " grep -sF \" $2/\" /proc/mounts | cut -d' ' -f2 | while read m; do umount -l \"$m\"; done";

  @Mixin private DirectoryOptions directory = new DirectoryOptions();

  @Option(
      names = "--minutes",
      paramLabel = "M",
      defaultValue = "3",
      description = "How long things break; then it checks. Default: ${DEFAULT-VALUE}.")
  private double minutes;

  @Option(names = "--seed", paramLabel = "S", description = "For what breaks. Default: any.")
  private @Nullable Long seed;

  @Option(names = "--loopback", description = "No network namespaces and mounts, also as root.")
  private boolean loopback;

  @Option(names = "--keep", description = "Keep logs and the store's dump in any case.")
  private boolean keep;

  /** Made by picocli. */
  ChaosCommand() {}

  @Override
  public Integer call() throws IOException {
    if (!(minutes > 0) || minutes > MINUTES_MAX) {
      throw CommandFailure.usage("--minutes must be above 0 and at most 1440, it is " + minutes);
    }
    Path etcd =
        LocalEtcd.executable()
            .orElseThrow(
                () ->
                    CommandFailure.usage(
                        "chaos needs etcd on the PATH; get it with 'apt-get install etcd-server'"));
    PrintStream out = System.out;
    Path root = directory.root().toAbsolutePath().resolve("chaos");
    Path data = root.resolve("tpch-sf" + SCALE_FACTOR);
    if (TpchGenerator.generate(SCALE_FACTOR, data, PARTS)
        instanceof GenerationResult.Refused(String message)) {
      throw CommandFailure.failed(message);
    }
    long chosen = seed == null ? System.nanoTime() : seed;
    Path run = Files.createTempDirectory(root, "run-" + chosen + "-");
    Namespaces.cleanOthers();
    List<String> own = List.of(String.valueOf(ProcessHandle.current().pid()), run.toString());
    Guard guard = Guard.after(CLEANING, own);
    Thread hook = new Thread(() -> clean(own), "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return new Sequence(run, data, etcd, chosen, out).run();
    } finally {
      clean(own);
      guard.close();
    }
  }

  private static void clean(List<String> own) {
    var _ = Shell.run("sh", "-c", CLEANING, "clean", own.get(0), own.get(1));
  }

  /** One run, from the network to the verdict. */
  private final class Sequence {
    private final Path run;
    private final Path data;
    private final Path etcd;
    private final long chosen;
    private final PrintStream out;
    private final Findings findings = new Findings();
    private final History history = new History();

    Sequence(Path run, Path data, Path etcd, long chosen, PrintStream out) {
      this.run = run;
      this.data = data;
      this.etcd = etcd;
      this.chosen = chosen;
      this.out = out;
    }

    int run() throws IOException {
      out.println("chaos: " + minutes + " minutes, seed " + chosen + ", logs in " + run);
      Optional<String> obstacle =
          loopback ? Optional.of("--loopback was given") : Namespaces.obstacle();
      obstacle.ifPresent(
          why -> out.println("all on loopback, no links are cut and no disk is filled: " + why));
      try (@Nullable Namespaces network =
              obstacle.isPresent() ? null : Namespaces.make(ChaosCluster.hostNames());
          ChaosCluster cluster = new ChaosCluster(run, data, etcd, network, obstacle.isEmpty())) {
        if (network != null) {
          out.println(network.description());
        }
        if (!cluster.hasClock()) {
          out.println("no clock is moved: libfaketime is not installed (Debian: libfaketime)");
        }
        cluster.start();
        return under(cluster);
      }
    }

    private int under(ChaosCluster cluster) throws IOException {
      Path drivers = Path.of(System.getProperty("mangonel.home", "."), "workbench/target/drivers");
      String report;
      try (Load load =
              new Load(
                  data,
                  run.resolve("spill"),
                  drivers,
                  cluster.servers().addresses(),
                  Duration.ofMillis(ChaosCluster.RETENTION_MS),
                  findings,
                  history);
          Supervisor supervisor = new Supervisor(cluster, history)) {
        if (!load.hasJdbc()) {
          out.println("no stock JDBC clients: no driver in " + drivers);
        }
        ChaosRun chaos = new ChaosRun(cluster, load, supervisor, findings, history, out, chosen);
        report = chaos.run(Duration.ofMillis((long) (minutes * 60_000)), chosen);
        Files.writeString(
            run.resolve("timeline.html"),
            new TimeLinePage(chaos.startedAt(), Instant.now(), history.spans())
                .html("Mangonel chaos, seed " + chosen, report + verdict()));
      }
      out.println();
      out.println(report);
      out.println(verdict());
      boolean failed = !findings.all().isEmpty();
      if (failed || keep) {
        StoreDump.write(cluster.servers().etcd().endpoint(), run.resolve("store.txt"));
        Files.writeString(
            run.resolve("report.txt"),
            "seed " + chosen + "\n" + report + verdict() + "\n",
            StandardCharsets.UTF_8);
      }
      cluster.close();
      if (failed || keep) {
        out.println("logs, the store and the time line are in " + run);
        return failed ? CommandFailure.FAILED : 0;
      }
      Path page = run.resolveSibling("timeline-" + chosen + ".html");
      Files.move(run.resolve("timeline.html"), page, StandardCopyOption.REPLACE_EXISTING);
      delete(run);
      out.println("time line: " + page);
      return 0;
    }

    private String verdict() {
      List<String> all = findings.all();
      return all.isEmpty()
          ? "no finding"
          : all.size() + " FINDINGS, seed " + chosen + "\n  " + String.join("\n  ", all);
    }
  }

  private static void delete(Path run) throws IOException {
    try (Stream<Path> walk = Files.walk(run)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}

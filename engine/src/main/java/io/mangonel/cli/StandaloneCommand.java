package io.mangonel.cli;

import io.mangonel.cli.logs.LogOptions;
import io.mangonel.cli.logs.ServerLogging;
import io.mangonel.cli.options.DataOptions;
import io.mangonel.cli.options.DirectoryOptions;
import io.mangonel.cli.options.EngineOptions;
import io.mangonel.cli.options.EtcdOptions;
import io.mangonel.cli.options.JobOptions;
import io.mangonel.cli.options.ListenOptions;
import io.mangonel.cli.options.OptionRanges;
import io.mangonel.cli.options.PortOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mangonel standalone}: all of a cluster in one process. */
@Command(
    addMethodSubcommands = false,
    mixinStandardHelpOptions = true,
    name = "standalone",
    header = "Run a scheduler and executors in one process.",
    description = {
      "",
      "Statements may read files of the current directory, or of --data-dirs. It prints one line"
          + " 'ready flight=... http=...' when it accepts work.",
      "",
      "  mangonel standalone",
      "  mangonel sql --url 127.0.0.1:32010 -c \"SELECT count(*) FROM 'trips/*.parquet'\"",
      ""
    })
final class StandaloneCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(StandaloneCommand.class);
  static final int EXECUTORS = 2;

  @Mixin private ListenOptions listen = new ListenOptions();
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private DataOptions data = new DataOptions();
  @Mixin private DirectoryOptions directory = new DirectoryOptions();
  @Mixin private LogOptions logs = new LogOptions();
  @Mixin private JobOptions jobs = new JobOptions();
  @Mixin private EtcdOptions etcd = new EtcdOptions();
  @Mixin private Lifetime lifetime = new Lifetime();

  @Option(
      names = "--executors",
      paramLabel = "N",
      defaultValue = "" + EXECUTORS,
      description = "Executors in this process. Default: ${DEFAULT-VALUE}.")
  private int executors = EXECUTORS;

  @Option(
      names = "--state",
      paramLabel = "S",
      description =
          "Where jobs are kept: memory, rocksdb:DIR, or etcd:http://HOST:2379[,http://...]."
              + " Default: rocksdb:state below --dir.")
  private @Nullable String state;

  /** Made by picocli. */
  StandaloneCommand() {}

  @Override
  public Integer call() {
    OptionRanges.executors(executors);
    String bind = listen.checkedBind();
    List<Path> dataDirectories = data.checkedOrCurrent();
    String chosen =
        SchedulerCommand.checkedState(
            state == null ? "rocksdb:" + directory.root().resolve("state") : state);
    EmbeddedCluster.Executors each =
        new EmbeddedCluster.Executors(
            executors,
            engine.slots(),
            engine.threads(executors),
            engine.memoryBytes(executors),
            directory.root().resolve("work"));
    ServerLogging.toFile(logs, directory, "standalone");
    LOG.info(
        "{} executors with {} slots, {} threads, memory limit {} MB each; statements may read {}",
        executors,
        each.slots(),
        each.threads(),
        each.memoryBytes() >> 20,
        dataDirectories);
    SchedulerProcess scheduler =
        SchedulerProcess.start(
            SchedulerCommand.config(bind, ports.port(), chosen, dataDirectories, jobs)
                .withEtcd(etcd.settings()),
            ports.httpPort());
    EmbeddedCluster cluster = EmbeddedCluster.start(scheduler, each, dataDirectories);
    System.out.println(scheduler.readyLine());
    lifetime.await(cluster);
    return 0;
  }
}

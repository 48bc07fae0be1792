package io.mangonel.cli;

import io.mangonel.cli.logs.LogOptions;
import io.mangonel.cli.logs.ServerLogging;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DataOptions;
import io.mangonel.cli.options.DirectoryOptions;
import io.mangonel.cli.options.EtcdOptions;
import io.mangonel.cli.options.JobOptions;
import io.mangonel.cli.options.ListenOptions;
import io.mangonel.cli.options.PortOptions;
import io.mangonel.scheduler.SchedulerConfig;
import io.mangonel.state.etcd.EtcdAccess;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mangonel scheduler}: a server. */
@Command(
    addMethodSubcommands = false,
    mixinStandardHelpOptions = true,
    name = "scheduler",
    header = "Run a scheduler: plans statements, hands out their tasks, serves clients.",
    description = {
      "",
      "It prints one line 'ready flight=... http=...' when it accepts work; executors connect with"
          + " --schedulers.",
      ""
    })
final class SchedulerCommand implements Callable<Integer> {
  static final String ROCKSDB = "rocksdb:";
  private static final String ETCD = "etcd:";

  @Mixin private ListenOptions listen = new ListenOptions();
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private DataOptions data = new DataOptions();
  @Mixin private DirectoryOptions directory = new DirectoryOptions();
  @Mixin private LogOptions logs = new LogOptions();
  @Mixin private JobOptions jobs = new JobOptions();
  @Mixin private EtcdOptions etcd = new EtcdOptions();
  @Mixin private Lifetime lifetime = new Lifetime();

  @Option(
      names = "--state",
      required = true,
      paramLabel = "S",
      description =
          "Where jobs are kept: memory, rocksdb:DIR, or etcd:http://HOST:2379[,http://...].")
  private String state = "";

  /** Made by picocli. */
  SchedulerCommand() {}

  @Override
  public Integer call() {
    String bind = listen.checkedBind();
    SchedulerConfig config =
        config(bind, ports.port(), checkedState(state), data.checked(), jobs)
            .withEtcd(etcd.settings());
    ServerLogging.toFile(logs, directory, "scheduler");
    SchedulerProcess process = SchedulerProcess.start(config, ports.httpPort());
    System.out.println(process.readyLine());
    lifetime.await(process);
    return 0;
  }

  static SchedulerConfig config(
      String bind, int port, String state, List<Path> dataDirectories, JobOptions jobs) {
    SchedulerConfig defaults = SchedulerConfig.local(state, dataDirectories);
    return new SchedulerConfig(
        bind,
        port,
        state,
        dataDirectories,
        defaults.executorWaitMs(),
        jobs.retentionMs(),
        jobs.jobs());
  }

  static String checkedState(String state) {
    if (state.equals("memory")
        || (state.startsWith(ROCKSDB) && state.length() > ROCKSDB.length())) {
      return state;
    }
    if (state.startsWith(ETCD)) {
      try {
        var _ = EtcdAccess.endpoints(state.substring(ETCD.length()));
        return state;
      } catch (IllegalArgumentException e) {
        throw CommandFailure.usage("--state: " + e.getMessage());
      }
    }
    throw CommandFailure.usage(
        "--state must be memory, rocksdb:DIR or etcd:http://HOST:2379[,...], it is '"
            + state
            + "'");
  }
}

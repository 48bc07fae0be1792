package io.mangonel.cli;

import io.mangonel.cli.demo.Demo;
import io.mangonel.cli.demo.LocalEtcd;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DirectoryOptions;
import io.mangonel.cli.options.PortOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mangonel demo}. */
@Command(
    addMethodSubcommands = false,
    mixinStandardHelpOptions = true,
    name = "demo",
    header = "Start a small cluster, run three TPC-H queries on it, and keep serving.",
    description = {
      "",
      "It makes TPC-H data (scale factor 0.1, once), starts a scheduler and two executors as"
          + " processes of their own, and shows what each of them did. Ctrl-C ends all of it.",
      ""
    })
final class DemoCommand implements Callable<Integer> {
  @Mixin private DirectoryOptions directory = new DirectoryOptions();
  @Mixin private PortOptions ports = new PortOptions();

  @Option(names = "--exit", description = "End after the queries.")
  private boolean exit;

  @Option(
      names = "--kill",
      description =
          "Instead of the three queries, run a long one, kill -9 its scheduler in the middle, start"
              + " it again, and show that nothing ran twice.")
  private boolean kill;

  @Option(
      names = "--ha",
      description =
          "Instead of the three queries, start etcd and three schedulers, run a long query, kill -9"
              + " the scheduler that owns it, and show who took it over and that nothing ran twice."
              + " Needs etcd on the PATH.")
  private boolean highlyAvailable;

  @Option(names = "--clean", description = "Remove the demo's data, state and logs, and end.")
  private boolean clean;

  /** Made by picocli. */
  DemoCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintStream out = System.out;
    if (kill && highlyAvailable) {
      throw CommandFailure.usage(
          "--kill shows one scheduler that is started again, --ha three of which one dies: choose"
              + " one of them");
    }
    if (clean && (kill || highlyAvailable || exit)) {
      throw CommandFailure.usage("--clean runs nothing: leave out the other flags");
    }
    Optional<Path> etcd = highlyAvailable ? LocalEtcd.executable() : Optional.empty();
    if (highlyAvailable && etcd.isEmpty()) {
      throw CommandFailure.usage(
          "--ha needs etcd on the PATH; get it with 'apt-get install etcd-server', or from"
              + " https://github.com/etcd-io/etcd/releases");
    }
    try (Demo demo = Demo.in(directory.root(), out, ports.port(), ports.httpPort())) {
      if (clean) {
        demo.clean();
        return 0;
      }
      Thread hook = new Thread(demo::close, "shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
      HostAndPort address = kill ? demo.runKilled() : run(demo, etcd);
      if (!exit) {
        out.println();
        out.println("It keeps serving. In another terminal, try:");
        out.println("  ./mangonel sql --url " + address + " -c \"SELECT count(*) FROM lineitem\"");
        out.println("  ./mangonel jobs list --url " + address);
        out.println("  ./mangonel executors list --url " + address);
        out.println("Ctrl-C ends it.");
        Optional<CommandFailure> failure = demo.awaitEnd();
        if (failure.isPresent()) {
          throw failure.get();
        }
      }
      return 0;
    }
  }

  private static HostAndPort run(Demo demo, Optional<Path> etcd) throws IOException {
    return etcd.isPresent() ? demo.runHighlyAvailable(etcd.get()) : demo.run();
  }
}

package io.mangonel.cli;

import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.options.ClientOptions;
import io.mangonel.flightsql.AdminActions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mangonel executors}: who runs tasks. */
@Command(
    mixinStandardHelpOptions = true,
    name = "executors",
    header = "List executors.",
    synopsisSubcommandLabel = "COMMAND")
final class ExecutorsCommand {
  /** Made by picocli. */
  ExecutorsCommand() {}

  @Command(
      mixinStandardHelpOptions = true,
      name = "list",
      header = "List the executors that a scheduler knows.")
  void list(
      @Mixin ClientOptions client,
      @Option(
              names = "--format",
              paramLabel = "FORMAT",
              defaultValue = "table",
              description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
          AdminFormat format) {
    String json = SchedulerConnection.ask(client.addresses(), AdminActions.EXECUTORS_LIST, "");
    System.out.println(format == AdminFormat.json ? json : AdminReports.executors(json));
  }
}

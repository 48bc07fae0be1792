package io.mangonel.cli;

import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.options.ClientOptions;
import io.mangonel.flightsql.AdminActions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mangonel schedulers}: who schedules jobs. */
@Command(
    mixinStandardHelpOptions = true,
    name = "schedulers",
    header = "List schedulers.",
    synopsisSubcommandLabel = "COMMAND")
final class SchedulersCommand {
  /** Made by picocli. */
  SchedulersCommand() {}

  @Command(
      mixinStandardHelpOptions = true,
      name = "list",
      header = "List the schedulers that share a store.")
  void list(
      @Mixin ClientOptions client,
      @Option(
              names = "--format",
              paramLabel = "FORMAT",
              defaultValue = "table",
              description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
          AdminFormat format) {
    String json = SchedulerConnection.ask(client.addresses(), AdminActions.SCHEDULERS_LIST, "");
    System.out.println(format == AdminFormat.json ? json : AdminReports.schedulers(json));
  }
}

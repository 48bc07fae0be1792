package io.mangonel.cli;

import io.mangonel.cli.client.AdminReports;
import io.mangonel.cli.client.SchedulerConnection;
import io.mangonel.cli.options.ClientOptions;
import io.mangonel.flightsql.AdminActions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mangonel jobs}: what a scheduler runs and has run. */
@Command(
    mixinStandardHelpOptions = true,
    name = "jobs",
    header = "List, show and cancel jobs.",
    synopsisSubcommandLabel = "COMMAND")
final class JobsCommand {
  /** Made by picocli. */
  JobsCommand() {}

  @Command(mixinStandardHelpOptions = true, name = "list", header = "List jobs, the newest first.")
  void list(
      @Mixin ClientOptions client,
      @Option(
              names = "--format",
              paramLabel = "FORMAT",
              defaultValue = "table",
              description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
          AdminFormat format) {
    String json = SchedulerConnection.listJobs(client.addresses());
    print(format == AdminFormat.json ? json : AdminReports.jobs(json));
  }

  @Command(
      mixinStandardHelpOptions = true,
      name = "show",
      header = "Show a job with its stages, and who ran what.")
  void show(
      @Mixin ClientOptions client,
      @Option(
              names = "--format",
              paramLabel = "FORMAT",
              defaultValue = "table",
              description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
          AdminFormat format,
      @Parameters(paramLabel = "ID", description = "The job's id, as 'jobs list' prints it.")
          String id) {
    String json = SchedulerConnection.ask(client.addresses(), AdminActions.JOBS_SHOW, id);
    print(format == AdminFormat.json ? json : AdminReports.job(json));
  }

  @Command(mixinStandardHelpOptions = true, name = "cancel", header = "Ask for the end of a job.")
  void cancel(
      @Mixin ClientOptions client,
      @Parameters(paramLabel = "ID", description = "The job's id, as 'jobs list' prints it.")
          String id) {
    String json = SchedulerConnection.ask(client.addresses(), AdminActions.JOBS_CANCEL, id);
    print(AdminReports.cancelled(id, AdminReports.read(json).path("state").asText()));
  }

  private void print(String text) {
    System.out.println(text);
  }
}

package io.mangonel.cli;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DirectoryOptions;
import io.mangonel.cli.options.EngineOptions;
import io.mangonel.cli.settings.Settings;
import io.mangonel.cli.settings.SettingsReport;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code mangonel config}: what is set, and by what. */
@Command(
    mixinStandardHelpOptions = true,
    name = "config",
    header = "Show the settings and where they come from.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ConfigCommand.Show.class)
final class ConfigCommand {
  /** Made by picocli. */
  ConfigCommand() {}

  /** {@code mangonel config show}. */
  @Command(
      mixinStandardHelpOptions = true,
      name = "show",
      header = "Print every setting with its value, default, unit and origin.",
      description = {
        "",
        "Origin is flag, the variable, the file with the line, or default; 'fixed' limits cannot be"
            + " set. A command may be followed by its options, which are then shown as they would"
            + " be:",
        "",
        "  mangonel config show",
        "  mangonel config show scheduler --state memory",
        ""
      })
  static final class Show implements Callable<Integer> {
    private CommandSpec spec = CommandSpec.create();

    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        defaultValue = "table",
        description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private AdminFormat format = AdminFormat.table;

    @Parameters(
        arity = "0..*",
        paramLabel = "COMMAND",
        description = "Only what this command uses, with the options that follow.")
    private List<String> words = List.of();

    /** Made by picocli. */
    Show() {}

    @Spec
    void spec(CommandSpec value) {
      spec = value;
      // The options of the command that is shown.
      spec.parser().unmatchedOptionsArePositionalParams(true);
    }

    @Override
    public Integer call() {
      Settings settings = Main.settings(spec.commandLine());
      CommandLine all = Main.commandLine();
      Main.use(settings, all);
      SettingsReport report = new SettingsReport(settings, Show::computedDefault);
      if (words.isEmpty()) {
        all.getSubcommands().values().forEach(command -> addAll(report, command));
        report.addLimits("", new DirectoryOptions().root());
      } else {
        addOne(report, all);
      }
      spec.commandLine()
          .getOut()
          .println(format == AdminFormat.json ? report.json() : report.table());
      return 0;
    }

    private static void addAll(SettingsReport report, CommandLine command) {
      if (!command.getCommandSpec().usageMessage().hidden()) {
        report.add(command.getCommandSpec(), null);
        command.getSubcommands().values().forEach(one -> addAll(report, one));
      }
    }

    private void addOne(SettingsReport report, CommandLine all) {
      String name = words.getFirst();
      if (!all.getSubcommands().containsKey(name)) {
        throw CommandFailure.usage(
            "no command '" + name + "'; the commands are " + Main.commandNames(all));
      }
      all.getSubcommands().values().forEach(Show::collectErrors);
      ParseResult parsed = all.parseArgs(words.toArray(String[]::new));
      while (parsed.hasSubcommand()) {
        parsed = parsed.subcommand();
      }
      for (Exception error : parsed.errors()) {
        // What a run would need need not be there to be shown.
        if (!(error instanceof MissingParameterException)) {
          String message = String.valueOf(error.getMessage());
          throw CommandFailure.usage(
              Main.settings(all)
                  .explain(message, parsed.commandSpec(), parsed.matchedOptionsSet()));
        }
      }
      report.add(parsed.commandSpec(), parsed);
      if (List.of("scheduler", "executor", "standalone").contains(name)) {
        report.addLimits(name, new DirectoryOptions().root());
      }
    }

    private static void collectErrors(CommandLine command) {
      command.getCommandSpec().parser().collectErrors(true);
      command.getSubcommands().values().forEach(Show::collectErrors);
    }

    /** Those that depend on the machine, from the code that computes them. */
    private static Optional<String> computedDefault(OptionSpec option) {
      boolean standalone = option.command().name().equals("standalone");
      int executors = standalone ? StandaloneCommand.EXECUTORS : 1;
      EngineOptions engine = new EngineOptions();
      return switch (option.longestName()) {
        case "--slots" -> Optional.of(String.valueOf(engine.slots()));
        case "--threads" -> Optional.of(String.valueOf(engine.threads(executors)));
        case "--memory" -> Optional.of(String.valueOf(engine.memoryBytes(executors)));
        case "--dir" -> Optional.of(DirectoryOptions.standard().toString());
        case "--log-dir" -> Optional.of(DirectoryOptions.standard().resolve("logs").toString());
        case "--work-dir" ->
            Optional.of(DirectoryOptions.standard().resolve("work/executor").toString());
        case "--state" ->
            standalone
                ? Optional.of("rocksdb:" + DirectoryOptions.standard().resolve("state"))
                : Optional.empty();
        case String other -> Optional.empty();
      };
    }
  }
}

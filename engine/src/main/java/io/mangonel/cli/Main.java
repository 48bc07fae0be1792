package io.mangonel.cli;

import io.mangonel.cli.options.CommandFailure;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry point of every command. */
@Command(
    mixinStandardHelpOptions = true,
    name = "mangonel",
    header = "A distributed SQL engine in which every executor is a DuckDB.",
    description = {
      "",
      "Run a query right here:     mangonel sql -c \"SELECT 42\"",
      "See it work on this machine: mangonel demo",
      ""
    },
    footer = {
      "",
      "Each option can be given as MANGONEL_<OPTION> in the environment: --http-port is"
          + " MANGONEL_HTTP_PORT.",
      "Exit codes: 0 done, 1 the query or the run failed, 2 wrong use."
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  private static final int WIDTH_COLUMNS = 100;

  /** In the order of the help. */
  private static final List<Subcommand> SUBCOMMANDS =
      List.of(
          new Subcommand("demo", DemoCommand::new),
          new Subcommand("sql", SqlCommand::new),
          new Subcommand("standalone", StandaloneCommand::new),
          new Subcommand("scheduler", SchedulerCommand::new),
          new Subcommand("executor", ExecutorCommand::new),
          new Subcommand("jobs", JobsCommand::new),
          new Subcommand("executors", ExecutorsCommand::new),
          new Subcommand("tpch", TpchCommand::new),
          new Subcommand("rehearse", RehearseCommand::new));

  /**
   * A command of this program.
   *
   * @param name as its annotation says, too
   */
  private record Subcommand(String name, Supplier<Object> command) {}

  /** Made by picocli. */
  Main() {}

  public static void main(String[] args) {
    ServerLogging.silence();
    System.exit(commandLine(args).execute(args));
  }

  /**
   * Runs a command of those that {@code root} names, with the conventions of all our commands.
   *
   * @return the exit code
   */
  public static int run(Object root, String... args) {
    ServerLogging.silence();
    return withConventions(new CommandLine(root)).execute(args);
  }

  /**
   * The command that the first of {@code args} names; all commands when it names none. To read the
   * options of all of them takes longer than the rest of the start.
   */
  static CommandLine commandLine(String... args) {
    CommandLine commandLine = new CommandLine(new Main());
    List<Subcommand> asked =
        SUBCOMMANDS.stream()
            .filter(subcommand -> args.length > 0 && subcommand.name().equals(args[0]))
            .toList();
    for (Subcommand subcommand : asked.isEmpty() ? SUBCOMMANDS : asked) {
      commandLine.addSubcommand(subcommand.command().get());
    }
    return withConventions(commandLine);
  }

  /** Errors are one line, never a stack trace. */
  private static CommandLine withConventions(CommandLine commandLine) {
    addVersion(commandLine);
    return commandLine
        .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
        .setUsageHelpWidth(WIDTH_COLUMNS)
        .setDefaultValueProvider(new EnvironmentDefaults(System.getenv()))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, arguments) -> wrongUse(e))
        .setExecutionExceptionHandler((e, command, result) -> failed(e, command));
  }

  private static void addVersion(CommandLine commandLine) {
    commandLine.getCommandSpec().versionProvider(new Version());
    commandLine.getSubcommands().values().forEach(Main::addVersion);
  }

  private static int wrongUse(ParameterException e) {
    CommandLine command = e.getCommandLine();
    String message = Optional.ofNullable(e.getMessage()).orElse("wrong use").strip();
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      message = unknownCommand(unmatched, command).orElse(message);
    }
    command.getErr().println("error: " + oneLine(message));
    command.getErr().println("see: " + command.getCommandSpec().qualifiedName() + " --help");
    return CommandFailure.USAGE;
  }

  private static Optional<String> unknownCommand(
      UnmatchedArgumentException e, CommandLine command) {
    if (command.getSubcommands().isEmpty()) {
      return Optional.empty();
    }
    String wanted = e.getUnmatched().getFirst();
    String known = String.join(", ", command.getSubcommands().keySet());
    return Optional.of("no command '" + wanted + "'; the commands are " + known);
  }

  private static int failed(Exception e, CommandLine command) {
    if (e instanceof CommandFailure failure) {
      command.getErr().println("error: " + failure.getMessage());
      return failure.exitCode();
    }
    // A bug of ours. Whoever wants the stack trace asks for it.
    command.getErr().println("error: internal error: " + oneLine(String.valueOf(e)));
    if (System.getenv("MANGONEL_DEBUG") == null) {
      command.getErr().println("see: the same command with MANGONEL_DEBUG=1 prints where");
    } else {
      e.printStackTrace(command.getErr());
    }
    return CommandFailure.FAILED;
  }

  private static String oneLine(String message) {
    return message.replaceAll("\\s*\\R\\s*", " ");
  }

  /** From the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"mangonel " + (version == null ? "development" : version)};
    }
  }
}

package io.mangonel.cli;

import io.mangonel.cli.doctor.Platform;
import io.mangonel.cli.logs.ServerLogging;
import io.mangonel.cli.options.BuildVersion;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.settings.ConfigFile;
import io.mangonel.cli.settings.Settings;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry point of every command. */
@Command(
    addMethodSubcommands = false,
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
          + " MANGONEL_HTTP_PORT, and as http-port in a configuration file.",
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
          new Subcommand("schedulers", SchedulersCommand::new),
          new Subcommand("config", ConfigCommand::new),
          new Subcommand("doctor", DoctorCommand::new),
          new Subcommand("tpch", TpchCommand::new),
          new Subcommand("rehearse", RehearseCommand::new));

  /** Those that load native libraries. */
  private static final Set<String> ENGINE_COMMANDS =
      Set.of("demo", "sql", "standalone", "scheduler", "executor", "rehearse");

  /**
   * A command of this program.
   *
   * @param name as its annotation says, too
   */
  private record Subcommand(String name, Supplier<Object> command) {}

  @Option(
      names = ConfigFile.OPTION,
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "File with settings, or none. Default: mangonel/mangonel.properties in the user's"
              + " configuration directory, else in /etc.")
  void configFile(String file) {
    // Read before all options, because it gives their defaults: see ConfigFile.
  }

  /** Made by picocli. */
  Main() {}

  /** {@code EX_SOFTWARE} of sysexits, as after a scheduler's fatal error. */
  private static final int UNCAUGHT_EXIT_CODE = 70;

  public static void main(String[] args) {
    ServerLogging.silence();
    Thread.setDefaultUncaughtExceptionHandler(Main::uncaught);
    if (args.length > 0 && ENGINE_COMMANDS.contains(args[0])) {
      Optional<String> unsupported = Platform.unsupportedHere();
      if (unsupported.isPresent()) {
        System.err.println("error: " + unsupported.get());
        System.exit(CommandFailure.FAILED);
      }
    }
    System.exit(execute(commandLine(args), System.getenv(), args));
  }

  /**
   * What no code of ours expected, on a thread that nobody watches. An error of the virtual machine
   * ends the process: half a server must not look alive (rule T3). Of memory that runs out the
   * launcher's options take care.
   */
  private static void uncaught(Thread thread, Throwable thrown) {
    try {
      LoggerFactory.getLogger(Main.class).error("uncaught in {}", thread.getName(), thrown);
      if (thrown instanceof Error) {
        System.err.println("error: " + thrown + " in " + thread.getName());
      }
    } finally {
      if (thrown instanceof Error) {
        Runtime.getRuntime().halt(UNCAUGHT_EXIT_CODE);
      }
    }
  }

  /** Runs the command with the settings that its arguments and {@code environment} lead to. */
  static int execute(CommandLine line, Map<String, String> environment, String... args) {
    try {
      Settings settings = new Settings(environment, ConfigFile.find(List.of(args), environment));
      settings.check(line.getCommandSpec(), () -> commandLine().getCommandSpec());
      use(settings, line);
    } catch (CommandFailure failure) {
      line.getErr().println("error: " + failure.getMessage());
      return failure.exitCode();
    }
    return line.execute(args);
  }

  /** Makes {@code settings} the defaults of all its options. */
  static void use(Settings settings, CommandLine line) {
    line.setDefaultValueProvider(settings);
  }

  /** Those that {@link #use} gave it. */
  static Settings settings(CommandLine line) {
    return line.getDefaultValueProvider() instanceof Settings settings
        ? settings
        : new Settings(Map.of(), Optional.empty());
  }

  static String commandNames(CommandLine line) {
    return line.getSubcommands().entrySet().stream()
        .filter(one -> !one.getValue().getCommandSpec().usageMessage().hidden())
        .map(Map.Entry::getKey)
        .collect(Collectors.joining(", "));
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
        .setDefaultValueProvider(new Settings(System.getenv(), Optional.empty()))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, arguments) -> wrongUse(e))
        .setExecutionExceptionHandler((e, command, result) -> failed(e, command));
  }

  private static void addVersion(CommandLine commandLine) {
    commandLine.getCommandSpec().versionProvider(() -> BuildVersion.read().lines());
    commandLine.getSubcommands().values().forEach(Main::addVersion);
  }

  private static int wrongUse(ParameterException e) {
    CommandLine command = e.getCommandLine();
    String message = Optional.ofNullable(e.getMessage()).orElse("wrong use").strip();
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      message = unknownCommand(unmatched, command).orElse(message);
    }
    command.getErr().println("error: " + explained(oneLine(message), command));
    command.getErr().println("see: " + command.getCommandSpec().qualifiedName() + " --help");
    return CommandFailure.USAGE;
  }

  private static Optional<String> unknownCommand(
      UnmatchedArgumentException e, CommandLine command) {
    if (command.getSubcommands().isEmpty()) {
      return Optional.empty();
    }
    String wanted = e.getUnmatched().getFirst();
    return Optional.of("no command '" + wanted + "'; the commands are " + commandNames(command));
  }

  private static int failed(Exception e, CommandLine command) {
    if (e instanceof CommandFailure failure) {
      if (!failure.isOutputClosed()) {
        String message = String.valueOf(failure.getMessage());
        command.getErr().println("error: " + explained(message, command));
      }
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

  /** A value that is wrong may come from where nobody looks. */
  private static String explained(String message, CommandLine command) {
    ParseResult parsed = command.getParseResult();
    return settings(command)
        .explain(
            message,
            command.getCommandSpec(),
            parsed == null ? List.of() : parsed.matchedOptionsSet());
  }

  private static String oneLine(String message) {
    return message.replaceAll("\\s*\\R\\s*", " ");
  }
}

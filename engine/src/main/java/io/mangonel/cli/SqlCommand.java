package io.mangonel.cli;

import io.mangonel.cli.format.Format;
import io.mangonel.cli.logs.ServerLogging;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DataOptions;
import io.mangonel.cli.options.Duration;
import io.mangonel.cli.script.Fragments;
import io.mangonel.cli.shell.Shell;
import io.mangonel.cli.sql.Interpreter;
import io.mangonel.cli.sql.Output;
import io.mangonel.cli.sql.Output.Timing;
import io.mangonel.cli.sql.StatementRunner;
import io.mangonel.cli.terminal.Screen;
import io.mangonel.planner.database.SessionSettings;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mangonel sql}: statements in, the last one's answer out. */
@Command(
    addMethodSubcommands = false,
    mixinStandardHelpOptions = true,
    name = "sql",
    header = "Run SQL and print the answer.",
    description = {
      "",
      "On a terminal this is a shell; \\? in it lists its commands. Else statements come from -c,"
          + " of which the answer of the last one is printed, or from a file or standard input, of"
          + " which all answers are. Without --url they run right here, on the files of the current"
          + " directory.",
      "",
      "  mangonel sql -c \"SELECT count(*) FROM 'trips/*.parquet'\"",
      "  mangonel sql --url 127.0.0.1:32010 -f report.sql --format csv > report.csv",
      ""
    })
final class SqlCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";

  @Option(
      names = "--url",
      split = ",",
      paramLabel = "H:P",
      description =
          "Scheduler to ask; of several, the first that answers. Default: none, run here.")
  private List<String> urls = List.of();

  @Option(
      names = {"-c", "--command"},
      paramLabel = "SQL",
      description = "The statements.")
  private @Nullable String command;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "A file with the statements; - is standard input.")
  private @Nullable Path file;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "A setting for all statements, as with SET; can be repeated.")
  private Map<String, String> settings = Map.of();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description =
          "Each statement fails after this time, like 500ms, 30s or 10m. Default: none, or what"
              + " --set mangonel_statement_timeout_ms says.")
  private @Nullable String timeout;

  @Option(
      names = "--retry-ms",
      paramLabel = "N",
      defaultValue = "60000",
      description =
          "How long to wait for a scheduler that goes away meanwhile; the statements are not run"
              + " twice. Default: ${DEFAULT-VALUE}.")
  private long retryMs = 60_000;

  @Option(
      names = "--keep-going",
      description = "With a file or standard input: go on after a statement that fails.")
  private boolean keepGoing;

  @Option(
      names = "--timing",
      description =
          "Say how each statement was run, on standard error. Default: only on a terminal.")
  private boolean timing;

  @Mixin private DataOptions data = new DataOptions();

  /** Made by picocli. */
  SqlCommand() {}

  @Override
  public Integer call() throws IOException {
    check();
    ServerLogging.silenceLibraries();
    Screen screen = new Screen(System.getenv());
    boolean shell = command == null && file == null && screen.isInputTerminal();
    if (urls.isEmpty()) {
      try (EmbeddedCluster cluster = EmbeddedCluster.forStatements(data.checkedOrCurrent())) {
        return run(screen, shell, List.of(cluster.address()));
      }
    }
    return run(screen, shell, addresses());
  }

  private List<HostAndPort> addresses() {
    return urls.stream().map(HostAndPort::parse).toList();
  }

  /** What can be known to be wrong before an engine is started. */
  private void check() {
    if (command != null && file != null) {
      throw CommandFailure.usage("give the statements with -c or with -f, not both");
    }
    if (command != null
        && Fragments.statements(command).isEmpty()
        && !Fragments.isCommand(command)) {
      throw CommandFailure.usage("there is no statement to run");
    }
    if (isFile() && file != null && !Files.isReadable(file)) {
      throw CommandFailure.usage(
          Files.exists(file) ? "cannot read " + file : "there is no file " + file);
    }
    if (retryMs < 0) {
      throw CommandFailure.usage("--retry-ms must not be negative, it is " + retryMs);
    }
    var _ = addresses();
    var _ = allSettings();
  }

  private boolean isFile() {
    return file != null && !file.toString().equals(STANDARD_INPUT);
  }

  private SortedMap<String, String> allSettings() {
    SortedMap<String, String> sorted = new TreeMap<>(settings);
    if (timeout != null) {
      sorted.put(
          SessionSettings.STATEMENT_TIMEOUT,
          String.valueOf(Duration.parseMs("--timeout", timeout)));
    }
    return sorted;
  }

  private int run(Screen screen, boolean shell, List<HostAndPort> addresses) throws IOException {
    PrintStream err = System.err;
    try (Output output = new Output(screen, format, timing ? Timing.ON : Timing.AUTO);
        StatementRunner runner =
            new StatementRunner(addresses, allSettings(), retryMs, output, screen, err);
        Interruption _ = new Interruption(runner)) {
      Interpreter interpreter = new Interpreter(runner, output, err, shell);
      if (shell) {
        new Shell(runner, interpreter, screen, System.getenv()).run(greeting(addresses));
        return 0;
      }
      if (command != null && Fragments.isCommand(command)) {
        return interpreter.run(new StringReader(command), "", false);
      }
      if (command != null) {
        interpreter.runForLast(Fragments.statements(command));
        return 0;
      }
      if (isFile() && file != null) {
        return interpreter.runFile(file, keepGoing);
      }
      // A decoder of its own refuses what is not UTF-8; the stream's would replace it.
      Reader input = new InputStreamReader(System.in, StandardCharsets.UTF_8.newDecoder());
      return interpreter.run(input, "standard input", keepGoing);
    }
  }

  private String greeting(List<HostAndPort> addresses) {
    String where =
        urls.isEmpty()
            ? "engine in this process, files of " + Path.of("").toAbsolutePath()
            : "scheduler at "
                + addresses.stream().map(HostAndPort::toString).collect(Collectors.joining(", "));
    return "Mangonel: "
        + where
        + "\nStatements end with a semicolon; \\? lists the commands, \\q or Ctrl-D leaves.";
  }

  /** A signal ends the running statement, too. */
  private static final class Interruption implements AutoCloseable {
    private final Thread hook;

    Interruption(StatementRunner runner) {
      hook = new Thread(runner::endAtExit, "cancel");
      Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending: the hook runs.
        return;
      }
    }
  }
}

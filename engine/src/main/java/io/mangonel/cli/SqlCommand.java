package io.mangonel.cli;

import io.mangonel.cli.client.StatementSession;
import io.mangonel.cli.format.Format;
import io.mangonel.cli.format.RowWriter;
import io.mangonel.cli.options.ClientOptions.HostAndPort;
import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DataOptions;
import io.mangonel.cli.options.Duration;
import io.mangonel.planner.database.SessionSettings;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mangonel sql}: statements in, the last one's answer out. */
@Command(
    mixinStandardHelpOptions = true,
    name = "sql",
    header = "Run SQL and print the answer.",
    description = {
      "",
      "Statements come from -c, from a file, or from standard input, separated by semicolons;"
          + " the answer of the last one is printed. Without --url the statements run right here,"
          + " on the files of the current directory.",
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

  @Mixin private DataOptions data = new DataOptions();

  /** Made by picocli. */
  SqlCommand() {}

  @Override
  public Integer call() throws IOException {
    List<String> statements = StatementSplitter.split(script());
    if (statements.isEmpty()) {
      throw CommandFailure.usage("there is no statement to run");
    }
    if (urls.isEmpty()) {
      try (EmbeddedCluster cluster = EmbeddedCluster.forStatements(data.checkedOrCurrent())) {
        run(statements, List.of(cluster.address()));
      }
    } else {
      run(statements, urls.stream().map(HostAndPort::parse).toList());
    }
    return 0;
  }

  private String script() throws IOException {
    if (command != null && file != null) {
      throw CommandFailure.usage("give the statements with -c or with -f, not both");
    }
    if (command != null) {
      return command;
    }
    if (file == null || file.toString().equals(STANDARD_INPUT)) {
      return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    }
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw CommandFailure.usage("there is no file " + file);
    } catch (MalformedInputException e) {
      throw CommandFailure.usage(file + " is not UTF-8 text");
    } catch (IOException e) {
      throw CommandFailure.usage("cannot read " + file + ": " + e.getMessage());
    }
  }

  private void run(List<String> statements, List<HostAndPort> addresses) throws IOException {
    SortedMap<String, String> sorted = new TreeMap<>(settings);
    if (timeout != null) {
      sorted.put(
          SessionSettings.STATEMENT_TIMEOUT,
          String.valueOf(Duration.parseMs("--timeout", timeout)));
    }
    if (retryMs < 0) {
      throw CommandFailure.usage("--retry-ms must not be negative, it is " + retryMs);
    }
    try (StatementSession session =
            new StatementSession(
                addresses, sorted, retryMs, line -> System.err.println("mangonel: " + line));
        Interruption _ = new Interruption(session)) {
      for (String statement : statements.subList(0, statements.size() - 1)) {
        FlightInfo info = session.execute(statement);
        session.read(info, batch -> {});
      }
      FlightInfo info = session.execute(statements.getLast());
      RowWriter writer =
          format.writer(
              info.getSchemaOptional().orElse(new Schema(List.of())), Format.buffered(System.out));
      session.read(info, writer::write);
      writer.end();
    }
    if (System.out.checkError()) {
      throw CommandFailure.failed("cannot write the answer: standard output is closed");
    }
  }

  /** Ctrl-C ends the running statement, too. */
  private static final class Interruption implements AutoCloseable {
    private final Thread hook;

    Interruption(StatementSession session) {
      hook = new Thread(session::cancel, "cancel");
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

package io.mangonel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.cli.settings.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class CommandLineTest {
  @TempDir Path directory;

  private record Outcome(int exitCode, String out, String err) {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          frobnicate                   | no command 'frobnicate'; the commands are demo, sql
          sql --frobnicate             | Unknown option: '--frobnicate'
          sql -c 1 --format xml        | Invalid value for option '--format'
          sql -c 1 -f x.sql            | give the statements with -c or with -f, not both
          sql -c ;                     | there is no statement to run
          sql -f /no/such/file.sql     | there is no file /no/such/file.sql
          sql --url host:port -c 1     | 'host:port' is not an address: write host:port
          sql --url foo:bar:1 -c 1     | 'foo:bar:1' is not an address: write host:port
          sql --data-dirs /no/such -c 1 | --data-dirs: there is no directory /no/such
          jobs                         | Missing required subcommand
          jobs show                    | Missing required parameter: 'ID'
          tpch generate --sf 1         | Missing required option: '--out=DIR'
          tpch generate --sf one --out x | Invalid value for option '--sf'
          scheduler                    | Missing required option: '--state=S'
          scheduler --state mysql      | --state must be memory, rocksdb:DIR or etcd:http://HOST:2379
          scheduler --state etcd:h:2379 | --state: an endpoint of etcd is http://host:port
          scheduler --state memory --port 70000 | --port must be from 0 to 65535, it is 70000
          scheduler --state memory --bind 0.0.0.0 | --bind 0.0.0.0 lets anybody on the network
          executor --schedulers x:1 --slots 0 | --slots must be at least 1, it is 0
          executor --schedulers x:1 --memory lots | --memory must be a size like 512MB or 2GB
          standalone --executors 0     | --executors must be from 1 to 64
          """)
  void wrongUseIsOneLineAndExitCode2(String line, String message) {
    Outcome outcome = run(line.strip().split(" "));
    assertThat(outcome.err()).startsWith("error: " + message.strip());
    assertThat(outcome.err().lines().filter(text -> !text.startsWith("see: "))).hasSize(1);
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void aSchedulerOutOfReachIsAFailureThatSaysWhatToDo() {
    Outcome outcome = run("sql", "--url", "127.0.0.1:1", "-c", "SELECT 1");
    assertThat(outcome.err())
        .isEqualTo(
            "error: no scheduler answers at 127.0.0.1:1: start one with 'mangonel standalone', or"
                + " name another with --url\n");
    assertThat(outcome.exitCode()).isEqualTo(1);
  }

  @Test
  void anUnwritableDirectoryIsNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    Outcome outcome =
        run("scheduler", "--state", "memory", "--dir", file.resolve("below").toString());
    assertThat(outcome.err())
        .startsWith("error: cannot write the log file " + file.resolve("below"))
        .hasLineCount(1);
    assertThat(outcome.exitCode()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandExplainsItself(List<String> command) {
    List<String> arguments = new ArrayList<>(command);
    arguments.add("--help");
    Outcome outcome = run(arguments.toArray(String[]::new));
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .contains("Usage: " + String.join(" ", prepend("mangonel", command)))
        .doesNotContain("null");
    assertThat(outcome.out().lines().findFirst().orElse("")).endsWith(".");
  }

  static Stream<List<String>> commands() {
    return commands(List.of(), Main.commandLine());
  }

  private static Stream<List<String>> commands(List<String> path, CommandLine command) {
    return Stream.concat(
        Stream.of(path),
        command.getSubcommands().entrySet().stream()
            .flatMap(one -> commands(append(path, one.getKey()), one.getValue())));
  }

  @Test
  void theEnvironmentGivesDefaultsAndTheCommandLineWins() {
    CommandLine line =
        Main.commandLine()
            .setDefaultValueProvider(
                new Settings(
                    Map.of("MANGONEL_STATE", "memory", "MANGONEL_HTTP_PORT", "9"),
                    Optional.empty()));
    CommandLine.ParseResult parsed =
        line.parseArgs("scheduler", "--http-port", "10", "--port", "0").subcommand();
    Integer httpPort = parsed.matchedOptionValue("--http-port", 0);
    assertThat(httpPort).isEqualTo(10);
    assertThat(parsed.commandSpec().findOption("--state").<String>getValue()).isEqualTo("memory");
    assertThat(Settings.variable("--data-dirs")).isEqualTo("MANGONEL_DATA_DIRS");
  }

  @Test
  void aCommandThatIsNamedIsReadAlone() {
    for (String name : Main.commandLine().getSubcommands().keySet()) {
      assertThat(Main.commandLine(name).getSubcommands()).containsOnlyKeys(name);
    }
    assertThat(Main.commandLine("--help").getSubcommands()).hasSizeGreaterThan(1);
    assertThat(Main.commandLine("sqll").getSubcommands()).hasSizeGreaterThan(1);
  }

  private static Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.commandLine(arguments)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  private static List<String> append(List<String> path, String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return longer;
  }

  private static List<String> prepend(String name, List<String> path) {
    List<String> longer = new ArrayList<>(List.of(name));
    longer.addAll(path);
    return longer;
  }
}

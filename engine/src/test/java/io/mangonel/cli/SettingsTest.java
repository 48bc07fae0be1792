package io.mangonel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Flags, environment and configuration file, and {@code config show}. */
class SettingsTest {
  private static final Set<String> WITHOUT_DEFAULT =
      Set.of(
          "state",
          "schedulers",
          "data-dirs",
          "http-port",
          "etcd-user",
          "etcd-password-file",
          "etcd-ca",
          "etcd-cert",
          "etcd-key");

  @TempDir Path directory;
  private final Map<String, String> environment = new TreeMap<>();
  private Path file = Path.of("");

  private record Outcome(int exitCode, String out, String err) {}

  @BeforeEach
  void lookHereOnly() throws IOException {
    environment.put("XDG_CONFIG_HOME", directory.toString());
    file = Files.createDirectory(directory.resolve("mangonel")).resolve("mangonel.properties");
    Files.writeString(file, "");
  }

  private Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.execute(
            Main.commandLine(arguments).setOut(new PrintWriter(out)).setErr(new PrintWriter(err)),
            environment,
            arguments);
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  private Map<String, JsonNode> shown(String... command) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("config", "show", "--format", "json"));
    arguments.addAll(List.of(command));
    Outcome outcome = run(arguments.toArray(String[]::new));
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exitCode()).isZero();
    Map<String, JsonNode> rows = new TreeMap<>();
    for (JsonNode row : new JsonMapper().readTree(outcome.out())) {
      rows.put(row.path("setting").asText(), row);
    }
    return rows;
  }

  private static String value(JsonNode row) {
    return row.path("value").asText() + " by " + row.path("origin").asText();
  }

  private static JsonNode one(Map<String, JsonNode> all, String name) {
    assertThat(all).containsKey(name);
    return all.getOrDefault(name, MissingNode.getInstance());
  }

  @Test
  void theFlagWinsThenTheEnvironmentThenTheCommandsKeyThenTheGeneralOne() throws IOException {
    Files.writeString(
        file,
        """
        # a comment that ends like a line that goes on \\
        port = 1
        http-port: 2
        scheduler.http-port=3

        bind = \\
          127.0.0.2
        retention = 1h
        """);
    environment.put("MANGONEL_RETENTION", "2h");
    environment.put("MANGONEL_PORT", "4");
    Map<String, JsonNode> rows = shown("scheduler", "--port", "5");
    assertThat(value(one(rows, "port"))).isEqualTo("5 by flag");
    assertThat(value(one(rows, "http-port"))).isEqualTo("3 by " + file + ":4");
    assertThat(value(one(rows, "bind"))).isEqualTo("127.0.0.2 by " + file + ":6");
    assertThat(value(one(rows, "retention"))).isEqualTo("2h by MANGONEL_RETENTION");
    assertThat(value(one(rows, "log-format"))).isEqualTo("text by default");
    assertThat(one(rows, "port").path("default").asText()).isEqualTo("32010");
    assertThat(value(one(shown("standalone"), "http-port"))).isEqualTo("2 by " + file + ":3");
  }

  @Test
  void everySettingOfTheServersHasAValueOrIsOneThatMustBeGiven() throws IOException {
    for (String server : List.of("scheduler", "executor", "standalone")) {
      shown(server)
          .forEach(
              (name, row) -> {
                if (!WITHOUT_DEFAULT.contains(name)) {
                  assertThat(row.path("default").asText()).as(server + " " + name).isNotEmpty();
                }
              });
    }
    Map<String, JsonNode> all = shown();
    assertThat(one(all, "executor.agent.outbox-max").path("origin").asText()).isEqualTo("fixed");
    assertThat(one(all, "executor.spill-bytes-max").path("unit").asText()).isEqualTo("bytes");
    assertThat(one(all, "scheduler.core.jobs-max").path("value").asInt()).isPositive();
    assertThat(one(all, "retention").path("commands").toString()).contains("scheduler");
    assertThat(all).doesNotContainKeys("help", "version", "config");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          prot = 1            | there is no setting 'prot', did you mean 'port'?
          scheduler.prot = 1  | there is no setting 'scheduler.prot', did you mean 'scheduler.port'?
          zzzzzzzz = 1        | there is no setting 'zzzzzzzz'; 'mangonel config show' lists them
          port =              | 'port' has no value
          port = \\u12        | Malformed \\uxxxx encoding.
          """)
  void aLineThatSaysNothingIsNamed(String line, String message) throws IOException {
    Files.writeString(file, "bind = 127.0.0.1\n" + line.strip() + "\n");
    Outcome outcome = run("jobs", "list");
    assertThat(outcome.err()).startsWith("error: " + file + ":2: " + message.strip());
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          port = many         | --port
          port = 70000        | --port must be from 0 to 65535, it is 70000
          retention = soon    | --retention must be a time
          log-format = xml    | --log-format
          insecure = perhaps  | --insecure
          """)
  void aWrongValueIsNamedWithItsPlace(String line, String message) throws IOException {
    Files.writeString(file, "\n" + line.strip() + "\n");
    isRefused(run("scheduler", "--state", "memory"), message);
    isRefused(run("config", "show", "scheduler"), message);
    Outcome all = run("config", "show");
    isRefused(all, message);
    assertThat(all.err().lines()).hasSize(1);
    assertThat(all.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          slots = 0           | --slots must be at least 1, it is 0
          threads = -1        | --threads must be at least 1, it is -1
          executors = 65      | --executors must be from 1 to 64, it is 65
          memory = 1KB        | --memory must be at least 64MB
          memory = much       | --memory must be a size like
          retry-ms = -1       | --retry-ms must be at least 0, it is -1
          timeout = 0s        | --timeout must be a time
          sql.format = xml    | --format must be one of
          mode = shove        | --mode must be one of push, pull, it is 'shove'
          parts = few         | --parts must be a whole number, it is 'few'
          """)
  void configShowNamesAValueThatNoCommandWouldTake(String line, String message) throws IOException {
    Files.writeString(file, "\n" + line.strip() + "\n");
    isRefused(run("config", "show"), message);
  }

  private void isRefused(Outcome outcome, String message) {
    String option = message.split(" ", 2)[0].strip();
    assertThat(outcome.err())
        .contains(message.strip())
        .contains("(" + option + " is set by " + file + ":2)");
    assertThat(outcome.exitCode()).isEqualTo(2);
  }

  @Test
  void aWrongVariableIsNamedAndAWrongFlagIsNotBlamedOnOthers() throws IOException {
    environment.put("MANGONEL_PORT", "70000");
    assertThat(run("scheduler", "--state", "memory").err()).contains("set by MANGONEL_PORT)");
    assertThat(run("scheduler", "--state", "memory", "--port", "-1").err())
        .startsWith("error: --port must be from 0 to 65535, it is -1\n");
    assertThat(run("config", "show", "scheduler", "--port", "x").err()).contains("--port");
  }

  @Test
  void aKeyTwiceAndAFileThatIsNotThereAreRefused() throws IOException {
    Files.writeString(file, "port = 1\nport = 2\n");
    assertThat(run("jobs", "list").err())
        .isEqualTo("error: " + file + ":2: 'port' is already set in line 1\n");
    String missing = directory.resolve("missing").toString();
    assertThat(run("jobs", "list", "--config", missing).err())
        .isEqualTo("error: there is no configuration file " + missing + "\n");
    // The broken one does not count when another is named, or none.
    Path other = Files.writeString(directory.resolve("other"), "port = 7\n");
    assertThat(value(one(shown("scheduler", "--config=" + other), "port")))
        .isEqualTo("7 by " + other + ":1");
    assertThat(value(one(shown("scheduler", "--config", "none"), "port")))
        .isEqualTo("32010 by default");
    environment.put("MANGONEL_CONFIG", other.toString());
    assertThat(value(one(shown("scheduler"), "port"))).isEqualTo("7 by " + other + ":1");
  }

  @Test
  void theFileGivesWhatIsRequiredAndPasswordsAreHidden() throws IOException {
    Files.writeString(file, "state = etcd:http://user:s3cret@host:2379\n");
    Outcome outcome = run("config", "show", "scheduler");
    assertThat(outcome.out())
        .contains("etcd:http://(hidden)@host:2379")
        .doesNotContain("s3cret")
        .contains("ORIGIN");
    assertThat(run("scheduler").err())
        .startsWith("error: --state: an endpoint of etcd names no user")
        .doesNotContain("s3cret")
        .contains(file + ":1");
  }
}

package io.mangonel.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * What a server writes down, and what it leaves in the temporary directory when it is killed. It
 * moves the temporary directory of this JVM, so it runs alone.
 */
@Isolated
class LogFilesTest {
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final String SECRET = "my-secret-value";

  @TempDir Path directory;

  @Test
  void jsonLinesNameJobAttemptAndIncarnationAndNoValues() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Path logs = directory.resolve("logs");
    List<String> arguments =
        List.of(
            "standalone",
            "--port",
            "0",
            "--http-port",
            "0",
            "--executors",
            "1",
            "--state",
            "memory",
            "--dir",
            directory.resolve("d").toString(),
            "--log-dir",
            logs.toString(),
            "--log-format",
            "json",
            "--config",
            "none");
    String before = System.setProperty("java.io.tmpdir", temporary.toString());
    MangonelProcess started;
    try {
      started = MangonelProcess.start(directory, directory, arguments);
    } finally {
      System.setProperty("java.io.tmpdir", String.valueOf(before));
    }
    try (MangonelProcess server = started) {
      await().atMost(START_MAX).until(() -> server.output().contains("ready"));
      Matcher ready = Pattern.compile("grpc://(\\S+)").matcher(server.output());
      assertThat(ready.find()).isTrue();
      for (String sql : List.of("SELECT '" + SECRET + "'", "SELECT '" + SECRET + "'::INTEGER")) {
        Path files = Files.createTempDirectory(directory, "client");
        try (MangonelProcess client =
            MangonelProcess.start(
                directory, files, List.of("sql", "--url", ready.group(1), "-c", sql))) {
          assertThat(client.process().waitFor(START_MAX)).isTrue();
        }
      }
      server.process().destroyForcibly().waitFor();
      assertThat(server.errors().lines().findFirst().orElse("").replace("\\/", "/"))
          .contains(logs.toString());
    }
    List<JsonNode> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(logs)) {
      for (String line : Files.readAllLines(files.toList().getFirst())) {
        assertThat(line).doesNotContain(SECRET);
        lines.add(new JsonMapper().readTree(line));
      }
    }
    assertThat(fields(lines, "task .* starts")).contains("job", "attempt", "incarnation");
    assertThat(fields(lines, "task .* failed: UserError")).contains("job", "attempt");
    assertThat(fields(lines, "job .* accepted.*")).contains("job", "incarnation");
    assertThat(fields(lines, "job .* failed")).contains("job", "incarnation");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.filter(file -> file.toString().matches(".*\\.(so|tmp)"))).isEmpty();
    }
  }

  private static List<String> fields(List<JsonNode> lines, String message) {
    JsonNode found =
        lines.stream()
            .filter(line -> line.path("formattedMessage").asText().matches(message))
            .findFirst()
            .orElseThrow();
    List<String> names = new ArrayList<>();
    found.path("mdc").fieldNames().forEachRemaining(names::add);
    return names;
  }
}

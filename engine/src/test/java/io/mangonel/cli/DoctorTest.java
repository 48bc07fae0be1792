package io.mangonel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mangonel doctor} on this machine. */
class DoctorTest {
  @TempDir Path directory;

  private int exitCode;

  private Map<String, JsonNode> findings(String... more) throws Exception {
    List<String> arguments =
        new java.util.ArrayList<>(
            List.of(
                "doctor", "--format", "json", "--dir", directory.toString(), "--memory", "128MB"));
    arguments.addAll(List.of(more));
    StringWriter out = new StringWriter();
    String[] words = arguments.toArray(String[]::new);
    exitCode =
        Main.execute(
            Main.commandLine(words).setOut(new PrintWriter(out)),
            Map.of("MANGONEL_CONFIG", "none"),
            words);
    Map<String, JsonNode> findings = new TreeMap<>();
    for (JsonNode finding : new JsonMapper().readTree(out.toString())) {
      findings.put(finding.path("subject").asText(), finding);
    }
    return findings;
  }

  private static String grade(JsonNode finding) {
    return finding.path("grade").asText();
  }

  private static JsonNode one(Map<String, JsonNode> all, String name) {
    assertThat(all).containsKey(name);
    return all.getOrDefault(name, MissingNode.getInstance());
  }

  @Test
  void aMachineThatIsAllRightHasNoFailure() throws Exception {
    Map<String, JsonNode> findings =
        findings("--port", "0", "--http-port", "0", "--data-dirs", directory.toString());
    assertThat(findings)
        .containsKeys(
            "java", "platform", "memory", "open files", "directory", "temporary", "state");
    for (String library : List.of("DuckDB", "RocksDB", "Arrow")) {
      assertThat(grade(one(findings, "library " + library))).isEqualTo("ok");
    }
    assertThat(findings.values()).noneMatch(finding -> grade(finding).equals("fail"));
    assertThat(exitCode).isZero();
  }

  @Test
  void whatIsWrongIsNamedWithWhatToDo() throws Exception {
    Path work = Files.createDirectories(directory.resolve("work/executor-1"));
    Files.writeString(work.resolve("node-id"), "executor-1");
    Files.writeString(work.resolve("lock"), "");
    Files.writeString(work.resolve("left.parquet"), "rows");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Map<String, JsonNode> findings =
          findings(
              "--port", "0",
              "--http-port", String.valueOf(taken.getLocalPort()),
              "--executors", "1000000",
              "--data-dirs", directory.resolve("no").toString(),
              "--url", "127.0.0.1:1");
      assertThat(grade(one(findings, "port " + taken.getLocalPort()))).isEqualTo("fail");
      assertThat(grade(one(findings, "memory"))).isEqualTo("warn");
      assertThat(grade(one(findings, "data"))).isEqualTo("fail");
      assertThat(grade(one(findings, "work executor-1"))).isEqualTo("warn");
      assertThat(grade(one(findings, "scheduler 127.0.0.1:1"))).isEqualTo("fail");
      assertThat(findings.values())
          .allMatch(
              finding -> grade(finding).equals("ok") == finding.path("advice").asText().isEmpty());
      assertThat(exitCode).isEqualTo(1);
    }
  }

  @Test
  void aClusterIsAskedForItsClockAndItsExecutors() throws Exception {
    try (EmbeddedCluster cluster = EmbeddedCluster.forStatements(List.of(directory))) {
      String address = cluster.address().toString();
      int port = cluster.address().port();
      Map<String, JsonNode> findings =
          findings("--http-port", "0", "--port", String.valueOf(port), "--url", address);
      assertThat(grade(one(findings, "scheduler " + address))).isEqualTo("ok");
      assertThat(grade(one(findings, "clock of " + address))).isEqualTo("ok");
      assertThat(one(findings, "port " + port).path("detail").asText()).contains("mangonel");
      assertThat(
              findings.entrySet().stream()
                  .filter(entry -> entry.getKey().startsWith("executor "))
                  .map(entry -> grade(entry.getValue())))
          .containsExactly("ok");
      assertThat(exitCode).isZero();
    }
  }
}

package io.mangonel.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mangonel.client.ClientException;
import io.mangonel.client.ClientException.Kind;
import io.mangonel.client.MangonelClient;
import io.mangonel.client.QueryResult;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The client for Java, and what the documentation says of it. */
@SuppressWarnings("NullAway.Init") // Set before all tests.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavaClientTest {
  private static final Path DOCUMENT = Path.of("../docs/clients.md");
  private static final String ENDLESS =
      "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range < b.range";

  @TempDir static Path directory;
  private ClientCluster cluster;

  @BeforeAll
  void start() throws IOException {
    cluster = new ClientCluster(directory);
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  private String address() {
    return "127.0.0.1:" + cluster.port();
  }

  private MangonelClient connect(MangonelClient.Options options) {
    return MangonelClient.connect(address(), options);
  }

  @Test
  void theExampleOfTheDocumentationRuns() throws Exception {
    List<String> lines =
        Files.readAllLines(DOCUMENT).stream()
            .dropWhile(line -> !line.equals("## Java"))
            .dropWhile(line -> !line.startsWith("    "))
            .takeWhile(line -> line.isBlank() || line.startsWith("    "))
            .toList();
    assertThat(lines).as("the example in " + DOCUMENT).hasSizeBetween(10, 20);
    Path source = Files.createDirectory(directory.resolve("example")).resolve("Example.java");
    Files.writeString(source, String.join("\n", lines).replace("127.0.0.1:32010", address()));
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    int compiled =
        ToolProvider.getSystemJavaCompiler().run(null, null, null, "-cp", path, source.toString());
    assertThat(compiled).isZero();

    Process example =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                source.getParent() + File.pathSeparator + path,
                "Example")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("example.txt").toFile())
            .start();
    assertThat(example.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String output = Files.readString(directory.resolve("example.txt"), StandardCharsets.UTF_8);
    assertThat(output).contains("i\tsquare", "3\t9", "4\t16");
    assertThat(example.exitValue()).as(output).isZero();
  }

  @Test
  void aStatementIsCancelledFromAnotherThread() throws Exception {
    try (MangonelClient client = MangonelClient.connect(address());
        QueryResult result = client.execute(ENDLESS)) {
      Thread canceller = Thread.ofVirtual().start(result::cancel);
      assertThatThrownBy(result::next)
          .isInstanceOfSatisfying(
              ClientException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(Kind.FAILED);
                assertThat(e.jobId()).isEqualTo(result.jobId()).isNotEmpty();
                assertThat(e).hasMessageContaining("cancelled").hasMessageContaining(e.jobId());
              });
      canceller.join();
    }
  }

  @Test
  void aStatementThatTakesTooLongFails() {
    var options = MangonelClient.Options.DEFAULTS.withTimeout(Duration.ofMillis(300));
    try (MangonelClient client = connect(options);
        QueryResult result = client.execute(ENDLESS)) {
      assertThatThrownBy(result::next)
          .isInstanceOf(ClientException.class)
          .hasMessageContaining("timeout of 300 ms");
    }
  }

  @Test
  void aResultThatIsClosedUnreadEndsItsJob() {
    try (MangonelClient client = MangonelClient.connect(address())) {
      QueryResult unread = client.execute(ENDLESS);
      unread.close();
      assertThat(client.execute("SELECT 42 AS answer").readAll().toString()).isEqualTo("[[42]]");
      assertThatThrownBy(unread::next)
          .isInstanceOf(ClientException.class)
          .hasMessageContaining("cancelled");
    }
  }

  @Test
  void anErrorIsDuckDbs() {
    try (MangonelClient client = MangonelClient.connect(address())) {
      assertThatThrownBy(() -> client.execute("SELECT nonsense"))
          .isInstanceOfSatisfying(
              ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FAILED))
          .hasMessageContaining("nonsense");
    }
  }

  @Test
  void oneOfItsAddressesIsEnough() throws IOException {
    String nobody;
    try (ServerSocket free = new ServerSocket(0)) {
      nobody = "127.0.0.1:" + free.getLocalPort();
    }
    try (MangonelClient client = MangonelClient.connect(nobody + "," + address())) {
      assertThat(client.execute("SELECT 42 AS answer").readAll().toString()).isEqualTo("[[42]]");
    }
    try (MangonelClient client = MangonelClient.connect(nobody)) {
      assertThatThrownBy(() -> client.execute("SELECT 42"))
          .isInstanceOfSatisfying(
              ClientException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));
    }
  }

  @Test
  void settingsAndTheDirectoryAreOfAllStatements() {
    var options =
        MangonelClient.Options.DEFAULTS
            .with("TimeZone", "Asia/Tokyo")
            .withDirectory(directory)
            .withRetry(Duration.ofSeconds(5));
    try (MangonelClient client = connect(options)) {
      assertThat(client.execute("SELECT current_setting('TimeZone') AS z").readAll().toString())
          .contains("Asia/Tokyo");
    }
  }
}

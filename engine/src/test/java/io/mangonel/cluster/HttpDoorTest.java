package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mangonel.core.task.JobId;
import io.mangonel.web.HttpDoor;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP door, asked by a client of the JDK. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpDoorTest {
  private static final Duration MAX = Duration.ofSeconds(30);

  @TempDir static Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private TestCluster cluster;
  private HttpDoor door;
  private JobId job;

  @BeforeAll
  void start() throws IOException {
    Path data = Files.createDirectories(directory.resolve("data"));
    Files.writeString(data.resolve("t.csv"), "a\n1\n2\n");
    cluster = new TestCluster(directory.resolve("work"), data, "memory", 1);
    door = HttpDoor.start("127.0.0.1", 0, cluster.queries(), data);
    job = cluster.submit("SELECT sum(a) AS s FROM 't.csv'", Map.of());
    assertThat(cluster.rows(job).values()).hasSize(1);
  }

  @AfterAll
  void stop() {
    client.close();
    door.close();
    cluster.close();
  }

  private HttpResponse<String> ask(HttpDoor asked, String method, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + asked.port() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri).timeout(MAX).method(method, BodyPublishers.noBody()).build();
    return client.send(request, BodyHandlers.ofString());
  }

  private HttpResponse<String> askWithJson(String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path))
            .timeout(MAX)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.noBody())
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  private JsonNode json(String path, int status) throws Exception {
    HttpResponse<String> answer = ask(door, "GET", path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    return new JsonMapper().readTree(answer.body());
  }

  @Test
  void itIsAliveAndReadyWhileAnExecutorIs() throws Exception {
    assertThat(ask(door, "GET", "/healthz").body()).isEqualTo("ok\n");
    assertThat(ask(door, "GET", "/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void withoutAnExecutorItIsAliveAndNotReady() throws Exception {
    Path data = directory.resolve("data");
    try (var empty = new TestCluster(directory.resolve("empty"), data, "memory", 0)) {
      HttpDoor other = HttpDoor.start("127.0.0.1", 0, empty.queries(), data);
      try {
        assertThat(ask(other, "GET", "/healthz").statusCode()).isEqualTo(200);
        assertThat(ask(other, "GET", "/readyz").statusCode()).isEqualTo(503);
      } finally {
        other.close();
      }
    }
  }

  @Test
  void jobsAndExecutorsAreListed() throws Exception {
    JsonNode line = json("/api/jobs", 200).path("jobs").path(0);
    assertThat(line.path("id").asText()).isEqualTo(job.value());
    assertThat(line.path("state").asText()).isEqualTo("COMPLETED");
    assertThat(line.path("rows").asInt()).isEqualTo(1);
    JsonNode executors = json("/api/executors", 200).path("executors");
    assertThat(executors).hasSize(1);
    assertThat(executors.path(0).path("state").asText()).isEqualTo("alive");
  }

  @Test
  void aJobShowsItsStagesWithTheirSql() throws Exception {
    JsonNode detail = json("/api/jobs/" + job.value(), 200);
    assertThat(detail.path("stages")).isNotEmpty();
    assertThat(detail.path("stages").path(0).path("sql").asText()).containsIgnoringCase("select");
    assertThat(detail.path("sql").asText()).contains("t.csv");
  }

  @Test
  void whatIsNotThereIsSaidInJson() throws Exception {
    assertThat(json("/api/jobs/nobody", 404).path("error").asText()).contains("nobody");
    assertThat(json("/nothing", 404).path("error").asText()).contains("/nothing");
    assertThat(json("/api/jobs/", 400).path("error").asText()).contains("job id");
  }

  @Test
  void onlyReadingIsAllowed() throws Exception {
    HttpResponse<String> written = askWithJson("POST", "/api/jobs");
    assertThat(written.statusCode()).isEqualTo(405);
    assertThat(written.headers().firstValue("Allow")).contains("GET");
    assertThat(askWithJson("DELETE", "/api/jobs/" + job.value()).statusCode()).isEqualTo(405);
    assertThat(askWithJson("GET", "/api/statements").statusCode()).isEqualTo(405);
    assertThat(askWithJson("POST", "/style.css").statusCode()).isEqualTo(405);
    HttpResponse<String> head = ask(door, "HEAD", "/healthz");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }
}

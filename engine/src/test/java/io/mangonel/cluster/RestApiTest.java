package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mangonel.executor.ExecutorServer;
import io.mangonel.web.HttpDoor;
import io.mangonel.web.OpenApi;
import io.mangonel.web.ProbeDoor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The REST interface: every real answer is as {@code openapi.json} describes it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestApiTest {
  private static final Duration MAX = Duration.ofSeconds(60);
  private static final String SLOW =
      "SELECT count(*) AS n FROM range(300000) a(i), range(400000) b(j) WHERE (i * j) % 7 = 3";

  @TempDir static Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private final JsonMapper json = new JsonMapper();
  private TestCluster cluster;
  private HttpDoor door;
  private OpenApi api;

  @BeforeAll
  void start() throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    for (String name : List.of("a", "b")) {
      Files.writeString(data.resolve(name + ".csv"), "k,v\n1,10\n2,20\n");
    }
    String state = "rocksdb:" + directory.resolve("state");
    cluster = new TestCluster(directory.resolve("work"), data, state, 1);
    door = HttpDoor.start("127.0.0.1", 0, cluster.queries(), data);
    HttpResponse<String> file = send(request("/openapi.json").build());
    api = new OpenApi(json.readTree(file.body()));
  }

  @AfterAll
  void stop() {
    client.close();
    door.close();
    cluster.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path))
        .timeout(MAX);
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, BodyHandlers.ofString());
  }

  /** Reads, and checks the answer against its description. */
  private JsonNode get(String template, String path, int status) throws Exception {
    return checked(template, "get", status, send(request(path).build()));
  }

  private JsonNode get(String path) throws Exception {
    return get(path, path, 200);
  }

  private JsonNode post(String template, String path, JsonNode body, int status) throws Exception {
    HttpRequest request =
        request(path)
            .header("Content-Type", "application/json; charset=utf-8")
            .POST(BodyPublishers.ofString(body.toString()))
            .build();
    return checked(template, "post", status, send(request));
  }

  private JsonNode checked(String template, String method, int status, HttpResponse<String> answer)
      throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonNode body = json.readTree(answer.body());
    assertThat(api.violations(template, method, status, body)).as(answer.body()).isEmpty();
    return body;
  }

  private JsonNode submit(String sql, int status) throws Exception {
    JsonNode body = json.createObjectNode().put("sql", sql).put("session", "rest-test");
    return post("/api/statements", "/api/statements", body, status);
  }

  private String job(String sql) throws Exception {
    return submit(sql, 200).path("job").asText();
  }

  private JsonNode rows(String job, String query) throws Exception {
    return get("/api/jobs/{id}/result", "/api/jobs/" + job + "/result?wait_ms=30000&" + query, 200);
  }

  private JsonNode detail(String job) throws Exception {
    return get("/api/jobs/{id}", "/api/jobs/" + job, 200);
  }

  @Test
  void everyAnswerIsAsDescribedAndEverythingDescribedComes() throws Exception {
    String grouped =
        job("SELECT v, count(*) FROM (FROM 'a.csv' UNION ALL FROM 'b.csv') GROUP BY v");
    rows(grouped, "limit=1");
    String failing = job("SELECT ('x' || v)::INTEGER FROM 'a.csv'");
    get("/api/jobs/{id}/result", "/api/jobs/" + failing + "/result?wait_ms=30000", 400);
    submit("SELECT nothing FROM 'a.csv'", 400);
    submit("EXPLAIN SELECT 1", 200);
    String whole = job("SELECT list_transform([k, v], lambda x: x + 1) AS l FROM 'a.csv'");
    rows(whole, "");
    assertThat(detail(whole).path("fallback").isTextual()).isTrue();

    String slow = job(SLOW);
    get("/api/jobs/{id}/result", "/api/jobs/" + slow + "/result?wait_ms=1", 202);
    post("/api/jobs/{id}/cancel", "/api/jobs/" + slow + "/cancel", json.createObjectNode(), 200);
    await().atMost(MAX).until(() -> detail(slow).path("state").asText().equals("CANCELLED"));
    detail(grouped);
    detail(failing);
    get("/api/jobs");
    get("/api/executors");
    get("/api/schedulers");
    get("/api/cluster");
    get("/api/jobs/{id}", "/api/jobs/nobody", 404);
    get("/api/jobs/{id}", "/api/jobs/", 400);
    get("/api/jobs/{id}/result", "/api/jobs/nobody/result", 404);
    get("/api/jobs/{id}/result", "/api/jobs/" + whole + "/result?limit=-1", 400);
    get("/api/jobs", "/api/jobs?state=LOST", 400);
    // Only one of several schedulers takes over: SeveralSchedulersTest.
    assertThat(api.unseen()).containsExactly("#/components/schemas/Scheduler/takeover_ms");
  }

  @Test
  void rowsComeInPagesAndAreExact() throws Exception {
    String job =
        job(
            "SELECT 9007199254740993 + i AS big, 0.1::DECIMAL(38,20) AS d, i % 2 = 0 AS even,"
                + " CASE WHEN i > 2 THEN i END AS part, [i, NULL] AS list FROM range(2500) t(i)"
                + " ORDER BY i");
    JsonNode page = rows(job, "offset=2&limit=3");
    assertThat(page.path("total_rows").asInt()).isEqualTo(2500);
    assertThat(page.path("rows")).hasSize(3);
    assertThat(page.path("rows").path(0).toString())
        .isEqualTo("[\"9007199254740995\",\"0.10000000000000000000\",true,null,\"[2, NULL]\"]");
    assertThat(page.path("columns").path(1).path("type").asText()).isEqualTo("DECIMAL(38,20)");
    assertThat(rows(job, "offset=2499").path("rows")).hasSize(1);
    assertThat(rows(job, "offset=2500").path("rows")).isEmpty();
    assertThat(rows(job, "limit=1000").path("rows")).hasSize(1000);
  }

  @Test
  void aLongValueIsCutAndAPageOfThemEndsEarly() throws Exception {
    String job = job("SELECT repeat('x', 100000) AS x FROM range(200)");
    JsonNode page = rows(job, "limit=200");
    assertThat(page.path("values_cut").asBoolean()).isTrue();
    assertThat(page.path("rows").path(0).path(0).asText()).hasSize(65_536);
    assertThat(page.path("rows").size()).isBetween(10, 199);
    assertThat(page.path("total_rows").asInt()).isEqualTo(200);
  }

  @Test
  void jobsAreFoundByWordsAndStatesAPageAtATime() throws Exception {
    for (int i = 0; i < 3; i++) {
      rows(job("SELECT " + i + " AS \"lookForMe\""), "");
    }
    String search =
        "/api/jobs?search=" + URLEncoder.encode("AS \"LOOKFORME", StandardCharsets.UTF_8);
    await()
        .atMost(MAX)
        .until(() -> get("/api/jobs", search + "&state=completed", 200).path("total").asInt() == 3);
    JsonNode second = get("/api/jobs", search + "&offset=1&limit=1", 200);
    assertThat(second.path("jobs")).hasSize(1);
    assertThat(second.path("jobs").path(0).path("sql").asText()).contains("SELECT 1");
    assertThat(get("/api/jobs", search + "&state=FAILED,RUNNING", 200).path("total").asInt())
        .isZero();
  }

  @Test
  void attemptsHaveTimesAlsoAfterARestart() throws Exception {
    String job = job("SELECT k, sum(v) FROM 'a.csv' GROUP BY k");
    rows(job, "");
    // The answer of a light read may be there before its end is stored.
    await().atMost(MAX).until(() -> detail(job).path("ended_ms").asLong() > 0);
    JsonNode before = detail(job);
    assertThat(before.path("attempts")).isNotEmpty();
    for (JsonNode attempt : before.path("attempts")) {
      long startedMs = attempt.path("started_ms").asLong();
      long endedMs = attempt.path("ended_ms").asLong();
      assertThat(startedMs).isBetween(before.path("submitted_ms").asLong(), endedMs);
      assertThat(endedMs).isLessThanOrEqualTo(before.path("ended_ms").asLong());
    }
    door.close();
    cluster.restartScheduler();
    door = HttpDoor.start("127.0.0.1", 0, cluster.queries(), directory.resolve("data"));
    JsonNode after = detail(job);
    assertThat(after.path("attempts")).isEqualTo(before.path("attempts"));
    assertThat(after.path("owners").path(0).path("scheduler"))
        .isEqualTo(before.path("owners").path(0).path("scheduler"));
  }

  @Test
  void anotherSiteCanNeitherReadNorChange() throws Exception {
    var statement = BodyPublishers.ofString("{\"sql\": \"SELECT 1\"}");
    var plain = request("/api/statements").header("Content-Type", "text/plain").POST(statement);
    assertThat(send(plain.build()).statusCode()).isEqualTo(415);
    var none = request("/api/statements").POST(statement);
    assertThat(send(none.build()).statusCode()).isEqualTo(415);
    for (String origin : List.of("http://evil.example", "null", "http://127.0.0.1:1")) {
      var foreign =
          request("/api/statements")
              .header("Content-Type", "application/json")
              .header("Origin", origin)
              .POST(statement);
      assertThat(send(foreign.build()).statusCode()).as(origin).isEqualTo(403);
    }
    var own =
        request("/api/statements")
            .header("Content-Type", "application/json")
            .header("Origin", "http://127.0.0.1:" + door.port())
            .POST(statement);
    assertThat(send(own.build()).statusCode()).isEqualTo(200);
    // A name that somebody lets point here.
    assertThat(statusAs("evil.example", "/api/jobs")).isEqualTo(421);
    assertThat(statusAs("evil.example:" + door.port(), "/")).isEqualTo(421);
    assertThat(statusAs("127.0.0.1.evil.example", "/api/jobs")).isEqualTo(421);
    assertThat(statusAs("localhost:" + door.port(), "/api/jobs")).isEqualTo(200);
    assertThat(statusAs("[::1]:" + door.port(), "/api/jobs")).isEqualTo(200);
    // Machines may know it by any name.
    assertThat(statusAs("scheduler.internal", "/healthz")).isEqualTo(200);
    assertThat(statusAs("scheduler.internal", "/metrics")).isEqualTo(200);
  }

  /** The JDK's client does not let us pretend that the scheduler has another name. */
  private int statusAs(String host, String path) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
      String request =
          "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.setSoTimeout((int) MAX.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Integer.parseInt(answer.split(" ", 3)[1]);
    }
  }

  @Test
  void thePageHasAStrictPolicyAndIsNotSentTwice() throws Exception {
    HttpResponse<String> page = send(request("/").build());
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    String tag = page.headers().firstValue("ETag").orElseThrow();
    var again = request("/").header("If-None-Match", tag);
    HttpResponse<String> unchanged = send(again.build());
    assertThat(unchanged.statusCode()).isEqualTo(304);
    assertThat(unchanged.body()).isEmpty();
    for (String path : List.of("/../web/style.css", "/%2e%2e/logback.xml", "/nothing.js", "/x")) {
      assertThat(send(request(path).build()).statusCode()).as(path).isIn(404, 400);
    }
  }

  @Test
  void whatIsWrongIsSaid() throws Exception {
    for (String body :
        List.of("", "[]", "{", "{\"sql\": 1}", "{\"sql\": \" \"}", "{\"sql\": \"x\", \"q\": 1}")) {
      HttpRequest request =
          request("/api/statements")
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(body))
              .build();
      HttpResponse<String> answer = send(request);
      assertThat(answer.statusCode()).as(body).isEqualTo(400);
      assertThat(json.readTree(answer.body()).path("error").asText()).isNotBlank();
    }
    var large = "{\"sql\": \"" + "x".repeat(2 << 20) + "\"}";
    HttpRequest tooLarge =
        request("/api/statements")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(large))
            .build();
    assertThat(send(tooLarge).body()).contains("larger than");
    assertThat(statusAs("localhost", "/api/jobs?search=%zz")).isEqualTo(400);
  }

  @Test
  void metricsCountWhatWasDone() throws Exception {
    rows(job("SELECT count(*) FROM 'a.csv'"), "");
    String text = send(request("/metrics").build()).body();
    for (String name :
        List.of(
            "mangonel_jobs{state=",
            "mangonel_jobs_ended_total{state=\"COMPLETED\"}",
            "mangonel_task_launches_total",
            "mangonel_task_reruns_total",
            "mangonel_commits_total{outcome=\"DONE\"}",
            "mangonel_commit_duration_seconds_count",
            "mangonel_loop_lag_seconds_count",
            "mangonel_planning_duration_seconds_count",
            "mangonel_plans_whole_total",
            "mangonel_queue_depth{queue=\"loop\"}",
            "mangonel_executor_slots{kind=\"all\"}",
            "mangonel_result_rows_total",
            "mangonel_task_output_bytes_total",
            "jvm_memory_used_bytes")) {
      assertThat(text).contains(name);
    }
    assertThat(text.lines().filter(line -> line.startsWith("mangonel_task_launches_total ")))
        .noneMatch(line -> line.endsWith(" 0.0"));
  }

  @Test
  void anExecutorHasProbesAndMetricsOfItsOwn() throws Exception {
    ExecutorServer executor = cluster.addExecutor("probed");
    try (ProbeDoor probes = ProbeDoor.start("127.0.0.1", 0, executor::ready, executor::metrics)) {
      String address = "http://127.0.0.1:" + probes.port();
      for (String path : List.of("/healthz", "/readyz", "/metrics")) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + path)).build();
        assertThat(send(request).statusCode()).as(path).isEqualTo(200);
      }
      HttpRequest other = HttpRequest.newBuilder(URI.create(address + "/api/jobs")).build();
      assertThat(send(other).statusCode()).isEqualTo(404);
      assertThat(executor.metrics()).contains("mangonel_slots 2.0", "mangonel_tasks_running 0.0");
    }
  }
}

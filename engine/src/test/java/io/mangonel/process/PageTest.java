package io.mangonel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mangonel.cli.demo.TaskRuns;
import io.mangonel.process.ProcessCluster.Setup;
import io.mangonel.web.Browser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser, on a scheduler that is a process of its own and is killed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageTest {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final int CONTROL = 2;
  private static final int SHIFT = 8;
  private static final int FILES = 4;
  private static final int ROWS_PER_FILE = 7_000;

  /** Two scans, a join that takes some seconds, and a final stage. */
  private static String slow(String name) {
    return "SELECT '"
        + name
        + "' AS name, count(*) AS n FROM 'l/*.parquet' a JOIN 'r/*.parquet' b ON a.k = b.k"
        + " WHERE (a.v * b.v) % 7 = sqrt(a.v + b.v)::BIGINT % 5";
  }

  @TempDir static Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private @Nullable ProcessCluster cluster;
  private @Nullable Browser browser;

  @BeforeAll
  void start() throws IOException, SQLException {
    browser = Browser.start(directory.resolve("profile"));
    Path data = Files.createDirectories(directory.resolve("data"));
    writeTable(data.resolve("l"));
    writeTable(data.resolve("r"));
    cluster = new ProcessCluster(directory.resolve("cluster"), data, new Setup(2, 1, "push"));
  }

  private static void writeTable(Path table) throws IOException, SQLException {
    Files.createDirectories(table);
    try (var duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement()) {
      for (int file = 0; file < FILES; file++) {
        statement.execute(
            "COPY (SELECT (i %% 4)::INTEGER AS k, i + %d AS v FROM range(%d) t(i)) TO '%s'"
                .formatted(file * ROWS_PER_FILE, ROWS_PER_FILE, table.resolve(file + ".parquet")));
      }
    }
  }

  @AfterAll
  void stop() {
    http.close();
    if (browser != null) {
      browser.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void freshPage() {
    page().resize(1280, 900);
    page().prefer("light");
  }

  /** Whatever was done: no error, nothing refused by the policy, no request to anybody else. */
  @AfterEach
  void nothingForeignWasAskedFor() {
    assertThat(page().complaints()).isEmpty();
    assertThat(page().requests())
        .isNotEmpty()
        .allMatch(address -> address.startsWith(origin()) || address.startsWith("about:"));
  }

  private Browser page() {
    return Objects.requireNonNull(browser);
  }

  private ProcessCluster cluster() {
    return Objects.requireNonNull(cluster);
  }

  private String origin() {
    return "http://127.0.0.1:" + cluster().httpPort() + "/";
  }

  /** Opens a page of the page; with all of it loaded anew. */
  private void open(String hash) {
    page().open("about:blank");
    page().open(origin() + hash);
    page().awaitVisible("main h1");
  }

  private JsonNode ask(String path, @Nullable JsonNode body) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(origin() + path)).timeout(WAIT);
    if (body != null) {
      request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body + ""));
    }
    String answer = http.send(request.build(), BodyHandlers.ofString()).body();
    return new JsonMapper().readTree(answer);
  }

  /** Starts a statement; its job, or the job that says why it was refused. */
  private String submit(String sql) throws Exception {
    var body = new JsonMapper().createObjectNode().put("sql", sql);
    body.putObject("settings").put("mangonel_join_mode", "hash");
    JsonNode answer = ask("api/statements", body);
    assertThat(answer.path("job").isTextual()).as(sql + ": " + answer).isTrue();
    return answer.path("job").asText();
  }

  private String state(String job) throws Exception {
    return ask("api/jobs/" + job, null).path("state").asText();
  }

  private void awaitState(String job, String state) {
    await(job + " is " + state).atMost(WAIT).until(() -> state(job).equals(state));
  }

  /** Puts a statement into the editor, in place of what was there. */
  private void write(String sql) {
    page().click("#sql");
    page().evaluate("document.getElementById('sql').select()");
    page().type(sql);
  }

  private void run(String sql) {
    write(sql);
    page().press("Enter", CONTROL);
  }

  @Test
  void jobsAreListedSearchedAndFiltered() throws Exception {
    String marked = submit("SELECT 'needle <img src=x onerror=alert(1)>' AS what");
    String failing = submit("SELECT 'abc'::VARCHAR::INTEGER + k AS n FROM 'l/*.parquet'");
    awaitState(marked, "COMPLETED");
    awaitState(failing, "FAILED");

    open("#/jobs");
    page().awaitVisible("tr[data-key='" + marked + "'] .badge.completed");
    page().awaitVisible("tr[data-key='" + failing + "'] .badge.failed");
    assertThat(page().text("tr[data-key='" + marked + "'] a")).contains("<img src=x");
    assertThat(page().count("img[src='x']")).as("markup in a statement is text").isZero();

    page().click("#search");
    page().type("needle");
    page()
        .awaitTrue("one is left", "document.querySelectorAll('table.jobs tbody tr').length === 1");
    page().awaitVisible("tr[data-key='" + marked + "']");
    page().evaluate("document.querySelectorAll('.chip')[5].click()");
    page().awaitText(".empty", "No job fits");
    page().evaluate("(e => { e.value = ''; e.dispatchEvent(new Event('input')); })(search)");
    page().awaitVisible("tr[data-key='" + failing + "']");
    assertThat(page().count("tr[data-key='" + marked + "']")).isZero();
    page().evaluate("document.querySelectorAll('.chip')[0].click()");
    page().awaitVisible("tr[data-key='" + marked + "']");
  }

  @Test
  void aFailedJobShowsItsErrorAndTheAttemptThatFailed() throws Exception {
    String job = submit("SELECT count(*) FROM 'l/*.parquet' WHERE ('a' || v)::INTEGER > 3");
    awaitState(job, "FAILED");
    open("#/jobs/" + job);
    page().awaitText(".error", "Conversion Error");
    page().awaitVisible(".node[data-state=failed]");
    page().awaitVisible(".attempt.failed");
    page().awaitText("main", "user error");
    page().awaitVisible(".state .badge.failed");
  }

  @Test
  void theGraphOfARunningJobChangesUntilItIsDone() throws Exception {
    String job = submit(slow("graph"));
    open("#/jobs/" + job);
    page().awaitVisible(".node");
    page()
        .evaluate(
            "(() => { window.seen = new Set(); const look = () => seen.add([...document"
                + ".querySelectorAll('.node')].map(n => n.dataset.state + n.dataset.done).join());"
                + " look(); new MutationObserver(look).observe(document.querySelector('.graph'),"
                + " {subtree: true, attributes: true}); })()");
    page().awaitVisible(".node[data-state=running]");
    page().awaitVisible(".state .badge.completed");
    page()
        .awaitTrue(
            "every stage is done",
            "[...document.querySelectorAll('.node')].every(n => n.dataset.state === 'completed')");
    assertThat(page().evaluate("seen.size").asInt()).as("pictures of it").isGreaterThan(1);
    assertThat(page().count(".node")).isGreaterThan(2);
    assertThat(page().text(".edge-label")).contains("rows");
    assertThat(page().count(".attempt")).isGreaterThanOrEqualTo(page().count(".node"));

    page().click(".node[data-stage='0']");
    page().awaitText(".stage-detail h3", "Stage 0");
    page().awaitText(".stage-detail pre", "SELECT");
    assertThat(page().count(".stage-detail tbody tr")).isGreaterThanOrEqualTo(1);
  }

  @Test
  void aPageStaysOpenWhileItsSchedulerIsKilledAndSeesTheJobEnd() throws Exception {
    String job = submit(slow("survivor"));
    open("#/jobs/" + job);
    page().awaitVisible(".node[data-state=running]");
    await("a task of the join runs")
        .atMost(WAIT)
        .until(
            () ->
                ask("api/jobs/" + job, null).path("stages").findValuesAsText("running").stream()
                    .anyMatch(running -> !running.equals("0")));
    cluster().scheduler().kill();
    page().awaitVisible("#offline");
    assertThat(page().count(".node")).as("what was known stays").isPositive();
    cluster().startSchedulerAgain();

    page().awaitTrue("it is back", "document.getElementById('offline').hidden");
    page().awaitVisible(".state .badge.completed");
    page().awaitText(".timeline", "epoch 1");
    page().awaitText(".timeline", "epoch 2");
    JsonNode detail = ask("api/jobs/" + job, null);
    assertThat(detail.path("epoch").asInt()).isEqualTo(2);
    assertThat(detail.path("history_complete").asBoolean()).isTrue();
    assertThat(detail.path("attempts").findValuesAsText("started_ms")).doesNotContain("null");
    assertThat(detail.path("attempts"))
        .as("attempts of before the kill are there, and none ran twice")
        .hasSize(detail.path("tasks").asInt())
        .hasSize(TaskRuns.read(cluster().executorLogs()).of(job).runs().size())
        .anyMatch(attempt -> attempt.path("launch_epoch").asInt() == 1);

    // And once more: what it knows of an ended job it reads from the store.
    cluster().scheduler().kill();
    cluster().startSchedulerAgain();
    JsonNode later = ask("api/jobs/" + job, null);
    assertThat(later.path("attempts")).isEqualTo(detail.path("attempts"));
    assertThat(later.path("owners").findValuesAsText("epoch")).contains("1", "2");
  }

  @Test
  void theEditorRunsAStatementAndShowsItsRows() {
    open("#/sql");
    run(
        "SELECT 9223372036854775807 - i AS big, 0.10::DECIMAL(38,2) AS d, NULL AS none,"
            + " true AS yes FROM range(450) t(i) ORDER BY i");
    page().awaitVisible(".grid");
    page().awaitText(".run-line", "450 rows");
    assertThat(page().count(".grid tbody tr")).isEqualTo(200);
    assertThat(page().text(".grid tbody tr td:nth-child(2)")).isEqualTo("9223372036854775807");
    assertThat(page().text(".grid tbody tr td:nth-child(3)")).isEqualTo("0.10");
    assertThat(page().text(".grid tbody td.null")).isEqualTo("NULL");
    assertThat(page().text(".grid thead")).contains("BIGINT", "DECIMAL(38,2)");
    page().evaluate("[...document.querySelectorAll('.pager button')].at(-1).click()");
    page().awaitText(".grid tbody", "9223372036854775607");

    write("SELECT nothing FROM nowhere");
    page().click(".editor-bar .primary");
    page().awaitText(".error", "nowhere");

    // What SET changes belongs to the tab's session.
    for (String sql :
        List.of("SET TimeZone = 'Asia/Tokyo'", "SELECT current_setting('TimeZone')")) {
      run(sql);
      page().awaitText(".run-line", "Completed");
    }
    page().awaitText(".grid", "Asia/Tokyo");
  }

  @Test
  void aRunningJobIsCancelledAfterAQuestion() throws Exception {
    String job = submit(slow("cancelled"));
    open("#/jobs/" + job);
    page().click(".page-head .danger");
    page().awaitVisible("#confirm");
    page().click("#confirm button[value=no]");
    assertThat(state(job)).as("asked and not wanted").isNotEqualTo("CANCELLED");
    page().click(".page-head .danger");
    page().click("#confirm button[value=yes]");
    page().awaitVisible(".state .badge.cancelled");
    awaitState(job, "CANCELLED");

    // And from the editor.
    open("#/sql");
    run(slow("from the editor"));
    page().awaitVisible(".run-line a");
    page().click(".editor-bar .danger");
    page().awaitText(".error", "cancelled");
  }

  @Test
  void aNarrowScreenNeedsNoSidewaysScrolling() throws Exception {
    String job = submit("SELECT k, count(*) FROM 'l/*.parquet' GROUP BY k");
    awaitState(job, "COMPLETED");
    page().resize(360, 740);
    Map<String, String> pages =
        Map.of(
            "#/jobs",
            "table.jobs tbody tr",
            "#/jobs/" + job,
            ".node",
            "#/sql",
            "#sql",
            "#/executors",
            "table.list tbody tr",
            "#/schedulers",
            "table.list tbody tr");
    pages.forEach(
        (hash, content) -> {
          open(hash);
          page().awaitVisible(content);
          assertThat(page().evaluate("document.documentElement.scrollWidth - innerWidth").asInt())
              .as(hash)
              .isNotPositive();
        });
  }

  @Test
  void coloursFollowTheSystemUntilChosen() {
    String background = "getComputedStyle(document.body).backgroundColor";
    open("#/jobs");
    String light = page().evaluate(background).asText();
    page().prefer("dark");
    page().awaitTrue("dark", background + " !== " + Browser.quoted(light));
    page().click("#theme");
    page().awaitTrue("light by choice", background + " === " + Browser.quoted(light));
    open("#/executors");
    page().awaitTrue("it is remembered", background + " === " + Browser.quoted(light));
    page().evaluate("localStorage.removeItem('mangonel-theme')");
  }

  @Test
  void theKeyboardIsEnough() throws Exception {
    String job = submit("SELECT 'by hand' AS keyboard");
    awaitState(job, "COMPLETED");
    open("#/schedulers");
    page().press("g", 0);
    page().press("e", 0);
    page().awaitText("h1", "Executors");
    page().press("/", 0);
    page().awaitTrue("the search has the focus", "document.activeElement?.id === 'search'");
    page().type("by hand");
    page()
        .awaitTrue("one is left", "document.querySelectorAll('table.jobs tbody tr').length === 1");
    page().press("ArrowDown", 0);
    page().awaitTrue("a job has the focus", "document.activeElement.className === 'sql-line'");
    page().press("Enter", 0);
    page().awaitText(".job-id", job);
    page().press("?", SHIFT);
    page().awaitVisible("#shortcuts");
    page().press("Escape", 0);
    page().awaitTrue("closed", "!document.getElementById('shortcuts').open");
    page().awaitVisible(".node");
    page().evaluate("document.querySelector('.node').focus()");
    page().press("Enter", 0);
    page()
        .awaitTrue(
            "chosen", "document.querySelector('.node').getAttribute('aria-pressed') === 'true'");
  }
}

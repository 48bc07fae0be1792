package io.mangonel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.mangonel.web.Browser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a scheduler, in a real browser, while another one dies that owns what it shows. */
class PageTakeoverTest {
  private static final Duration BOUND = Duration.ofMinutes(2);

  /** Still runs when a browser on a busy machine has at last drawn its page. */
  private static final String SLOW =
      "SELECT count(*) AS n FROM range(30000) a(i), range(120000) b(j) WHERE (i * j) % 7 = 0";

  @Test
  void aPageShowsTheTakeoverThatHappensWhileItIsOpen(@TempDir Path directory) throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    try (Browser page = Browser.start(directory.resolve("profile"));
        EtcdProcesses cluster = new EtcdProcesses(directory.resolve("cluster"), data, 2, 1);
        StockClient client = new StockClient(cluster.address(0), "page")) {
      String job = new String(client.start(SLOW).getAppMetadata(), StandardCharsets.UTF_8);
      cluster.awaitRunning(1, SLOW);
      page.open("http://127.0.0.1:" + cluster.httpPort(1) + "/#/jobs/" + job);
      page.awaitVisible(".node[data-state=running]");
      page.awaitText(".timeline", "epoch 1");
      page.evaluate("window.opened = true");

      cluster.scheduler(0).kill();
      await().atMost(BOUND).until(() -> cluster.job(1, job).path("epoch").asInt() == 2);
      await()
          .atMost(BOUND)
          .until(() -> cluster.job(1, job).path("state").asText().equals("COMPLETED"));
      page.awaitVisible(".state .badge.completed");
      page.awaitText(".timeline", "epoch 2");
      assertThat(page.evaluate("window.opened").asBoolean())
          .as("it was never loaded anew")
          .isTrue();
      assertThat(page.evaluate("document.getElementById('offline').hidden").asBoolean()).isTrue();
      assertThat(page.complaints()).isEmpty();

      JsonNode detail = cluster.job(1, job);
      assertThat(detail.path("owners").findValuesAsText("scheduler")).doesNotHaveDuplicates();
      assertThat(detail.path("attempts")).hasSize(1);
      assertThat(cluster.runs(job).runs()).hasSize(1);
    }
  }
}

package io.mangonel.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.planner.names.Definition;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.stage.StageInput;
import io.mangonel.planner.stage.StageInput.PinnedFile;
import io.mangonel.planner.stage.StageInput.Scan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A planner over time: files change under it, and several sessions plan at once. */
class PlannerLifeTest {
  private static final int THREADS = 6;
  private static final int PLANS_PER_THREAD = 20;

  @TempDir Path directory;

  @Test
  void aFileThatChangesIsSeenAtTheNextPlan() throws Exception {
    copy("SELECT 1 AS a", "x.parquet");
    try (var planner = Planner.open(List.of(directory))) {
      QueryPlan before = plan(planner, "FROM x", "UTC");
      assertThat(pinned(before)).hasSize(1);

      copy("SELECT i AS b, i || 'text' AS c FROM range(5000) t(i)", "x.parquet");
      QueryPlan after = plan(planner, "FROM x", "UTC");
      assertThat(after.columns()).extracting("name").containsExactly("b", "c");
      assertThat(pinned(after).getFirst().bytes()).isGreaterThan(pinned(before).getFirst().bytes());
    }
  }

  @Test
  void sessionsPlanAtOnceWithTheirOwnSettingsAndViews() throws Exception {
    copy("SELECT i AS a FROM range(1000) t(i)", "x.parquet");
    List<String> zones = List.of("Asia/Tokyo", "Europe/Rome", "America/Lima");
    try (var planner = Planner.open(List.of(directory));
        var threads = Executors.newFixedThreadPool(THREADS)) {
      var work = new ArrayList<Callable<String>>();
      for (int i = 0; i < THREADS * PLANS_PER_THREAD; i++) {
        String zone = zones.get(i % zones.size());
        work.add(
            () -> {
              String sql = "SELECT current_setting('TimeZone') AS zone, a FROM x";
              QueryPlan plan = plan(planner, sql, zone);
              boolean right =
                  plan.stages().getLast().sql().contains(zone)
                      && plan.stages().getFirst().prelude().toString().contains(zone);
              return right ? "right" : plan.toString();
            });
      }
      for (Future<String> done : threads.invokeAll(work)) {
        assertThat(done.get()).isEqualTo("right");
      }
    }
  }

  @Test
  void aStatementThatRunsWholePinsItsFilesToo() throws Exception {
    copy("SELECT 1 AS a", "x.parquet");
    try (var planner = Planner.open(List.of(directory))) {
      QueryPlan plan = plan(planner, "PIVOT (FROM x UNION ALL FROM x) ON a USING count(*)", "UTC");
      assertThat(plan.fallback()).contains("PIVOT");
      var stage = plan.stages().getFirst();
      assertThat(stage.deterministic()).isFalse();
      Path file = directory.resolve("x.parquet");
      assertThat(stage.inputs())
          .containsExactly(
              new StageInput.Files(
                  List.of(
                      new PinnedFile(
                          file.toString(),
                          Files.size(file),
                          Files.getLastModifiedTime(file).toMillis()))));
    }
  }

  /** A plan that is kept must not keep what planning folds into it. */
  @Test
  void whatChangesWithTimeIsPlannedAnew() throws Exception {
    copy("SELECT TIMESTAMP '2020-01-01 00:00:00' AS a", "x.parquet");
    try (var planner = Planner.open(List.of(directory))) {
      for (String folded :
          List.of(
              "now()",
              "current_timestamp",
              "get_current_timestamp()",
              "(SELECT max(now()) FROM x)",
              "strftime(now()::TIMESTAMP, '%f')")) {
        String sql = "SELECT a, " + folded + " AS n FROM x";
        String first = plan(planner, sql, "UTC").stages().toString();
        await()
            .atMost(Duration.ofSeconds(10))
            .untilAsserted(
                () ->
                    assertThat(plan(planner, sql, "UTC").stages().toString())
                        .as(folded)
                        .isNotEqualTo(first));
      }
      String stable = "SELECT count(*) AS n FROM x WHERE a < TIMESTAMPTZ '2020-01-01 00:00:00'";
      assertThat(plan(planner, stable, "UTC")).isEqualTo(plan(planner, stable, "UTC"));
      assertThat(plan(planner, stable, "UTC").stages())
          .isNotEqualTo(plan(planner, stable, "Asia/Tokyo").stages());
    }
  }

  private List<PinnedFile> pinned(QueryPlan plan) {
    assertThat(plan.fallback()).isNull();
    return ((Scan) plan.stages().getFirst().inputs().getFirst()).files();
  }

  private QueryPlan plan(Planner planner, String sql, String zone) {
    var settings = new TreeMap<String, String>();
    settings.put("TimeZone", zone);
    String createSql = "CREATE VIEW x AS FROM '" + directory + "/x.parquet'";
    var views = List.of(Definition.view("x", createSql));
    PlanResult result =
        planner.plan(new PlanRequest(sql, settings, views, directory.toString(), 2, 2));
    assertThat(result).as(sql).isInstanceOf(PlanResult.Query.class);
    return ((PlanResult.Query) result).plan();
  }

  private void copy(String query, String file) throws Exception {
    PlannerFiles.execute(
        "COPY (" + query + ") TO '" + directory.resolve(file) + "' (FORMAT parquet)");
  }
}

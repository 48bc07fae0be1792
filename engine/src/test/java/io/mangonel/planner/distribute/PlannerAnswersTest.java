package io.mangonel.planner.distribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.PlanRequest;
import io.mangonel.planner.PlanResult;
import io.mangonel.planner.Planner;
import io.mangonel.planner.PlannerFiles;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.tpch.TpchGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements over views and files, from their text to their rows: what plain DuckDB answers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlannerAnswersTest {
  private static final double SCALE_FACTOR = 0.01;
  private static final int QUERIES = 22;
  private static final int MULTI_STAGE_MIN = 20;
  private static final int WARM_PLANS = 200;

  /** Far above what is measured, for a machine that is busy with other things. */
  private static final double WARM_PLAN_MS_MAX = 100;

  @TempDir static Path directory;
  private Planner planner;
  private final List<Definition> views = new ArrayList<>();

  @BeforeAll
  void open() throws SQLException, IOException {
    PlannerFiles.write(directory);
    TpchGenerator.generate(SCALE_FACTOR, directory.resolve("tpch"), 4);
    for (String table : TpchGenerator.TABLES) {
      view(table, "FROM '" + directory + "/tpch/" + table + "/*.parquet'");
    }
    view("customers", "SELECT c_custkey AS id, c_name AS name FROM customer");
    view("first", "SELECT * FROM customers WHERE id < 20");
    planner = Planner.open(List.of(directory));
  }

  @AfterAll
  void close() {
    planner.close();
  }

  private void view(String name, String body) {
    views.add(Definition.view(name, "CREATE VIEW " + name + " AS " + body));
  }

  @ParameterizedTest
  @CsvSource({"auto,2", "hash,2", "broadcast,2", "hash,3"})
  void tpchOverViews(String mode, int slots) throws SQLException, IOException {
    var wrong = new ArrayList<String>();
    int multiStage = 0;
    for (int number = 1; number <= QUERIES; number++) {
      String sql = TpchDistributedTest.query(number);
      QueryPlan plan = plan(sql, mode, slots);
      multiStage += plan.stages().size() > 1 ? 1 : 0;
      if (plan.fallback() != null || !rows(plan).equals(plain(sql))) {
        wrong.add("q" + number + " " + plan.fallback());
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(multiStage).isGreaterThanOrEqualTo(mode.equals("hash") ? MULTI_STAGE_MIN : 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT count(*), sum(id), max(price) FROM '{dir}/orders/*.parquet'",
        "SELECT count(*), sum(id) FROM '{dir}/big.parquet' WHERE customer = 3",
        "SELECT customer, count(*) FROM read_parquet(['{dir}/orders/1.parquet',"
            + " '{dir}/orders/2.parquet']) GROUP BY ALL ORDER BY ALL",
        "SELECT x, filename FROM read_parquet('{dir}/deep/**/*.parquet', filename = true)"
            + " ORDER BY ALL",
        "SELECT * FROM '{dir}/hive/*/*/*.parquet' ORDER BY v",
        "SELECT month, year, sum(v) FROM '{dir}/hive/*/*/*.parquet' GROUP BY ALL ORDER BY ALL",
        "SELECT * FROM '{dir}/one.csv' ORDER BY id",
        "SELECT * FROM '{dir}/csv/*.csv' ORDER BY id",
        "SELECT sum(id), max(\"at\") FROM read_csv('{dir}/csv/*.csv', delim = '|')",
        "SELECT a, b.c FROM '{dir}/one.json'",
        "SELECT sum(a) FROM '{dir}/lines.jsonl'",
        "SELECT answer FROM '{dir}/it''s \"ä\" file.parquet'",
        "SELECT o.customer, big.price FROM '{dir}/orders/*.parquet' o JOIN '{dir}/big.parquet'"
            + " USING (id) WHERE id % 500 = 1 ORDER BY id",
        "SELECT count(*) FROM first JOIN orders ON o_custkey = first.id",
        "SELECT filename LIKE '%1.parquet' AS f, count(*) FROM '{dir}/orders/*.parquet'"
            + " GROUP BY ALL ORDER BY ALL",
        "PIVOT (SELECT id % 3 AS k, customer % 2 AS c FROM '{dir}/orders/1.parquet') ON c"
            + " USING count(*) GROUP BY k ORDER BY k",
        "SUMMARIZE SELECT id, name FROM first",
        "DESCRIBE first",
        "SELECT current_setting('TimeZone'), TIMESTAMPTZ '2020-01-01 12:00:00+00'::VARCHAR",
        "SELECT 1::BIT, 'b'::ENUM('a', 'b'), 2::UHUGEINT",
      })
  void filesOfEveryKind(String template) throws SQLException, IOException {
    String sql = template.replace("{dir}", directory.toString());
    for (String mode : List.of("auto", "hash")) {
      assertThat(rows(plan(sql, mode, 2))).as(mode).isEqualTo(plain(sql));
    }
  }

  @Test
  void aWarmPlanTakesMilliseconds() throws IOException {
    var nanos = new long[WARM_PLANS];
    for (int i = -QUERIES; i < WARM_PLANS; i++) {
      String sql = TpchDistributedTest.query(Math.floorMod(i, QUERIES) + 1);
      long start = System.nanoTime();
      plan(sql, "auto", 2);
      if (i >= 0) {
        nanos[i] = System.nanoTime() - start;
      }
    }
    Arrays.sort(nanos);
    double medianMs = nanos[WARM_PLANS / 2] / 1e6;
    System.out.printf("a warm plan takes %.1f ms (median of %d)%n", medianMs, WARM_PLANS);
    assertThat(medianMs).isLessThan(WARM_PLAN_MS_MAX);
  }

  private QueryPlan plan(String sql, String mode, int slots) {
    var settings = new TreeMap<String, String>();
    settings.put("TimeZone", "Asia/Tokyo");
    settings.put("mangonel_join_mode", mode);
    var request = new PlanRequest(sql, settings, views, "/", slots, slots);
    PlanResult result = planner.plan(request);
    assertThat(result).as(sql).isInstanceOf(PlanResult.Query.class);
    return ((PlanResult.Query) result).plan();
  }

  private List<List<String>> rows(QueryPlan plan) throws SQLException, IOException {
    Path work = Files.createTempDirectory(directory, "work");
    try (Database executor = new Database()) {
      for (String statement : plan.stages().getLast().prelude()) {
        executor.execute(statement);
      }
      if (!plan.stages().getLast().catalog().isEmpty()) {
        executor.execute("ATTACH ':memory:' AS own");
        executor.execute("USE own");
      }
      for (String statement : plan.stages().getLast().catalog()) {
        executor.execute(statement);
      }
      return new StageRunner(executor, work, true).run(plan);
    }
  }

  private List<List<String>> plain(String sql) throws SQLException {
    try (Database database = new Database()) {
      database.execute("SET TimeZone = 'Asia/Tokyo'");
      for (Definition view : views) {
        database.execute(view.createSql());
      }
      return database.rows(sql);
    }
  }
}

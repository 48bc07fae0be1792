package io.mangonel.planner.distribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.PlanRequest;
import io.mangonel.planner.PlanResult;
import io.mangonel.planner.Planner;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.stage.QueryPlan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ORDER BY means when it says nothing: a session's choice, in every way to run a plan. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DefaultOrderTest {
  private static final int FILES = 3;
  private static final int WHOLE_MIN = 2;
  private static final int MULTI_STAGE_MIN = 15;

  @TempDir static Path directory;
  private Planner planner;
  private Definition view;

  @BeforeAll
  void open() throws SQLException, IOException {
    Path data = Files.createDirectory(directory.resolve("t"));
    try (Database database = new Database()) {
      for (int file = 0; file < FILES; file++) {
        database.execute(
            "COPY (SELECT i AS id, i % 4 AS g, nullif(i * 7 % 11, 3) AS x,"
                + " CASE WHEN i % 5 > 0 THEN chr((97 + i % 6)::INTEGER) END AS s"
                + " FROM range(24) r(i) WHERE i % "
                + FILES
                + " = "
                + file
                + ") TO '"
                + data.resolve(file + ".parquet")
                + "' (FORMAT parquet)");
      }
    }
    view = Definition.view("t", "CREATE VIEW t AS FROM '" + data + "/*.parquet'");
    planner = Planner.open(List.of(directory));
  }

  @AfterAll
  void close() {
    planner.close();
  }

  @ParameterizedTest
  @CsvSource({
    "DESC,",
    ",nulls_first",
    ",postgres",
    "DESC,sqlite",
    "ASC,nulls_last_on_asc_first_on_desc",
  })
  void answersAsDuckDbWithTheSettings(String order, String nullOrder)
      throws SQLException, IOException {
    SortedMap<String, String> settings = new TreeMap<>();
    try (Database plain = new Database()) {
      plain.execute(view.createSql());
      if (order != null) {
        plain.execute("SET default_order = '" + order + "'");
        settings.put("default_order", set("SET default_order = '" + order + "'"));
      }
      if (nullOrder != null) {
        plain.execute("SET default_null_order = '" + nullOrder + "'");
        settings.put("default_null_order", set("SET null_order = '" + nullOrder + "'"));
      }
      int whole = 0;
      int multiStage = 0;
      List<String> wrong = new ArrayList<>();
      for (String sql : statements()) {
        List<List<String>> expected = plain.rows(sql);
        for (String mode : List.of("auto", "hash")) {
          settings.put("mangonel_join_mode", mode);
          QueryPlan plan = plan(sql, settings);
          whole += plan.fallback() != null ? 1 : 0;
          multiStage += plan.stages().size() > 1 ? 1 : 0;
          List<List<String>> rows = rows(plan);
          if (!rows.equals(expected)) {
            wrong.add(mode + " " + sql + "\n  " + rows + "\n  " + expected);
          }
        }
      }
      assertThat(wrong).isEmpty();
      assertThat(whole).isGreaterThanOrEqualTo(WHOLE_MIN);
      assertThat(multiStage).isGreaterThanOrEqualTo(MULTI_STAGE_MIN);
    }
  }

  @Test
  void oneSessionsOrderIsNotAnothers() throws SQLException, IOException {
    String sql = "SELECT list(x ORDER BY x), list_sort([3, NULL, 1]) FROM t WHERE id < 4";
    SortedMap<String, String> none = new TreeMap<>();
    List<List<String>> ascending = rows(plan(sql, none));
    SortedMap<String, String> descending = new TreeMap<>(Map.of("default_order", "DESC"));
    for (int i = 0; i < 8; i++) {
      // The planning connections take turns.
      assertThat(rows(plan(sql, descending))).isNotEqualTo(ascending);
      assertThat(rows(plan(sql, none))).isEqualTo(ascending);
    }
    PlanResult reset = planner.plan(request("RESET default_order", descending));
    assertThat(reset).isEqualTo(new PlanResult.Set("default_order", null));
  }

  @Test
  void whatIsNoOrderIsRefusedInDuckDbsWords() {
    assertThat(planner.plan(request("SET default_order = 'sideways'", new TreeMap<>())))
        .isInstanceOfSatisfying(
            PlanResult.Rejected.class,
            rejected -> assertThat(rejected.message()).contains("Expected ASC or DESC"));
  }

  private String set(String sql) {
    PlanResult result = planner.plan(request(sql, new TreeMap<>()));
    assertThat(result).isInstanceOf(PlanResult.Set.class);
    return Objects.requireNonNull(((PlanResult.Set) result).value());
  }

  private PlanRequest request(String sql, SortedMap<String, String> settings) {
    return new PlanRequest(sql, settings, List.of(view), "/", 2, 2);
  }

  private QueryPlan plan(String sql, SortedMap<String, String> settings) {
    PlanResult result = planner.plan(request(sql, settings));
    assertThat(result).as(sql).isInstanceOf(PlanResult.Query.class);
    return ((PlanResult.Query) result).plan();
  }

  private static List<List<String>> rows(QueryPlan plan) throws SQLException, IOException {
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

  private static List<String> statements() throws IOException {
    try (InputStream stream =
        DefaultOrderTest.class.getResourceAsStream("/distribute/default_order.sql")) {
      String text =
          new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> !line.startsWith("--"))
          .map(line -> line.replaceFirst(";$", ""))
          .toList();
    }
  }
}

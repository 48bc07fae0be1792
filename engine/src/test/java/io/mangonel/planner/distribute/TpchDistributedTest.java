package io.mangonel.planner.distribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.read.ReadOutcome;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.tpch.TpchGenerator;
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
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The 22 queries, stage by stage, in every join mode: exactly DuckDB's own answers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TpchDistributedTest {
  private static final double SCALE_FACTOR = 0.01;
  private static final int QUERIES = 22;
  private static final int MULTI_STAGE_MIN = 20;

  @TempDir static Path directory;
  private Planning planning;
  private Database executor;

  @BeforeAll
  void load() throws SQLException, IOException {
    Path data = directory.resolve("data");
    TpchGenerator.generate(SCALE_FACTOR, data, 4);
    Map<String, List<Path>> tables = new TreeMap<>();
    for (String table : TpchGenerator.TABLES) {
      try (Stream<Path> files = Files.list(data.resolve(table))) {
        tables.put(
            table, files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList());
      }
    }
    Path big = directory.resolve("lineitem.parquet");
    try (Database database = new Database()) {
      database.execute(
          "COPY (SELECT * FROM read_parquet("
              + Sql.literal(data.resolve("lineitem") + "/*.parquet")
              + ")) TO "
              + Sql.literal(big.toString())
              + " (FORMAT parquet, ROW_GROUP_SIZE 4096)");
    }
    tables.put("lineitem", List.of(big));
    executor = new Database();
    planning = new Planning(tables);
  }

  @AfterAll
  void close() throws SQLException {
    planning.close();
    executor.close();
  }

  @ParameterizedTest
  @CsvSource({
    "AUTO,2",
    "AUTO,3",
    "HASH,2",
    "HASH,3",
    "BROADCAST,2",
    "BROADCAST,3",
  })
  void answersAsDuckDb(JoinMode mode, int slots) throws SQLException, IOException {
    int multiStage = 0;
    List<String> wrong = new ArrayList<>();
    for (int number = 1; number <= QUERIES; number++) {
      String sql = query(number);
      ReadOutcome read = planning.read(sql);
      if (!(read instanceof ReadOutcome.Plan(var relation))) {
        wrong.add(number + ": " + read);
        continue;
      }
      DistributeOutcome outcome =
          QueryDistributor.distribute(Planning.request(relation, planning.tables(), slots, mode));
      if (!(outcome instanceof DistributeOutcome.Stages(QueryPlan plan))) {
        wrong.add(number + ": " + outcome);
        continue;
      }
      multiStage += plan.stages().size() > 1 ? 1 : 0;
      Path files = directory.resolve(mode + "-" + slots + "-" + number);
      Files.createDirectories(files);
      List<List<String>> expected = planning.plain(sql);
      try {
        List<List<String>> rows = new StageRunner(executor, files, slots == 3).run(plan);
        if (!rows.equals(expected)) {
          wrong.add(
              number
                  + ": "
                  + rows.size()
                  + " rows, expected "
                  + expected.size()
                  + "\n"
                  + rows.stream().limit(2).toList()
                  + "\n"
                  + expected.stream().limit(2).toList());
        }
      } catch (SQLException e) {
        wrong.add(number + ": " + e.getMessage());
      }
    }
    assertThat(wrong).isEmpty();
    if (mode == JoinMode.HASH) {
      assertThat(multiStage).isGreaterThanOrEqualTo(MULTI_STAGE_MIN);
    }
  }

  static String query(int number) throws IOException {
    String resource = String.format("/tpch/q%02d.sql", number);
    try (InputStream stream = TpchDistributedTest.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(stream, resource).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

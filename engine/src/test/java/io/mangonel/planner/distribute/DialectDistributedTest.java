package io.mangonel.planner.distribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.read.ReadOutcome;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every operator and most aggregates over columns of awkward types: distributed as plain. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DialectDistributedTest {
  /** Statements that are known not to be distributed, for a reason that a reader can follow. */
  private static final int NOT_DISTRIBUTED_MAX = 8;

  /** {@code odd} in a statement: the facts with columns that Parquet does not keep. */
  private static final String ODD =
      " (SELECT k, g, (g * 3 - 5)::HUGEINT * 100000000000000000000 AS big,"
          + " to_months(g - 2) + to_microseconds(h) AS iv, (g::VARCHAR || '1')::VARCHAR AS text,"
          + " CASE WHEN h > 4 THEN '101' ELSE '0' END::BIT AS bits,"
          + " (['sad', 'ok', 'glad'])[1 + g % 3]::ENUM('sad', 'ok', 'glad') AS mood,"
          + " {'a': g, 'b': [h::HUGEINT, NULL], 'c': MAP {'x': to_days(h)}} AS s,"
          + " ('10:00:0' || g || '+0' || h % 3)::TIMETZ AS tz,"
          + " CASE WHEN g = 1 THEN NULL ELSE union_value(num := h) END AS u FROM facts)";

  @TempDir static Path directory;
  private Planning planning;

  @BeforeAll
  void load() throws SQLException, IOException {
    List<Path> facts = new ArrayList<>();
    Path dims = directory.resolve("dims.parquet");
    Path empties = directory.resolve("empties.parquet");
    try (Database database = new Database()) {
      for (int part = 0; part < 3; part++) {
        Path file = directory.resolve("facts" + part + ".parquet");
        copy(database, facts("range(" + part * 400 + ", " + (part + 1) * 400 + ")"), file);
        facts.add(file);
      }
      copy(
          database, "SELECT range::INTEGER AS id, 'name ' || range AS name FROM range(1, 9)", dims);
      copy(database, "SELECT 1 AS a, 'x' AS b WHERE false", empties);
    }
    planning =
        new Planning(Map.of("facts", facts, "dims", List.of(dims), "empties", List.of(empties)));
  }

  private static String facts(String from) {
    return "SELECT range::INTEGER AS k, (range % 6)::INTEGER AS g, (range * 7 % 11)::INTEGER AS h,"
        + " CASE WHEN range % 13 = 0 THEN NULL ELSE 'v' || range % 37 END AS v,"
        + " (range / 3)::DECIMAL(12,2) AS n, (range * 0.37)::DOUBLE AS f,"
        + " DATE '2020-01-01' + (range % 50)::INTEGER AS d FROM "
        + from;
  }

  private static void copy(Database database, String select, Path file) throws SQLException {
    database.execute("COPY (" + select + ") TO " + Sql.literal(file.toString()));
  }

  @AfterAll
  void close() throws SQLException {
    planning.close();
  }

  @ParameterizedTest
  @CsvSource({"AUTO,3", "HASH,2", "HASH,3", "BROADCAST,2"})
  void answersAsDuckDb(JoinMode mode, int slots) throws SQLException, IOException {
    List<String> wrong = new ArrayList<>();
    List<String> whole = new ArrayList<>();
    int number = 0;
    for (String sql : statements()) {
      ReadOutcome read = planning.read(sql);
      if (!(read instanceof ReadOutcome.Plan(var relation))) {
        whole.add(sql + "\n   " + read);
        continue;
      }
      DistributeOutcome outcome =
          QueryDistributor.distribute(Planning.request(relation, planning.tables(), slots, mode));
      if (!(outcome instanceof DistributeOutcome.Stages(var plan))) {
        whole.add(sql + "\n   " + outcome);
        continue;
      }
      Path files = directory.resolve(mode + "-" + slots + "-" + number++);
      Files.createDirectories(files);
      List<List<String>> expected = planning.plain(sql);
      try {
        List<List<String>> rows = new StageRunner(files, slots == 2).run(plan);
        if (!rows.equals(expected)) {
          wrong.add(sql + "\n   " + rows + "\n   expected " + expected);
        }
      } catch (SQLException e) {
        wrong.add(sql + "\n   " + e.getMessage());
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(whole).hasSizeLessThanOrEqualTo(NOT_DISTRIBUTED_MAX);
  }

  private static List<String> statements() throws IOException {
    String resource = "/distribute/dialect.sql";
    try (InputStream stream =
        Objects.requireNonNull(
            DialectDistributedTest.class.getResourceAsStream(resource), resource)) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .map(String::strip)
          .filter(line -> line.endsWith(";"))
          .map(line -> line.substring(0, line.length() - 1).replace(" odd", ODD))
          .toList();
    }
  }
}

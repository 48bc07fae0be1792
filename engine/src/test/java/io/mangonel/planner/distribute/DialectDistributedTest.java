package io.mangonel.planner.distribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.read.ReadOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
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
  private Database executor;

  @BeforeAll
  void load() throws SQLException, IOException {
    executor = new Database();
    planning = SmallTables.in(directory);
  }

  @AfterAll
  void close() throws SQLException {
    planning.close();
    executor.close();
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
        List<List<String>> rows = new StageRunner(executor, files, slots == 2).run(plan);
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

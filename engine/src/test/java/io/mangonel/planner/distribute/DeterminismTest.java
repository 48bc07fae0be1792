package io.mangonel.planner.distribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.read.ReadOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which statements give the same rows at each attempt. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeterminismTest {
  @TempDir static Path directory;
  private Planning planning;

  @BeforeAll
  void load() throws SQLException, IOException {
    planning = SmallTables.in(directory);
  }

  @AfterAll
  void close() throws SQLException {
    planning.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT k + 1 FROM facts WHERE v LIKE 'v%'",
        "SELECT g, sum(k), avg(n), count(DISTINCT v), min(f), max(f) FROM facts GROUP BY g",
        "SELECT g, list(v ORDER BY v) FROM facts GROUP BY g",
        "SELECT k, rank() OVER (PARTITION BY g ORDER BY h), sum(k) OVER (PARTITION BY g) FROM facts",
        "SELECT g, h FROM facts GROUP BY g, h ORDER BY g, h LIMIT 5",
        "SELECT g FROM facts EXCEPT SELECT h FROM facts",
        "SELECT k FROM facts WHERE g NOT IN (SELECT id FROM dims)",
      })
  void knowsWhatIsTheSame(String sql) throws SQLException {
    assertThat(isDeterministic(sql)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT k + random() FROM facts",
        "SELECT uuid() FROM facts",
        "SELECT k FROM facts WHERE random() < 0.5",
        "SELECT k FROM facts LIMIT 5",
        "SELECT k FROM facts ORDER BY g LIMIT 5",
        "SELECT g, any_value(k) FROM facts GROUP BY g",
        "SELECT g, first(k) FROM facts GROUP BY g",
        "SELECT g, list(k) FROM facts GROUP BY g",
        "SELECT g, list(k ORDER BY h) FROM facts GROUP BY g",
        "SELECT g, string_agg(v, ',') FROM facts GROUP BY g",
        "SELECT g, sum(f) FROM facts GROUP BY g",
        "SELECT g, avg(f) FROM facts GROUP BY g",
        "SELECT stddev(f) FROM facts",
        "SELECT arg_max(k, h) FROM facts",
        "SELECT mode(g) FROM facts",
        "SELECT k, row_number() OVER (PARTITION BY g ORDER BY h) FROM facts",
        "SELECT k, sum(k) OVER (ORDER BY h ROWS UNBOUNDED PRECEDING) FROM facts",
        "SELECT DISTINCT ON (g) g, k FROM facts",
        "SELECT f.k, d.id FROM facts f ASOF JOIN dims d ON f.k >= d.id",
        "SELECT k FROM facts USING SAMPLE 10 ROWS",
      })
  void suspectsTheRest(String sql) throws SQLException {
    assertThat(isDeterministic(sql)).isFalse();
  }

  private boolean isDeterministic(String sql) throws SQLException {
    ReadOutcome read = planning.read(sql);
    assertThat(read).isInstanceOf(ReadOutcome.Plan.class);
    return Determinism.isDeterministic(((ReadOutcome.Plan) read).relation());
  }
}

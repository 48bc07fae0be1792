package io.mangonel.planner.distribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LONG;

import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.read.ReadOutcome;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.stage.StageInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tables that are sorted by a key, or nearly, or not at all: divided by ranges of the key or not,
 * statements answer as plain DuckDB does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ColocationTest {
  private static final int FILES = 6;

  /** Rows of a file as a function of its number, {@code {f}}, and how its row groups are. */
  private static final Map<String, String> TABLES =
      new TreeMap<>(
          Map.ofEntries(
              // Three rows for each key, in order.
              Map.entry(
                  "lines",
                  "SELECT ({f} * 1000 + range // 3)::BIGINT AS k, range % 7 AS v,"
                      + " 'n' || range % 11 AS s FROM range(3000)"),
              // The same keys, in fewer files, with gaps, that overlap at their ends.
              Map.entry(
                  "heads",
                  "SELECT ({f} * 1000 - 40 + range)::BIGINT AS k, range % 5 AS p,"
                      + " DATE '1999-12-01' + ({f} * 50 + range // 20)::INTEGER AS d"
                      + " FROM range(1080) WHERE range % 4 > 0"),
              // In no order.
              Map.entry(
                  "mixed",
                  "SELECT (range * 7919 % 6000)::BIGINT AS k, range AS v"
                      + " FROM range({f} * 500, {f} * 500 + 500)"),
              // NULL keys in the fifth file, and nothing else in the second.
              Map.entry(
                  "holes",
                  "SELECT CASE WHEN {f} = 1 OR ({f} = 4 AND range % 9 = 0) THEN NULL"
                      + " ELSE {f} * 1000 + range END::BIGINT AS k, range AS v FROM range(900)"),
              Map.entry(
                  "negatives",
                  "SELECT ({f} * 100 + range // 4 - 300)::INTEGER AS k, range AS v"
                      + " FROM range(400)"),
              // From the smallest to the largest 64 bit integer.
              Map.entry(
                  "limits",
                  "SELECT CASE WHEN {f} = 0 THEN -9223372036854775807 - 1 + range // 2"
                      + " WHEN {f} = 5 THEN 9223372036854775807 - range // 2"
                      + " ELSE ({f} - 2) * 1000000000000000000 + range END::BIGINT AS k,"
                      + " range AS v FROM range(300)"),
              // Every second file has no rows.
              Map.entry(
                  "sparse",
                  "SELECT ({f} * 500 + range)::BIGINT AS k, range AS v FROM range(500)"
                      + " WHERE {f} % 2 = 0"),
              Map.entry(
                  "days",
                  "SELECT DATE '1999-12-01' + ({f} * 50 + range // 10)::INTEGER AS d,"
                      + " range % 13 AS v FROM range(500)"),
              Map.entry(
                  "smalls",
                  "SELECT ({f} * 20 + range // 9)::UTINYINT AS k, range AS v FROM range(180)"),
              // One key has most rows: ranges would be out of balance.
              Map.entry(
                  "skewed",
                  "SELECT (CASE WHEN {f} < 5 THEN 7 ELSE range + 7 END)::BIGINT AS k, range AS v"
                      + " FROM range(600)")));

  private static final List<String> COLOCATED =
      List.of(
          "SELECT k, count(*), sum(v), min(s) FROM lines GROUP BY k",
          "SELECT lines.k, v, p FROM lines JOIN heads ON lines.k = heads.k WHERE v < 3",
          "SELECT p, count(*), sum(v) FROM lines JOIN heads USING (k) GROUP BY p",
          "SELECT lines.k, p, count(*) FROM heads LEFT JOIN lines ON lines.k = heads.k"
              + " GROUP BY ALL",
          "SELECT a.k, count(*) FROM lines a JOIN lines b ON a.k = b.k AND a.v <> b.v GROUP BY a.k",
          "SELECT count(*) FROM lines a WHERE EXISTS (FROM lines b WHERE b.k = a.k AND b.v <> a.v)"
              + " AND NOT EXISTS (FROM lines c WHERE c.k = a.k AND c.v = 5)",
          "SELECT k, v, row_number() OVER (PARTITION BY k ORDER BY v, s) FROM lines",
          "SELECT DISTINCT k, v FROM lines",
          "SELECT DISTINCT ON (k) k FROM lines",
          "SELECT k, count(*), count(v) FROM holes GROUP BY k",
          "SELECT a.k, count(*) FROM holes a JOIN holes b ON a.k IS NOT DISTINCT FROM b.k"
              + " AND a.v = b.v GROUP BY a.k",
          "SELECT holes.k, sum(holes.v) FROM holes FULL JOIN lines ON lines.k = holes.k"
              + " GROUP BY holes.k",
          "SELECT k, sum(v) FROM negatives GROUP BY k",
          "SELECT k, count(*) FROM limits GROUP BY k",
          "SELECT count(*), min(a.k), max(a.k) FROM limits a JOIN limits b USING (k)",
          "SELECT k, sum(v) FROM sparse GROUP BY k",
          "SELECT d, sum(v) FROM days GROUP BY d",
          "SELECT days.d, count(*), sum(p) FROM days JOIN heads ON days.d = heads.d"
              + " GROUP BY days.d",
          "SELECT k, count(*) FROM smalls GROUP BY k",
          "WITH t AS MATERIALIZED (SELECT k, sum(v) AS s FROM lines GROUP BY k)"
              + " SELECT count(*), sum(a.s) FROM t a JOIN t b ON a.k = b.k",
          // Most of its row groups begin with the key with which the one before ends.
          "SELECT k, sum(v) FROM one GROUP BY k",
          "SELECT k FROM lines JOIN (SELECT k, max(p) AS p FROM heads GROUP BY k) USING (k)"
              + " WHERE v = p");

  /** Some of their tables are divided by ranges, or none. */
  private static final List<String> OTHERS =
      List.of(
          "SELECT lines.k, mixed.v FROM lines JOIN mixed ON lines.k = mixed.k WHERE lines.v = 1",
          "SELECT mixed.k, s, count(*) FROM mixed LEFT JOIN lines ON lines.k = mixed.k"
              + " GROUP BY ALL",
          "SELECT count(*) FROM mixed WHERE k NOT IN (SELECT k FROM holes WHERE k IS NOT NULL)",
          "SELECT count(*) FROM lines WHERE k IN (SELECT k FROM holes)",
          "SELECT count(*) FROM lines WHERE k NOT IN (SELECT k FROM holes)",
          "SELECT a.k, b.v FROM negatives a JOIN lines b ON a.k = b.k",
          "SELECT k, sum(v) FROM skewed GROUP BY k",
          "SELECT k, count(*) FROM skewed JOIN lines USING (k) GROUP BY k",
          "SELECT k, sum(v) FROM lines WHERE k BETWEEN 4000 AND 4500 GROUP BY k",
          "SELECT k, sum(v) FROM lines WHERE k > 100000 GROUP BY k",
          "SELECT sum(v), count(*) FROM holes",
          "SELECT v, count(*) FROM holes GROUP BY v",
          "SELECT k FROM lines UNION SELECT k FROM holes",
          "SELECT k FROM lines INTERSECT SELECT k FROM heads",
          "SELECT x.k, x.n, y.n FROM (SELECT k, count(*) AS n FROM mixed GROUP BY k) x"
              + " JOIN (SELECT k, count(*) AS n FROM lines GROUP BY k) y ON x.k = y.k",
          "SELECT k, v FROM holes WHERE k IS NULL ORDER BY v LIMIT 5");

  @TempDir static Path directory;
  private final Map<String, List<Path>> files = new TreeMap<>();
  private Planning planning;
  private Database executor;

  @BeforeAll
  void load() throws SQLException, IOException {
    executor = new Database();
    for (Map.Entry<String, String> table : TABLES.entrySet()) {
      for (int file = 0; file < FILES; file++) {
        Path path = directory.resolve(table.getKey() + file + ".parquet");
        executor.execute(
            "COPY ("
                + table.getValue().replace("{f}", Integer.toString(file))
                + ") TO "
                + Sql.literal(path.toString())
                + " (FORMAT parquet)");
        files.computeIfAbsent(table.getKey(), _ -> new ArrayList<>()).add(path);
      }
    }
    Path one = directory.resolve("one.parquet");
    executor.execute(
        "COPY (SELECT range // 7 AS k, range % 4 AS v FROM range(40000)) TO "
            + Sql.literal(one.toString())
            + " (FORMAT parquet, ROW_GROUP_SIZE 2048)");
    files.put("one", List.of(one));
    planning = new Planning(files);
  }

  @AfterAll
  void close() throws SQLException {
    planning.close();
    executor.close();
  }

  @ParameterizedTest
  @CsvSource({
    "AUTO,2,true",
    "AUTO,3,false",
    "AUTO,5,true",
    "HASH,2,false",
    "HASH,3,true",
    "HASH,5,false",
    "BROADCAST,2,true",
    "BROADCAST,3,false",
    "BROADCAST,5,true"
  })
  void answersAsDuckDb(JoinMode mode, int tasks, boolean partitionBy)
      throws SQLException, IOException {
    List<String> statements = new ArrayList<>(COLOCATED);
    statements.addAll(OTHERS);
    List<String> wrong = new ArrayList<>();
    for (String sql : statements) {
      Path work = Files.createTempDirectory(directory, "work");
      List<List<String>> rows =
          new StageRunner(executor, work, partitionBy).run(plan(sql, mode, tasks));
      if (!sorted(rows).equals(sorted(planning.plain(sql)))) {
        wrong.add(sql);
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void sortedTablesAreDividedByTheirKeys() throws SQLException {
    List<String> ordinary = new ArrayList<>();
    for (String sql : COLOCATED) {
      if (cuts(plan(sql, JoinMode.AUTO, 2)).isEmpty()) {
        ordinary.add(sql);
      }
    }
    assertThat(ordinary).isEmpty();
  }

  @Test
  void aJoinAndAGroupingByTheKeyNeedNoExchange() throws SQLException {
    String sql =
        "SELECT lines.k, count(*) FROM lines JOIN heads ON lines.k = heads.k GROUP BY lines.k";
    QueryPlan plan = plan(sql, JoinMode.HASH, 3);
    assertThat(plan.stages()).hasSize(2);
    assertThat(cuts(plan)).containsExactlyInAnyOrder("lines.k", "heads.k");
  }

  @Test
  void everyRowIsReadOnce() throws SQLException, IOException {
    for (String table : files.keySet()) {
      String key = table.equals("days") ? "d" : "k";
      String sql = "SELECT " + key + ", count(*) FROM " + table + " GROUP BY ALL";
      for (int tasks = 2; tasks <= 7; tasks++) {
        Path work = Files.createTempDirectory(directory, "work");
        List<List<String>> rows =
            new StageRunner(executor, work, false).run(plan(sql, JoinMode.AUTO, tasks));
        assertThat(sorted(rows)).as(table).isEqualTo(sorted(planning.plain(sql)));
      }
    }
  }

  @Test
  void unsortedAndSkewedTablesAreDividedByBytes() throws SQLException {
    for (String table : List.of("mixed", "skewed")) {
      String sql = "SELECT k, sum(v) FROM " + table + " GROUP BY k";
      assertThat(cuts(plan(sql, JoinMode.AUTO, 3))).as(table).isEmpty();
    }
  }

  @Test
  void aFilterOnTheKeyMovesTheBoundaries() throws SQLException {
    String sql = "SELECT k, sum(v) FROM one WHERE k BETWEEN 1000 AND 4000 GROUP BY k";
    List<Long> boundaries =
        scans(plan(sql, JoinMode.AUTO, 2)).stream()
            .flatMap(scan -> Optional.ofNullable(scan.cut()).stream())
            .map(cut -> Long.valueOf(cut.ranges().boundaries().getFirst()))
            .toList();
    assertThat(boundaries).singleElement(LONG).isBetween(1800L, 3200L);
  }

  private QueryPlan plan(String sql, JoinMode mode, int tasks) throws SQLException {
    ReadOutcome read = planning.read(sql);
    assertThat(read).as(sql).isInstanceOf(ReadOutcome.Plan.class);
    DistributeOutcome outcome =
        QueryDistributor.distribute(
            Planning.request(((ReadOutcome.Plan) read).relation(), planning.tables(), tasks, mode));
    assertThat(outcome).as(sql).isInstanceOf(DistributeOutcome.Stages.class);
    return ((DistributeOutcome.Stages) outcome).plan();
  }

  private static List<StageInput.Scan> scans(QueryPlan plan) {
    return plan.stages().stream()
        .flatMap(stage -> stage.inputs().stream())
        .filter(StageInput.Scan.class::isInstance)
        .map(StageInput.Scan.class::cast)
        .toList();
  }

  private static Set<String> cuts(QueryPlan plan) {
    Set<String> cuts = new HashSet<>();
    for (StageInput.Scan scan : scans(plan)) {
      if (scan.cut() != null) {
        cuts.add(scan.name() + "." + scan.cut().column());
      }
    }
    return cuts;
  }

  private static List<List<String>> sorted(List<List<String>> rows) {
    return rows.stream().sorted(Comparator.comparing(List::toString)).toList();
  }
}

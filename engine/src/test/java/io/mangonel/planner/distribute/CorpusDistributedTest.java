package io.mangonel.planner.distribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.read.ReadOutcome;
import io.mangonel.planner.stage.QueryPlan;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The statements of the dialect corpus over Parquet files of the same rows: distributed, they
 * answer as plain DuckDB does. Columns that Parquet does not keep are in the files as text.
 * Statements that are not distributed are passed over; at least {@link #COMPARED_MIN} are compared.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorpusDistributedTest {
  private static final List<String> FILES =
      List.of(
          "aggregate",
          "cte",
          "function",
          "join",
          "nested",
          "order",
          "select",
          "setop",
          "subquery",
          "table",
          "window");
  private static final int COMPARED_MIN = 250;
  private static final int PARTS = 3;
  private static final MathContext SIGNIFICANT = new MathContext(12);
  private static final Set<String> LOST =
      Set.of(
          "HUGEINT",
          "UHUGEINT",
          "BIGNUM",
          "BIT",
          "INTERVAL",
          "TIME WITH TIME ZONE",
          "TIMESTAMP_S",
          "TIMESTAMP_MS");

  @TempDir static Path directory;
  private Planning planning;
  private Database executor;

  @BeforeAll
  void load() throws SQLException, IOException {
    Map<String, List<Path>> tables = new TreeMap<>();
    List<String> creating = new ArrayList<>(statements("/planner/tables.sql"));
    // A UNION is neither kept by Parquet nor made of text without a guess.
    creating.add("ALTER TABLE nest DROP COLUMN un");
    try (Database database = new Database()) {
      for (String statement : creating) {
        database.execute(statement);
      }
      for (String table :
          database.column("SELECT table_name FROM duckdb_tables() WHERE NOT internal")) {
        List<Path> files = new ArrayList<>();
        for (int part = 0; part < PARTS; part++) {
          Path file = directory.resolve(table + part + ".parquet");
          database.execute(
              "COPY (SELECT "
                  + columns(database, table)
                  + " FROM "
                  + Sql.identifier(table)
                  + " WHERE rowid % "
                  + PARTS
                  + " = "
                  + part
                  + ") TO "
                  + Sql.literal(file.toString())
                  + " (FORMAT parquet)");
          files.add(file);
        }
        tables.put(table, files);
      }
    }
    executor = new Database();
    planning = new Planning(tables, creating);
  }

  private static String columns(Database database, String table) throws SQLException {
    List<String> columns = new ArrayList<>();
    for (List<String> row : database.rows("DESCRIBE " + Sql.identifier(table))) {
      String name = Sql.identifier(row.getFirst());
      String type = row.get(1);
      boolean lost = LOST.contains(type) || type.startsWith("ENUM");
      columns.add(lost ? "CAST(" + name + " AS VARCHAR) AS " + name : name);
    }
    return String.join(", ", columns);
  }

  @AfterAll
  void close() throws SQLException {
    planning.close();
    executor.close();
  }

  @ParameterizedTest
  @EnumSource(JoinMode.class)
  void answersAsDuckDb(JoinMode mode) throws SQLException, IOException {
    List<String> wrong = new ArrayList<>();
    int compared = 0;
    for (String file : FILES) {
      for (String sql : statements("/sql/" + file + ".sql")) {
        if (planning.read(sql) instanceof ReadOutcome.Plan(var relation)
            && QueryDistributor.distribute(Planning.request(relation, planning.tables(), 2, mode))
                instanceof DistributeOutcome.Stages(var plan)) {
          Path files = directory.resolve(mode + "-" + compared++);
          Files.createDirectories(files);
          compare(sql, plan, files, wrong);
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(compared).isGreaterThanOrEqualTo(COMPARED_MIN);
  }

  private void compare(String sql, QueryPlan plan, Path files, List<String> wrong)
      throws IOException {
    boolean fails = false;
    List<List<String>> expected = List.of();
    try {
      expected = planning.plain(asClientsSee(sql, plan));
    } catch (SQLException e) {
      fails = true;
    }
    try {
      List<List<String>> rows = rounded(new StageRunner(executor, files, false).run(plan), plan);
      expected = rounded(expected, plan);
      boolean ordered = sql.startsWith("-- ordered");
      boolean same = ordered ? rows.equals(expected) : sorted(rows).equals(sorted(expected));
      if (fails || !same) {
        wrong.add(sql + "\n   " + rows + "\n   expected " + (fails ? "an error" : expected));
      }
    } catch (SQLException e) {
      if (!fails) {
        wrong.add(sql + "\n   " + e.getMessage());
      }
    }
  }

  /** DOUBLE values without their last bits, which depend on the order of additions. */
  private static List<List<String>> rounded(List<List<String>> rows, QueryPlan plan) {
    List<List<String>> rounded = new ArrayList<>();
    for (List<String> row : rows) {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        boolean number =
            plan.columns().get(i).type().equals("DOUBLE")
                && row.get(i).matches("-?[0-9]+(\\.[0-9]+)?(E-?[0-9]+)?");
        values.add(
            number
                ? new BigDecimal(row.get(i)).round(SIGNIFICANT).stripTrailingZeros().toString()
                : row.get(i));
      }
      rounded.add(values);
    }
    return rounded;
  }

  private static List<List<String>> sorted(List<List<String>> rows) {
    return rows.stream().sorted(Comparator.comparing(List::toString)).toList();
  }

  private static String asClientsSee(String sql, QueryPlan plan) {
    if (plan.columns().stream().allMatch(each -> each.type().equals(each.clientType()))) {
      return sql;
    }
    List<String> names = new ArrayList<>();
    List<String> casts = new ArrayList<>();
    for (QueryPlan.ResultColumn column : plan.columns()) {
      String name = "c" + names.size();
      casts.add("CAST(" + name + " AS " + column.clientType() + ")");
      names.add(name);
    }
    return "SELECT "
        + String.join(", ", casts)
        + " FROM (\n"
        + sql
        + "\n) AS answer("
        + String.join(", ", names)
        + ")";
  }

  private static List<String> statements(String resource) throws IOException {
    try (InputStream stream = CorpusDistributedTest.class.getResourceAsStream(resource)) {
      String text =
          new String(
              Objects.requireNonNull(stream, resource).readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.split(";[ ]*(\n|$)", -1))
          .map(String::strip)
          .filter(statement -> !statement.isEmpty())
          .toList();
    }
  }
}

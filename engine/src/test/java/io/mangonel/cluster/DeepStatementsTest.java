package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.Submission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Statements so deep or long that a stack or a limit ends: an answer or one clear line each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeepStatementsTest {
  @TempDir static Path directory;
  private TestCluster cluster;

  @BeforeAll
  void start() throws IOException, SQLException {
    Path data = Files.createDirectories(directory.resolve("data"));
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement()) {
      statement.execute(
          "COPY (SELECT i AS a FROM range(10) t(i)) TO '%s'".formatted(data.resolve("t.parquet")));
    }
    cluster = new TestCluster(directory.resolve("work"), data, "memory", 1);
    cluster.execute("CREATE VIEW t AS FROM 't.parquet'");
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @ParameterizedTest
  @CsvSource({
    "sum, 100, 4500",
    "sum, 300, 13500",
    "functions, 300, 45",
    "parentheses, 900, 45",
    "cases, 300, 45",
    "subqueries, 300, 45",
    "unions, 500, 22500",
    "constants, 50000, 45"
  })
  void deepStatementsAreAnswered(String kind, int size, long sum) throws IOException {
    assertThat(cluster.rows(statement(kind, size), Map.of()).values())
        .containsExactly(List.of(sum));
  }

  /** Planned only: DuckDB's own optimizer takes seconds for some of them. */
  @ParameterizedTest
  @CsvSource({"sum, 700", "sum, 990", "functions, 980", "cases, 490", "subqueries, 450"})
  void whatDuckDbAcceptsIsPlanned(String kind, int size) {
    assertThat(cluster.queries().submit(request("EXPLAIN " + statement(kind, size))))
        .isInstanceOfSatisfying(
            Answer.Ok.class, ok -> assertThat(ok.value()).isInstanceOf(Submission.Immediate.class));
  }

  @ParameterizedTest
  @CsvSource({
    "sum, 1100",
    "sum, 5000",
    "sum, 20000",
    "functions, 20000",
    "parentheses, 20000",
    "cases, 20000",
    "subqueries, 20000",
    "lists, 20000"
  })
  void whatIsTooDeepIsTheUsersErrorAndNothingEnds(String kind, int size) throws IOException {
    assertThat(cluster.queries().submit(request(statement(kind, size))))
        .isInstanceOfSatisfying(
            Answer.UserFault.class,
            fault -> assertThat(fault.message()).containsAnyOf("depth limit", "too deep"));
    assertThat(cluster.rows("SELECT sum(a)::BIGINT AS s FROM t", Map.of()).values())
        .containsExactly(List.of(45L));
    assertThat(cluster.fatal()).isNull();
  }

  @Test
  void manyListsInOneAnotherGiveNoHugePlan() {
    assertThat(cluster.queries().submit(request("EXPLAIN " + statement("lists", 900))))
        .isInstanceOf(Answer.class);
    assertThat(cluster.fatal()).isNull();
  }

  private io.mangonel.scheduler.query.StatementRequest request(String sql) {
    return cluster.request(sql, Map.of());
  }

  private static String statement(String kind, int size) {
    return switch (kind) {
      case "sum" -> total(IntStream.range(0, size).mapToObj(_ -> "a").collect(joined(" + ")));
      case "functions" -> total("abs(".repeat(size) + "a" + ")".repeat(size));
      case "parentheses" -> total("(".repeat(size) + "a" + ")".repeat(size));
      case "cases" ->
          total("CASE WHEN a < 0 THEN 1 ELSE ".repeat(size) + "a" + " END".repeat(size));
      case "subqueries" ->
          "SELECT sum(a)::BIGINT AS s FROM "
              + "(SELECT * FROM ".repeat(size)
              + "t"
              + ")".repeat(size);
      case "unions" ->
          "SELECT sum(a)::BIGINT AS s FROM ("
              + IntStream.range(0, size)
                  .mapToObj(_ -> "SELECT a FROM t")
                  .collect(joined(" UNION ALL "))
              + ")";
      case "constants" ->
          "SELECT sum(a)::BIGINT AS s FROM t WHERE a IN ("
              + IntStream.range(0, size).mapToObj(String::valueOf).collect(joined(", "))
              + ")";
      case "lists" -> "SELECT " + "[".repeat(size) + "a" + "]".repeat(size) + " AS l FROM t";
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static java.util.stream.Collector<CharSequence, ?, String> joined(String separator) {
    return Collectors.joining(separator);
  }

  private static String total(String expression) {
    return "SELECT sum(" + expression + ")::BIGINT AS s FROM t";
  }
}

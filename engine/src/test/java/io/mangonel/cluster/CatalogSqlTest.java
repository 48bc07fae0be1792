package io.mangonel.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.scheduler.query.Answer;
import io.mangonel.scheduler.query.ResultStream;
import io.mangonel.scheduler.query.Submission;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Schemas, views, macros, settings and questions about them: {@code cluster/catalog.sql}, statement
 * by statement, on a cluster and on a plain DuckDB.
 */
class CatalogSqlTest {
  private static final String ERROR = "an error";

  @TempDir Path directory;

  @Test
  void answersAsDuckDb() throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    List<String> wrong = new ArrayList<>();
    int statements = 0;
    try (TestCluster cluster = new TestCluster(directory, data, "memory", 2);
        Connection plain = DriverManager.getConnection("jdbc:duckdb:")) {
      execute(plain, "ATTACH ':memory:' AS mangonel");
      execute(plain, "USE mangonel");
      execute(plain, "DETACH memory");
      for (String sql : statements()) {
        statements++;
        List<String> expected = answer(plain, sql);
        List<String> answer = answer(cluster, sql);
        if (!same(expected, answer)) {
          wrong.add(sql + "\n   gives " + answer + "\n   and not " + expected);
        }
      }
    }
    assertThat(statements).isGreaterThan(100);
    assertThat(wrong).isEmpty();
  }

  /** Messages may differ. */
  private static boolean same(List<String> expected, List<String> answer) {
    boolean failed = !expected.isEmpty() && expected.getFirst().equals(ERROR);
    return failed ? !answer.isEmpty() && answer.getFirst().equals(ERROR) : answer.equals(expected);
  }

  private static List<String> answer(TestCluster cluster, String sql) throws IOException {
    return switch (cluster.queries().submit(cluster.request(sql, Map.of()))) {
      case Answer.Ok<Submission>(Submission.Immediate _) -> List.of();
      case Answer.Ok<Submission>(Submission.Job job) ->
          switch (cluster.queries().openResult(job.id(), TestCluster.ANSWER_WAIT_MS)) {
            case Answer.Ok<ResultStream>(ResultStream result) -> {
              try (result) {
                yield texts(Rows.of(List.of(), result.arrow()).values());
              }
            }
            case Answer<ResultStream> failed -> List.of(ERROR, failed.toString());
          };
      case Answer<Submission> failed -> List.of(ERROR, failed.toString());
    };
  }

  private static List<String> texts(List<? extends List<?>> rows) {
    return rows.stream()
        .map(row -> String.join("|", row.stream().map(CatalogSqlTest::text).toList()))
        .toList();
  }

  /** A list of Arrow's has quotes around its texts. */
  private static String text(Object value) {
    return String.valueOf(value).replace("\"", "").replace(",", ", ").replace(",  ", ", ");
  }

  private static List<String> answer(Connection plain, String sql) {
    try (Statement statement = plain.createStatement()) {
      List<String> rows = new ArrayList<>();
      if (statement.execute(sql)) {
        try (ResultSet result = statement.getResultSet()) {
          int columns = result.getMetaData().getColumnCount();
          boolean query = !sql.startsWith("CREATE") && !sql.startsWith("DROP");
          while (query && result.next()) {
            List<String> row = new ArrayList<>();
            for (int i = 1; i <= columns; i++) {
              row.add(text(result.getString(i)));
            }
            rows.add(String.join("|", row));
          }
        }
      }
      return rows;
    } catch (SQLException e) {
      return List.of(ERROR, String.valueOf(e.getMessage()));
    }
  }

  private static void execute(Connection plain, String sql) throws SQLException {
    try (Statement statement = plain.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> statements() throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(CatalogSqlTest.class.getResourceAsStream("/cluster/catalog.sql"))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.endsWith(";"))
          .map(line -> line.substring(0, line.length() - 1))
          .toList();
    }
  }
}

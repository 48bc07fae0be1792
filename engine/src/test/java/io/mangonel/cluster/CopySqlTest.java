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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * COPY out, and what it wrote read back: {@code cluster/copy.sql}, statement by statement, on a
 * cluster of two executors and on a plain DuckDB.
 */
class CopySqlTest {
  private static final String ERROR = "an error";

  /** Looks at files themselves, which a cluster's statements may not. */
  private static final String PLAIN_ONLY = ".*\\b(read_text|parquet_metadata|glob)\\(.*";

  private static final Map<String, String> DISTRIBUTED = Map.of("mangonel_join_mode", "hash");

  @TempDir Path directory;

  @Test
  void copiesAsDuckDb() throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    Path plainData = Files.createDirectory(directory.resolve("plain"));
    List<String> wrong = new ArrayList<>();
    int statements = 0;
    try (Connection plain = DriverManager.getConnection("jdbc:duckdb:")) {
      for (Path place : List.of(data, plainData)) {
        Files.createDirectory(place.resolve("out"));
        Files.createDirectory(place.resolve("in"));
        for (int part = 0; part < 4; part++) {
          execute(
              plain,
              "COPY (SELECT i AS id FROM range(%d, %d) t(i)) TO '%s/in/%d.parquet'"
                  .formatted(part * 5000, part * 5000 + 5000, place, part));
        }
      }
      try (TestCluster cluster = new TestCluster(directory, data, "memory", 2)) {
        for (String sql : statements()) {
          statements++;
          List<String> expected = answer(plain, below(plainData, sql));
          List<String> answer =
              sql.matches(PLAIN_ONLY) ? answer(plain, below(data, sql)) : answer(cluster, sql);
          if (!same(expected, answer)) {
            wrong.add(sql + "\n   gives " + answer + "\n   and not " + expected);
          }
        }
        assertThat(cluster.fatal()).isNull();
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(statements).isGreaterThan(50);
    try (Stream<Path> all = Files.walk(data)) {
      assertThat(all.filter(path -> path.toString().contains(".mangonel")))
          .as("nothing hidden is left")
          .isEmpty();
    }
  }

  private static String below(Path directory, String sql) {
    return sql.replaceAll("'(in|out|nowhere)\\b", "'" + directory + "/$1");
  }

  /** Messages may differ. */
  private static boolean same(List<String> expected, List<String> answer) {
    boolean failed = !expected.isEmpty() && expected.getFirst().equals(ERROR);
    return failed ? !answer.isEmpty() && answer.getFirst().equals(ERROR) : answer.equals(expected);
  }

  private static List<String> answer(TestCluster cluster, String sql) throws IOException {
    return switch (cluster.queries().submit(cluster.request(sql, DISTRIBUTED))) {
      case Answer.Ok<Submission>(Submission.Immediate _) -> List.of();
      case Answer.Ok<Submission>(Submission.Job job) ->
          switch (cluster.queries().openResult(job.id(), TestCluster.ANSWER_WAIT_MS)) {
            case Answer.Ok<ResultStream>(ResultStream result) -> {
              try (result) {
                yield Rows.of(List.of(), result.arrow()).values().stream()
                    .map(row -> String.join("|", row.stream().map(String::valueOf).toList()))
                    .toList();
              }
            }
            case Answer<ResultStream> failed -> List.of(ERROR, failed.toString());
          };
      case Answer<Submission> failed -> List.of(ERROR, failed.toString());
    };
  }

  private static List<String> answer(Connection plain, String sql) {
    try (Statement statement = plain.createStatement()) {
      List<String> rows = new ArrayList<>();
      if (!statement.execute(sql)) {
        return sql.startsWith("COPY") ? List.of("" + statement.getUpdateCount()) : rows;
      }
      try (ResultSet result = statement.getResultSet()) {
        int columns = result.getMetaData().getColumnCount();
        while (!sql.startsWith("CREATE") && result.next()) {
          List<String> row = new ArrayList<>();
          for (int i = 1; i <= columns; i++) {
            row.add(String.valueOf(result.getString(i)));
          }
          rows.add(String.join("|", row));
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
        Objects.requireNonNull(CopySqlTest.class.getResourceAsStream("/cluster/copy.sql"))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.endsWith(";"))
          .map(line -> line.substring(0, line.length() - 1))
          .toList();
    }
  }
}

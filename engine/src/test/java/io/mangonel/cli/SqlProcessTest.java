package io.mangonel.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mangonel sql} and the servers as processes. */
class SqlProcessTest {
  private static final Duration MAX = Duration.ofMinutes(2);

  @TempDir Path directory;

  private final List<MangonelProcess> started = new ArrayList<>();

  @AfterEach
  void endAll() {
    started.forEach(MangonelProcess::close);
  }

  @Test
  void withoutAUrlItReadsTheCurrentDirectory() throws Exception {
    Files.writeString(directory.resolve("people.csv"), "name,age\nAda,36\nGrace,\n");
    MangonelProcess sql =
        finished(
            "sql",
            "--format",
            "csv",
            "-c",
            "CREATE VIEW people AS FROM 'people.csv'; SELECT name, age FROM people ORDER BY name");
    assertThat(sql.process().exitValue()).as(sql.errors()).isZero();
    assertThat(sql.output()).isEqualTo("name,age\nAda,36\nGrace,\n");
    assertThat(sql.errors()).isEmpty();
  }

  @Test
  void wrongSqlShowsWhere() throws Exception {
    MangonelProcess sql = finished("sql", "-c", "SELECT 1 FORM t");
    assertThat(sql.process().exitValue()).isEqualTo(1);
    assertThat(sql.output()).isEmpty();
    assertThat(sql.errors())
        .startsWith("error: Parser Error: ")
        .contains("LINE 1: SELECT 1 FORM t")
        .contains("^")
        .doesNotContain("\tat ");
  }

  @Test
  void aMissingFileIsNamed() throws Exception {
    MangonelProcess sql = finished("sql", "-c", "FROM 'nothing/*.parquet'");
    assertThat(sql.process().exitValue()).isEqualTo(1);
    assertThat(sql.errors()).startsWith("error: ").contains("nothing/*.parquet");
  }

  @Test
  void aServerSaysReadyOnceAndGivesWayToNobodyOnItsPorts() throws Exception {
    MangonelProcess server =
        start("standalone", "--port", "0", "--http-port", "0", "--dir", directory + "/one");
    await().atMost(MAX).until(() -> server.output().endsWith("\n"));
    assertThat(server.output())
        .matches("ready flight=grpc://127\\.0\\.0\\.1:\\d+ http=http://127\\.0\\.0\\.1:\\d+\n");
    String url = server.output().replaceAll("(?s).*grpc://(\\S+) .*", "$1");

    MangonelProcess sql = finished("sql", "--url", url, "--format", "json", "-c", "SELECT 42 AS x");
    assertThat(sql.output()).as(sql.errors()).isEqualTo("[{\"x\":42}]\n");
    MangonelProcess jobs = finished("jobs", "list", "--url", url);
    assertThat(jobs.output()).contains("COMPLETED").contains("SELECT 42 AS x");
    MangonelProcess executors = finished("executors", "list", "--url", url);
    assertThat(executors.output().lines().filter(line -> line.contains("alive"))).hasSize(2);

    String port = url.replaceAll(".*:", "");
    MangonelProcess second =
        finished("scheduler", "--state", "memory", "--port", port, "--dir", directory + "/two");
    assertThat(second.process().exitValue()).isEqualTo(1);
    assertThat(second.errors().lines().filter(line -> line.startsWith("error: ")))
        .singleElement()
        .asString()
        .contains(port)
        .contains("in use");

    server.process().destroy();
    assertThat(server.process().waitFor(MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(server.errors()).contains("closed").doesNotContain("ERROR");
  }

  private MangonelProcess finished(String... arguments) throws Exception {
    MangonelProcess process = start(arguments);
    assertThat(process.process().waitFor(MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process;
  }

  private MangonelProcess start(String... arguments) throws Exception {
    Path files = Files.createTempDirectory(directory, "process");
    MangonelProcess process = MangonelProcess.start(directory, files, List.of(arguments));
    started.add(process);
    return process;
  }
}

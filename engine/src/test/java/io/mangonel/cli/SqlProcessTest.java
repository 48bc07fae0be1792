package io.mangonel.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

  @Test
  void aScriptPrintsEachAnswerAndStopsAtTheFirstError() throws Exception {
    Files.writeString(
        directory.resolve("bad.sql"), "SELECT 1 AS a;\nSELECT x;\n\nSELECT 3 AS c;\n");
    MangonelProcess stopped = finished("sql", "--format", "csv", "-f", "bad.sql");
    assertThat(stopped.process().exitValue()).isEqualTo(1);
    assertThat(stopped.output()).isEqualTo("a\n1\n");
    assertThat(stopped.errors()).startsWith("error: bad.sql:2: Binder Error: ").contains("^");

    MangonelProcess went = finished("sql", "--format", "csv", "-f", "bad.sql", "--keep-going");
    assertThat(went.process().exitValue()).isEqualTo(1);
    assertThat(went.output()).isEqualTo("a\n1\nc\n3\n");
    assertThat(went.errors()).startsWith("error: bad.sql:2: Binder Error: ");
  }

  @Test
  void standardInputIsAScriptToo() throws Exception {
    MangonelProcess piped = start("sql", "--format", "ndjson");
    try (Writer in = piped.process().outputWriter()) {
      in.write("SELECT 1 AS a;\n");
      in.flush();
      await().atMost(MAX).until(() -> piped.output().equals("{\"a\":1}\n"));
      in.write("\\format csv\nSELECT 2 AS b; \\frob\nSELECT 3;\n");
    }
    assertThat(piped.process().waitFor(MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(piped.process().exitValue()).as("wrong use").isEqualTo(2);
    assertThat(piped.output()).isEqualTo("{\"a\":1}\nb\n2\n");
    assertThat(piped.errors()).startsWith("error: standard input:3: no command \\frob; there are");
  }

  @Test
  void aReaderThatLeavesEndsItSoonAndInSilence() throws Exception {
    Path files = Files.createTempDirectory(directory, "process");
    Path out = files.resolve("out.txt");
    String sql =
        MangonelProcess.command(
                List.of(),
                "io.mangonel.cli.Main",
                List.of("sql", "--format", "csv", "-c", "FROM range(50000000)"))
            .stream()
            .map(word -> "'" + word + "'")
            .collect(Collectors.joining(" "));
    MangonelProcess head =
        MangonelProcess.startCommand(
            directory, files, List.of("bash", "-c", sql + " | head -2; exit ${PIPESTATUS[0]}"));
    started.add(head);
    assertThat(head.process().waitFor(MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(out)).isEqualTo("range\n0\n");
    assertThat(head.errors()).isEmpty();
    assertThat(head.process().exitValue()).as("as SIGPIPE would have it").isEqualTo(128 + 13);
  }

  /** Ten million numbers alone would fill the heap twice. */
  @Test
  void anAnswerLargerThanTheHeapIsWritten() throws Exception {
    Path files = Files.createTempDirectory(directory, "process");
    MangonelProcess sql =
        MangonelProcess.startCommand(
            directory,
            files,
            MangonelProcess.command(
                List.of("-Xmx40m"),
                "io.mangonel.cli.Main",
                List.of("sql", "--format", "csv", "-c", "FROM range(10000000)")));
    started.add(sql);
    assertThat(sql.process().waitFor(MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(sql.process().exitValue()).as(sql.errors()).isZero();
    try (Stream<String> lines = Files.lines(sql.out())) {
      assertThat(lines.count()).isEqualTo(10_000_001);
    }
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

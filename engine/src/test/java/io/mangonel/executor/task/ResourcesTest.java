package io.mangonel.executor.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.graph.EdgeKind;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StagePlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory, disks and files that are not as they should be, each for real. */
final class ResourcesTest {
  private static final long MEMORY_BYTES = 96L << 20;
  private static final long ROOM_BYTES = 4L << 30;
  private static final long NO_ROOM_BYTES = 4L << 20;

  /** Each holds some 200 MB at once. */
  private static final String SORT =
      "SELECT i AS c0, md5(i::VARCHAR) AS c1 FROM range(3000000) t(i) ORDER BY c1";

  private static final String JOIN =
      "SELECT count(*) AS c0, max(a.m || b.m) AS c1"
          + " FROM (SELECT i, md5(i::VARCHAR) AS m FROM range(2000000) t(i)) a"
          + " JOIN (SELECT i, md5(i::VARCHAR) AS m FROM range(2000000) t(i)) b ON a.m = b.m";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {SORT, JOIN})
  void whatIsLargerThanTheMemoryGoesToDiskAsFarAsThatMay(String sql) throws Exception {
    StagePlan plan = Plans.stage(0, 1, sql, Plans.oneOutput());
    try (var harness = new TaskHarness(directory, MEMORY_BYTES, ROOM_BYTES)) {
      assertThat(harness.succeed(plan, Plans.id("j", 0, 0)).rows()).isPositive();
    }
    try (var harness = new TaskHarness(directory, MEMORY_BYTES, NO_ROOM_BYTES)) {
      assertThat(harness.fail(plan, Plans.id("j", 0, 0)))
          .isInstanceOfSatisfying(
              Failure.ResourceExhausted.class,
              failure -> assertThat(failure.message()).contains("max_temp_directory_size"));
      assertThat(harness.work.shuffle().attemptDirectory(Plans.id("j", 0, 0))).doesNotExist();
      harness.succeed(Plans.result("SELECT 1 AS c0"), Plans.id("j", 1, 0));
    }
  }

  /**
   * With threads of their own for that, one in twenty COPYs that were interrupted never ended:
   * {@link CancelTest} meets it too seldom to be the proof.
   */
  @Test
  void filesAreWrittenByTheThreadsOfTheQuery() throws Exception {
    try (var harness = new TaskHarness(directory, MEMORY_BYTES, ROOM_BYTES);
        var session = harness.engine.connect();
        Statement statement = session.connection().createStatement();
        ResultSet row = statement.executeQuery("SELECT current_setting('async_threads')")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getInt(1)).isZero();
    }
  }

  /** A pipeline that may not be suspended waits for its reads: somebody has to do them. */
  @Test
  void aRecursiveQueryOverAFileEndsOnOneThread() throws Exception {
    try (var harness = new TaskHarness(directory, 1, MEMORY_BYTES, ROOM_BYTES)) {
      String file = harness.data.resolve("tree.parquet").toString();
      try (var session = harness.engine.connect();
          Statement statement = session.connection().createStatement()) {
        statement.execute(
            "COPY (SELECT i AS id, i // 2 AS parent FROM range(1, 64) t(i)) TO '" + file + "'");
      }
      StagePlan plan =
          Plans.result(
              ("WITH RECURSIVE r(id, depth) AS (SELECT 1, 0 UNION ALL"
                      + " SELECT t.id, depth + 1 FROM '%s' t JOIN r ON t.parent = r.id)"
                      + " SELECT count(*) AS c0, max(depth) AS c1 FROM r")
                  .formatted(file));
      var stop = new TaskStop();
      assertThat(harness.start(plan, Plans.id("j", 0, 0), stop).get(60, TimeUnit.SECONDS))
          .isInstanceOf(TaskOutcome.Succeeded.class);
    }
  }

  @Test
  void aFullDiskIsNoBrokenFile() throws Exception {
    try (var disk = SmallDisk.mount(directory.resolve("disk"), 8);
        var harness = new TaskHarness(disk.path(), MEMORY_BYTES, ROOM_BYTES)) {
      StagePlan small = Plans.stage(0, 1, "SELECT 1::BIGINT AS c0, 'x' AS c1", Plans.oneOutput());
      TaskAttemptId producer = Plans.id("j", 0, 0);
      TaskOutput input = harness.succeed(small, producer);
      StagePlan large =
          Plans.stage(
              1,
              1,
              "SELECT i AS c0, md5(i::VARCHAR) AS c1 FROM range(1000000) t(i)",
              Plans.oneOutput());
      assertThat(harness.fail(large, Plans.id("j", 1, 0)))
          .isInstanceOfSatisfying(
              Failure.ResourceExhausted.class,
              failure -> assertThat(failure.message()).contains("No space left on device"));
      // A result is written by Java.
      assertThat(
              harness.fail(
                  Plans.result("SELECT repeat(md5(i::VARCHAR), 4) AS c0 FROM range(200000) t(i)"),
                  Plans.id("j", 2, 0)))
          .isInstanceOfSatisfying(
              Failure.ResourceExhausted.class,
              failure -> assertThat(failure.message()).contains("No space left on device"));
      // What failed left nothing, so there is room again; and a broken file is still one.
      harness.succeed(small, Plans.id("j", 3, 0));
      Path file = harness.work.shuffle().file(input.files().getFirst().path()).orElseThrow();
      Files.write(file, new byte[] {1, 2, 3});
      assertThat(read(harness, producer, input)).isInstanceOf(Failure.FetchFailed.class);
    }
  }

  @Test
  void aFileThatWasCutOrChangedIsNeverRead() throws Exception {
    try (var harness = new TaskHarness(directory, MEMORY_BYTES, ROOM_BYTES)) {
      StagePlan write =
          Plans.stage(
              0, 1, "SELECT i AS c0, 'row ' || i AS c1 FROM range(1000) t(i)", Plans.oneOutput());
      TaskAttemptId producer = Plans.id("j", 0, 0);
      TaskOutput input = harness.succeed(write, producer);
      Path file = harness.work.shuffle().file(input.files().getFirst().path()).orElseThrow();
      byte[] whole = Files.readAllBytes(file);
      for (int position = 0; position < whole.length; position += whole.length / 20) {
        byte[] changed = whole.clone();
        changed[position] ^= 4;
        Files.write(file, changed);
        assertFetchFailed(read(harness, producer, input), producer);
        Files.write(file, java.util.Arrays.copyOf(whole, position));
        assertFetchFailed(read(harness, producer, input), producer);
      }
      Files.write(file, whole);
      assertThat(harness.succeed(reading(), Plans.id("j", 2, 0), of(harness, producer, input)))
          .satisfies(output -> assertThat(output.rows()).isEqualTo(1_000));
    }
  }

  private static void assertFetchFailed(Failure failure, TaskAttemptId producer) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            Failure.FetchFailed.class, fetch -> assertThat(fetch.producer()).isEqualTo(producer));
  }

  private static Failure read(TaskHarness harness, TaskAttemptId producer, TaskOutput input) {
    return harness.fail(reading(), Plans.id("j", 1, 0), of(harness, producer, input));
  }

  private static StagePlan reading() {
    return Plans.stage(
        1,
        1,
        "SELECT c0, c1 FROM input",
        new StageOutput.Result(),
        Plans.exchange(0, EdgeKind.ALL, 1));
  }

  private static InputLocation of(TaskHarness harness, TaskAttemptId producer, TaskOutput input) {
    return new InputLocation(producer, harness.work.executor(), input.files());
  }

  @Test
  void anInstanceThatFailedFatallyIsReplaced() throws Exception {
    try (var harness = new TaskHarness(directory, MEMORY_BYTES, ROOM_BYTES)) {
      Path poison = poison(harness.data);
      Failure failure =
          harness.fail(Plans.result("FROM read_parquet('" + poison + "')"), Plans.id("j", 0, 0));
      assertThat(failure).isInstanceOf(Failure.Io.class);
      assertThat(failure.message()).startsWith("INTERNAL Error");
      // Nobody else is told "database has been invalidated".
      harness.succeed(Plans.result("SELECT 1 AS c0"), Plans.id("j", 1, 0));
    }
  }

  /**
   * A Parquet file with one bit too many in its footer, at which DuckDB fails internally; after
   * that its instance refuses everything.
   */
  private static Path poison(Path data) throws Exception {
    Path file = data.resolve("poison.parquet");
    execute("COPY (SELECT range AS c0 FROM range(100000)) TO '" + file + "' (FORMAT parquet)");
    byte[] good = Files.readAllBytes(file);
    for (int position = good.length - 9; position > good.length - 600; position--) {
      byte[] bad = good.clone();
      bad[position] |= 1; // In a zig-zag number: negative.
      Files.write(file, bad);
      if (execute("FROM read_parquet('" + file + "')").startsWith("INTERNAL Error")) {
        return file;
      }
    }
    throw new AssertionError("this DuckDB no longer fails at such a file: find another poison");
  }

  /** The message of the error, or nothing. */
  private static String execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      try {
        statement.execute(sql);
        return "";
      } catch (SQLException error) {
        return String.valueOf(error.getMessage());
      }
    }
  }
}

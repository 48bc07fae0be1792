package io.mangonel.executor.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.EdgeKind;
import io.mangonel.core.task.Failure;
import io.mangonel.core.task.InputLocation;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.executor.work.WorkDirectory;
import io.mangonel.planner.stage.QueryPlan;
import io.mangonel.planner.stage.StageInput;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StagePlan;
import io.mangonel.shuffle.Checksums;
import io.mangonel.shuffle.FetchCache;
import io.mangonel.shuffle.ShuffleReader;
import io.mangonel.wire.Channels;
import io.mangonel.wire.executor.ExecutorClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks on a real DuckDB, over real files, without any network. */
final class TaskRunnerTest {
  private static final int ROWS = 20_000;
  private static final String ENDLESS =
      "SELECT count(*) AS c0 FROM range(1000000000) a, range(1000) b"
          + " WHERE (a.range + b.range) % 7 = 3";

  @TempDir Path directory;

  private final BufferAllocator allocator = new RootAllocator();
  private final Channels channels = new Channels();
  private Path data;
  private WorkDirectory work;
  private DuckDbEngine engine;
  private TaskRunner runner;

  @BeforeEach
  void open() throws IOException, SQLException {
    data = Files.createDirectories(directory.resolve("data")).toRealPath();
    work = WorkDirectory.open(directory.resolve("work"));
    engine = engine(256L << 20);
    runner = runner(engine, 60_000);
  }

  private DuckDbEngine engine(long memoryBytes) throws SQLException {
    return DuckDbEngine.open(
        new DuckDbEngine.Config(
            2,
            memoryBytes,
            work.spill(),
            64L << 20,
            List.of(data, work.shuffle().root(), work.inputs(), work.spill())));
  }

  private TaskRunner runner(DuckDbEngine engine, long timeoutMs) throws IOException {
    Limits limits = new Limits(timeoutMs, 5, 64 << 10, 1_000);
    ExecutorClient client = new ExecutorClient(channels);
    FetchCache cache = new FetchCache(work.fetched(), 1L << 20, client);
    ShuffleReader reader =
        new ShuffleReader(
            work.executor(), work.shuffle(), cache, client, () -> 0, new Checksums(), true);
    return new TaskRunner(engine, work, reader, allocator, List.of(), limits);
  }

  @AfterEach
  void close() throws IOException, SQLException {
    channels.close();
    engine.close();
    allocator.close();
    work.close();
  }

  @Test
  void aSmallResultIsInline() throws IOException {
    TaskOutput output = succeed(Plans.result("SELECT 42::BIGINT AS c0, 'x' AS c1"));
    assertThat(output.files()).isEmpty();
    assertThat(output.rows()).isEqualTo(1);
    assertThat(rows(output)).containsExactly("42|x");
    assertThat(work.shuffle().attemptDirectory(Plans.id("j", 0, 0))).doesNotExist();
  }

  @Test
  void anEmptyResultKeepsItsColumns() throws IOException {
    TaskOutput output = succeed(Plans.result("SELECT 1::BIGINT AS c0, 'x' AS c1 WHERE false"));
    assertThat(output.rows()).isZero();
    try (ArrowStreamReader reader = open(output)) {
      assertThat(reader.getVectorSchemaRoot().getSchema().getFields())
          .extracting(field -> field.getName() + " " + field.getType())
          .containsExactly("c0 Int(64, true)", "c1 Utf8");
      assertThat(reader.loadNextBatch()).isFalse();
    }
  }

  @Test
  void aLargeResultIsAFileInTheOrderOfTheStatement() throws IOException {
    TaskOutput output =
        succeed(
            Plans.result(
                "SELECT range AS c0, repeat('x', 20) AS c1 FROM range(100000) ORDER BY c0 DESC"));
    assertThat(output.inline()).isEqualTo(Bytes.EMPTY);
    assertThat(output.files()).hasSize(1);
    assertThat(output.bytes()).isGreaterThan(64 << 10);
    assertThat(output.files().getFirst().bytes()).isEqualTo(output.bytes());
    List<String> rows = rows(output);
    assertThat(rows).hasSize(100_000).startsWith("99999|" + "x".repeat(20));
    assertThat(rows.getLast()).isEqualTo("0|" + "x".repeat(20));
  }

  @Test
  void fewPartitionsShareAFileThatReadersFilter() throws Exception {
    everyRowArrivesOnceBy(
        3,
        output -> {
          assertThat(output.files()).hasSize(1);
          assertThat(output.files().getFirst().partition()).isEqualTo(OutputFile.ALL_PARTITIONS);
        });
  }

  @Test
  void manyPartitionsHaveAFileEach() throws Exception {
    everyRowArrivesOnceBy(
        9,
        output -> {
          assertThat(output.files())
              .extracting(OutputFile::partition)
              .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
        });
  }

  private void everyRowArrivesOnceBy(int partitions, Consumer<TaskOutput> check) throws Exception {
    Path file = writeData("a.parquet");
    StagePlan write =
        Plans.stage(0, 1, "SELECT * FROM input", Plans.hashOutput(partitions), Plans.scan(file, 1));
    TaskOutput output = succeed(write);
    check.accept(output);
    assertThat(output.rows()).isEqualTo(ROWS);
    assertThat(output.files().stream().mapToLong(OutputFile::rows).sum()).isEqualTo(ROWS);
    StagePlan read =
        Plans.stage(
            1,
            partitions,
            "SELECT count(*) AS c0, min(c0)::VARCHAR AS c1 FROM input",
            new StageOutput.Result(),
            Plans.exchange(0, EdgeKind.HASH, partitions));
    long total = 0;
    for (int task = 0; task < partitions; task++) {
      int partition = task;
      List<OutputFile> mine =
          output.files().stream()
              .filter(one -> one.partition() == partition || one.partition() < 0)
              .toList();
      InputLocation input = new InputLocation(Plans.id("j", 0, 0), work.executor(), mine);
      TaskOutput counted = succeed(read, Plans.id("j", 1, task), input);
      long count = Long.parseLong(rows(counted).getFirst().split("\\|", -1)[0]);
      assertThat(count).isPositive();
      total += count;
    }
    assertThat(total).isEqualTo(ROWS);
  }

  @Test
  void noRowsGiveNoFilesAndReadersAnEmptyRelation() throws Exception {
    for (int partitions : new int[] {1, 3, 9}) {
      StagePlan write =
          Plans.stage(
              0, 1, "SELECT 1::BIGINT AS c0, 'x' AS c1 WHERE false", Plans.hashOutput(partitions));
      TaskOutput output = succeed(write);
      assertThat(output).isEqualTo(new TaskOutput(List.of(), Bytes.EMPTY, 0, 0));
      assertThat(work.shuffle().attemptDirectory(Plans.id("j", 0, 0))).doesNotExist();
    }
    StagePlan read =
        Plans.result(
            "SELECT count(*) AS c0, typeof(max(c1)) AS c1 FROM input",
            Plans.exchange(0, EdgeKind.ALL, 1));
    assertThat(rows(succeed(read))).containsExactly("0|VARCHAR");
  }

  @Test
  void anInputThatChangedIsNamed() throws Exception {
    Path file = writeData("a.parquet");
    StagePlan plan = Plans.result("SELECT count(*) AS c0 FROM input", Plans.scan(file, 1));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    assertThat(fail(plan))
        .isEqualTo(
            new Failure.InputChanged(
                file.toString(), "input file " + file + " was modified while the statement ran"));
    Files.write(file, new byte[] {1});
    assertThat(fail(plan).message()).contains("1 bytes instead of");
    Files.delete(file);
    assertThat(fail(plan).message()).isEqualTo("input file " + file + " is gone");
  }

  @Test
  void aFileThatAStatementReadsItselfIsComparedToo() throws Exception {
    Path file = writeData("a.parquet");
    var files = new StageInput.Files(((StageInput.Scan) Plans.scan(file, 1)).files());
    StagePlan plan = Plans.result("SELECT count(*) AS c0 FROM '" + file + "'", files);
    succeed(plan);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    assertThat(fail(plan)).isInstanceOf(Failure.InputChanged.class);
  }

  @Test
  void anInputThatChangesWhileItIsReadIsNoticed() throws Exception {
    Path file = writeData("a.parquet");
    StagePlan plan =
        Plans.result(
            "SELECT count(*) AS c0 FROM input, range(2000000) AS r WHERE (c0 + range) % 7 = 3",
            Plans.scan(file, 1));
    TaskStop stop = new TaskStop();
    CompletableFuture<TaskOutcome> running = start(plan, stop);
    await().until(stop::isRunning);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    stop.stop(new Failure.Killed("enough"));
    running.get(20, TimeUnit.SECONDS);
    assertThat(PinnedInputs.of(plan, 0).changed()).isPresent();
  }

  @Test
  void mistakesInTheStatementAreTheUsersAndKeepDuckDbsWords() throws Exception {
    Path file = writeData("a.parquet");
    assertThat(fail(Plans.result("SELECT nope FROM input", Plans.scan(file, 1))))
        .isInstanceOf(Failure.UserError.class)
        .extracting(Failure::message)
        .asString()
        .startsWith("Binder Error: Referenced column \"nope\" not found");
    assertThat(fail(Plans.result("SELECT 'x'::INTEGER")))
        .isInstanceOf(Failure.UserError.class)
        .extracting(Failure::message)
        .asString()
        .startsWith("Conversion Error: Could not convert string 'x' to INT32");
    assertThat(fail(Plans.result("FROM read_parquet('" + data + "/none.parquet')")).message())
        .contains("No files found", "none.parquet");
    Files.writeString(data.resolve("broken.parquet"), "no parquet at all");
    assertThat(fail(Plans.result("FROM read_parquet('" + data + "/broken.parquet')")))
        .isInstanceOf(Failure.UserError.class)
        .extracting(Failure::message)
        .asString()
        .contains("broken.parquet");
  }

  @Test
  void filesOutsideTheDataDirectoriesAreOutOfReach() {
    assertThat(fail(Plans.result("FROM read_text('/etc/hostname')")))
        .isInstanceOf(Failure.UserError.class)
        .extracting(Failure::message)
        .asString()
        .contains("/etc/hostname", "--data-dirs");
    assertThat(fail(Plans.result("SELECT 1 FROM (SELECT 1) ORDER BY set_config('threads','9')")))
        .isInstanceOf(Failure.UserError.class);
    StagePlan prelude =
        new StagePlan(
            0,
            1,
            List.of("SET threads = 9"),
            "SELECT 1",
            List.of(),
            new StageOutput.Result(),
            true,
            1);
    assertThat(fail(prelude).message()).contains("configuration has been locked");
  }

  @Test
  void thePreludeHoldsForItsTaskOnly() throws IOException {
    StagePlan zoned =
        new StagePlan(
            0,
            1,
            List.of("SET TimeZone = 'Asia/Tokyo'", "CREATE TEMP VIEW v AS SELECT 7::BIGINT AS c0"),
            "SELECT c0, current_setting('TimeZone') AS c1 FROM v",
            List.of(),
            new StageOutput.Result(),
            true,
            1);
    assertThat(rows(succeed(zoned))).containsExactly("7|Asia/Tokyo");
    assertThat(
            rows(
                succeed(Plans.result("SELECT 1::BIGINT AS c0, current_setting('TimeZone') AS c1"))))
        .noneMatch(row -> row.contains("Tokyo"));
    assertThat(fail(Plans.result("FROM v"))).isInstanceOf(Failure.UserError.class);
  }

  @Test
  void brokenAndMissingShuffleFilesBlameTheirProducer() throws Exception {
    StagePlan write = Plans.stage(0, 1, "SELECT 1::BIGINT AS c0, 'x' AS c1", Plans.oneOutput());
    TaskOutput output = succeed(write);
    TaskAttemptId producer = Plans.id("j", 0, 0);
    InputLocation input = new InputLocation(producer, work.executor(), output.files());
    StagePlan read = Plans.result("SELECT * FROM input", Plans.exchange(0, EdgeKind.ALL, 1));
    Path file = work.shuffle().file(output.files().getFirst().path()).orElseThrow();
    Files.write(file, new byte[100]);
    TaskAttemptId reader = Plans.id("j", 1, 0);
    assertThat(fail(read, reader, input))
        .isInstanceOfSatisfying(
            Failure.FetchFailed.class,
            failure -> assertThat(failure.producer()).isEqualTo(producer));
    Files.delete(file);
    assertThat(fail(read, reader, input))
        .isInstanceOfSatisfying(
            Failure.FetchFailed.class,
            failure -> {
              assertThat(failure.producer()).isEqualTo(producer);
              assertThat(failure.message()).contains("is gone");
            });
  }

  @Test
  void whatATaskSpillsIsMeasuredForWhoAsks() throws Exception {
    engine.close();
    engine = engine(96L << 20); // With 64 MiB two threads now and then pin all there is.
    runner = runner(engine, 60_000);
    String sorted = "SELECT range AS c0, md5(range::VARCHAR) AS c1 FROM range(900000) ORDER BY c1";
    for (StageOutput output : List.of(Plans.oneOutput(), Plans.hashOutput(9))) {
      StagePlan plan = Plans.stage(0, 1, sorted, output);
      StagePlan measured =
          new QueryPlan(List.of(plan), List.of(), null, true).analyzed().stages().get(0);
      assertThat(succeed(measured).spilledBytes()).as("%s", output).isBetween(1L << 20, 64L << 20);
      assertThat(succeed(plan).spilledBytes()).isZero();
    }
  }

  @Test
  void memoryThatRunsOutIsAResource() throws Exception {
    engine.close();
    engine = engine(64L << 20);
    runner = runner(engine, 60_000);
    Failure failure =
        fail(
            Plans.result(
                "SELECT list(range) AS c0, list(range::VARCHAR) AS c1 FROM range(20000000)"));
    assertThat(failure).isInstanceOf(Failure.ResourceExhausted.class);
    assertThat(failure.message()).startsWith("Out of Memory Error");
    assertThat(succeed(Plans.result("SELECT 1::BIGINT AS c0")).rows()).isEqualTo(1);
  }

  @Test
  void aTaskIsStoppedWhereverItIs() throws Exception {
    StagePlan endless = Plans.result(ENDLESS);
    TaskStop stop = new TaskStop();
    CompletableFuture<TaskOutcome> running = start(endless, stop);
    stop.stop(new Failure.Killed("interrupted on request"));
    assertThat(running.get(20, TimeUnit.SECONDS))
        .isEqualTo(new TaskOutcome.Failed(new Failure.Killed("interrupted on request")));
    assertThat(work.inputs()).isEmptyDirectory();
  }

  @Test
  void aTaskEndsAtItsTimeLimit() throws Exception {
    runner = runner(engine, 1_000);
    Failure failure = fail(Plans.result(ENDLESS));
    assertThat(failure).isEqualTo(new Failure.UserError("a task ran longer than 1 seconds"));
  }

  @Test
  void aFailedTaskLeavesNoFiles() {
    StagePlan write =
        Plans.stage(
            0,
            1,
            "SELECT range AS c0, CASE WHEN range = 400000 THEN error('late') ELSE 'x' END AS c1"
                + " FROM range(500000)",
            Plans.hashOutput(9));
    assertThat(fail(write).message()).contains("late");
    assertThat(work.shuffle().attemptDirectory(Plans.id("j", 0, 0))).doesNotExist();
  }

  @Test
  void aWorkDirectoryBelongsToOneExecutor() throws IOException {
    assertThatThrownBy(() -> WorkDirectory.open(directory.resolve("work")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("belongs to an executor that is running");
    Files.writeString(directory.resolve("file"), "in the way");
    assertThatThrownBy(() -> WorkDirectory.open(directory.resolve("file")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot make the work directory");
    String before = work.executor().value();
    Files.createDirectories(work.spill().resolve("duckdb_temp"));
    Files.writeString(work.inputs().resolve("left"), "by a killed process");
    work.close();
    work = WorkDirectory.open(directory.resolve("work"));
    assertThat(work.executor().value()).isEqualTo(before);
    assertThat(work.spill()).isEmptyDirectory();
    assertThat(work.inputs()).isEmptyDirectory();
  }

  private Path writeData(String name) throws SQLException {
    Path file = data.resolve(name);
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "COPY (SELECT range AS c0, 'row ' || range AS c1 FROM range("
              + ROWS
              + ")) TO '"
              + file
              + "' (FORMAT parquet)");
    }
    return file;
  }

  private CompletableFuture<TaskOutcome> start(StagePlan plan, TaskStop stop) {
    CompletableFuture<TaskOutcome> outcome = new CompletableFuture<>();
    TaskLaunch launch = Plans.launch(Plans.id("j", 0, 0));
    Thread.ofPlatform()
        .start(() -> outcome.complete(runner.run(launch, new TaskWork(plan, Map.of()), stop)));
    return outcome;
  }

  private TaskOutcome run(StagePlan plan, TaskAttemptId id, InputLocation... inputs) {
    return runner.run(Plans.launch(id, inputs), new TaskWork(plan, Map.of()), new TaskStop());
  }

  private TaskOutput succeed(StagePlan plan) {
    return succeed(plan, Plans.id("j", 0, 0));
  }

  private TaskOutput succeed(StagePlan plan, TaskAttemptId id, InputLocation... inputs) {
    TaskOutcome outcome = run(plan, id, inputs);
    assertThat(outcome).isInstanceOf(TaskOutcome.Succeeded.class);
    return ((TaskOutcome.Succeeded) outcome).output();
  }

  private Failure fail(StagePlan plan) {
    return fail(plan, Plans.id("j", 0, 0));
  }

  private Failure fail(StagePlan plan, TaskAttemptId id, InputLocation... inputs) {
    TaskOutcome outcome = run(plan, id, inputs);
    assertThat(outcome).isInstanceOf(TaskOutcome.Failed.class);
    return ((TaskOutcome.Failed) outcome).failure();
  }

  private ArrowStreamReader open(TaskOutput output) throws IOException {
    InputStream stream =
        output.files().isEmpty()
            ? new ByteArrayInputStream(output.inline().toByteArray())
            : Files.newInputStream(
                work.shuffle().file(output.files().getFirst().path()).orElseThrow());
    return new ArrowStreamReader(stream, allocator);
  }

  private List<String> rows(TaskOutput output) throws IOException {
    List<String> rows = new ArrayList<>();
    try (ArrowStreamReader reader = open(output)) {
      while (reader.loadNextBatch()) {
        for (int row = 0; row < reader.getVectorSchemaRoot().getRowCount(); row++) {
          List<String> values = new ArrayList<>();
          for (FieldVector vector : reader.getVectorSchemaRoot().getFieldVectors()) {
            values.add(String.valueOf(vector.getObject(row)));
          }
          rows.add(String.join("|", values));
        }
      }
    }
    return rows;
  }
}

package io.mangonel.executor.task;

import io.mangonel.core.Bytes;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.executor.write.Staging;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.stage.StageOutput;
import io.mangonel.planner.stage.StageOutput.Partitioning;
import io.mangonel.planner.stage.TaskSql;
import io.mangonel.shuffle.Checksums;
import io.mangonel.shuffle.ShuffleDirectory;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;

/** Turns a task's rows into what it publishes: partition files, or the statement's result. */
final class OutputWriter {
  private static final String RESULT_FILE = "result.arrows";
  private static final String SHUFFLE_FILE = "data.parquet";

  private final ShuffleDirectory shuffle;
  private final BufferAllocator allocator;
  private final Limits limits;

  OutputWriter(ShuffleDirectory shuffle, BufferAllocator allocator, Limits limits) {
    this.shuffle = shuffle;
    this.allocator = allocator;
    this.limits = limits;
  }

  /**
   * Rows for other stages.
   *
   * @param keepOrder whether the order of {@code select} is kept in the file
   */
  record ShuffleRows(StageOutput.Shuffle output, String select, boolean keepOrder) {}

  /**
   * Runs the SELECT and keeps its answer as an Arrow IPC stream: inline when it is small, else in a
   * file. DuckDB holds the rows meanwhile, and spills them: its streaming results lose the message
   * of an error and cannot be cancelled.
   */
  TaskOutput writeResult(
      DuckDBConnection connection, TaskAttemptId id, String select, TaskStop stop)
      throws SQLException, IOException {
    Path file = shuffle.attemptDirectory(id).resolve(RESULT_FILE);
    try (Statement statement = statement(connection, stop);
        DuckDBResultSet rows = (DuckDBResultSet) statement.executeQuery(select);
        BufferAllocator child = allocator.newChildAllocator("result", 0, Long.MAX_VALUE);
        ArrowReader reader = (ArrowReader) rows.arrowExportStream(child, limits.batchRows());
        ResultOutput output = new ResultOutput(file, limits.inlineBytesMax())) {
      long count = copy(reader, output, stop);
      List<OutputFile> files =
          output.isInFile()
              ? List.of(
                  new OutputFile(
                      0, shuffle.relative(file), count, output.bytes(), output.checksum()))
              : List.of();
      long spilled = SpillMeasure.bytes(connection);
      return new TaskOutput(files, output.inline(), count, output.bytes(), spilled);
    } finally {
      stop.runs(null);
    }
  }

  private static long copy(ArrowReader reader, ResultOutput output, TaskStop stop)
      throws IOException {
    VectorSchemaRoot batch = reader.getVectorSchemaRoot();
    long count = 0;
    try (ArrowStreamWriter writer =
        new ArrowStreamWriter(batch, reader, Channels.newChannel(output))) {
      writer.start();
      while (stop.reason().isEmpty() && reader.loadNextBatch()) {
        writer.writeBatch();
        count += batch.getRowCount();
      }
      writer.end();
    }
    return count;
  }

  /**
   * Writes what the statement writes, into the attempt's hidden directory, and to the disk.
   *
   * @param keepOrder whether rows are in the files as the SELECT gives them
   */
  TaskOutput writeFiles(
      DuckDBConnection connection,
      StageOutput.Write output,
      String select,
      Path directory,
      boolean keepOrder,
      TaskStop stop)
      throws SQLException, IOException {
    boolean divided = !output.partitionBy().isEmpty();
    Path target = directory.resolve(divided ? "by" : "rows");
    String copy = TaskSql.copyWritten(output, select, target.toString(), keepOrder);
    List<Path> written = new ArrayList<>();
    long count = 0;
    long spilled;
    try (Statement statement = statement(connection, stop);
        ResultSet answer = statement.executeQuery(copy)) {
      if (answer.next()) {
        count = answer.getLong(1);
        for (Object path : (Object[]) answer.getArray(2).getArray()) {
          written.add(Path.of(path.toString()));
        }
      }
      spilled = SpillMeasure.bytes(connection);
    } finally {
      stop.runs(null);
    }
    Staging.force(directory);
    List<OutputFile> files = new ArrayList<>();
    long bytes = 0;
    for (Path path : written.stream().sorted().toList()) {
      long size = Files.size(path);
      long rows = files.isEmpty() ? count : 0; // DuckDB tells their sum.
      files.add(
          new OutputFile(
              OutputFile.ALL_PARTITIONS, path.toString(), rows, size, OutputFile.NO_CHECKSUM));
      bytes += size;
    }
    return new TaskOutput(files, Bytes.EMPTY, count, bytes, spilled);
  }

  /** Writes partition files into the attempt's own directory. A result without rows has no file. */
  TaskOutput writeShuffle(
      DuckDBConnection connection, TaskAttemptId id, ShuffleRows rows, TaskStop stop)
      throws SQLException, IOException {
    Path directory = shuffle.createAttempt(id);
    return switch (rows.output().partitioning()) {
      case Partitioning.None _ ->
          writeOne(connection, directory, rows, OutputFile.ALL_PARTITIONS, stop);
      case Partitioning.ByExpression one when one.partitions() == 1 ->
          writeOne(connection, directory, rows, 0, stop);
      case Partitioning.ByExpression few when few.partitions() <= limits.partitionsInOneFileMax() ->
          writeOne(connection, directory, rows, OutputFile.ALL_PARTITIONS, stop);
      case Partitioning.ByExpression many ->
          writePartitions(connection, directory, rows, many, stop);
    };
  }

  private TaskOutput writeOne(
      DuckDBConnection connection, Path directory, ShuffleRows rows, int partition, TaskStop stop)
      throws SQLException, IOException {
    Path file = directory.resolve(SHUFFLE_FILE);
    String copy =
        TaskSql.copyToFile(rows.output(), rows.select(), file.toString(), rows.keepOrder());
    long count = 0;
    long spilled;
    try (Statement statement = statement(connection, stop);
        ResultSet answer = statement.executeQuery(copy)) {
      if (answer.next()) {
        count = answer.getLong(1);
      }
      spilled = SpillMeasure.bytes(connection);
    } finally {
      stop.runs(null);
    }
    if (count == 0) {
      ShuffleDirectory.delete(directory);
      return new TaskOutput(List.of(), Bytes.EMPTY, 0, 0, spilled);
    }
    long bytes = Files.size(file);
    var output =
        new OutputFile(partition, shuffle.relative(file), count, bytes, Checksums.of(file));
    return new TaskOutput(List.of(output), Bytes.EMPTY, count, bytes, spilled);
  }

  private TaskOutput writePartitions(
      DuckDBConnection connection,
      Path directory,
      ShuffleRows rows,
      Partitioning.ByExpression partitioning,
      TaskStop stop)
      throws SQLException, IOException {
    String copy =
        TaskSql.copyPartitioned(rows.output(), partitioning, rows.select(), directory.toString());
    List<String> written = new ArrayList<>();
    long spilled;
    try (Statement statement = statement(connection, stop);
        ResultSet answer = statement.executeQuery(copy)) {
      if (answer.next() && answer.getLong(1) > 0) {
        for (Object path : (Object[]) answer.getArray(2).getArray()) {
          written.add(path.toString());
        }
      }
      spilled = SpillMeasure.bytes(connection);
    } finally {
      stop.runs(null);
    }
    if (written.isEmpty()) {
      ShuffleDirectory.delete(directory);
      return new TaskOutput(List.of(), Bytes.EMPTY, 0, 0, spilled);
    }
    List<OutputFile> files = describe(connection, written, stop);
    long count = files.stream().mapToLong(OutputFile::rows).sum();
    long bytes = files.stream().mapToLong(OutputFile::bytes).sum();
    return new TaskOutput(files, Bytes.EMPTY, count, bytes, spilled);
  }

  private List<OutputFile> describe(
      DuckDBConnection connection, List<String> written, TaskStop stop)
      throws SQLException, IOException {
    String paths = written.stream().map(Sql::literal).collect(Collectors.joining(", ", "[", "]"));
    List<OutputFile> files = new ArrayList<>();
    try (Statement statement = statement(connection, stop);
        ResultSet footers =
            statement.executeQuery(
                "SELECT file_name, num_rows FROM parquet_file_metadata(" + paths + ")")) {
      while (footers.next()) {
        Path path = Path.of(footers.getString(1));
        files.add(
            new OutputFile(
                partition(path),
                shuffle.relative(path),
                footers.getLong(2),
                Files.size(path),
                Checksums.of(path)));
      }
    } finally {
      stop.runs(null);
    }
    files.sort(Comparator.comparingInt(OutputFile::partition).thenComparing(OutputFile::path));
    return files;
  }

  private static int partition(Path file) {
    String directory = String.valueOf(file.getName(file.getNameCount() - 2));
    return Integer.parseInt(directory.substring(TaskSql.PARTITION_PREFIX.length()));
  }

  private Statement statement(DuckDBConnection connection, TaskStop stop) throws SQLException {
    Statement statement = connection.createStatement();
    statement.setQueryTimeout((int) Math.max(1, limits.timeoutMs() / 1_000));
    stop.runs(statement);
    return statement;
  }
}

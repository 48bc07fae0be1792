package io.mangonel.planner.stage;

import io.mangonel.core.graph.EdgeKind;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.stage.StageInput.Column;
import io.mangonel.planner.stage.StageInput.Exchange;
import io.mangonel.planner.stage.StageInput.FileSlice;
import io.mangonel.planner.stage.StageInput.KeyCut;
import io.mangonel.planner.stage.StageInput.Named;
import io.mangonel.planner.stage.StageInput.RowRange;
import io.mangonel.planner.stage.StageInput.Scan;
import io.mangonel.planner.stage.StageOutput.Partitioning;
import io.mangonel.planner.stage.StageOutput.Shuffle;
import io.mangonel.planner.stage.StageOutput.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The SQL of one task: its stage's SQL behind a WITH clause that defines the stage's inputs. */
public final class TaskSql {
  /**
   * The directory of a partition below the target of {@link #copyPartitioned}, before its number.
   */
  public static final String PARTITION_PREFIX = "partition=";

  private static final String PARTITION_COLUMN = "partition";

  private static final String WITH = "WITH ";

  /**
   * DuckDB's measured best for files that are read once, soon, by another DuckDB: encodings without
   * dictionary, a fast codec, no bloom filters.
   */
  private static final String FORMAT =
      "FORMAT parquet, PARQUET_VERSION V2, COMPRESSION lz4_raw, DICTIONARY_SIZE_LIMIT 1,"
          + " WRITE_BLOOM_FILTER false";

  private TaskSql() {}

  /**
   * A shuffle file on this machine.
   *
   * @param allPartitions whether it holds rows of every partition and has to be filtered
   */
  public record LocalFile(String path, boolean allPartitions) {}

  /**
   * The SELECT of a task.
   *
   * @param task from 0 to {@code stage.tasks() - 1}
   * @param exchanged the files this task reads, by producer stage: those of {@code
   *     InputLocation.files}. A producer that is missing or has no files is an empty relation
   */
  public static String select(StagePlan stage, int task, Map<Integer, List<LocalFile>> exchanged) {
    List<Named> inputs =
        stage.inputs().stream().filter(Named.class::isInstance).map(Named.class::cast).toList();
    if (inputs.isEmpty()) {
      return stage.sql();
    }
    return inputs.stream()
            .map(
                input ->
                    Sql.identifier(input.name())
                        + " AS NOT MATERIALIZED (\n  "
                        + rows(input, task, exchanged)
                        + ")")
            .collect(Collectors.joining(",\n", WITH, ""))
        + (stage.sql().startsWith(WITH)
            ? ",\n" + stage.sql().substring(WITH.length())
            : "\n" + stage.sql());
  }

  /**
   * The COPY of a task's rows to one new file. Rows keep the order of the SELECT when the stage has
   * one task. The answer is one row: the number of rows, and a list of the files.
   *
   * @param output the stage's output
   * @param select what {@link #select} gave
   * @param file absolute path of the file; its directory exists
   */
  public static String copyToFile(Shuffle output, String select, String file, boolean keepOrder) {
    return copy(carriers(output), select, file, "PRESERVE_ORDER " + keepOrder);
  }

  /**
   * The COPY of a task's rows to files per partition: {@code directory/partition=3/data_0.parquet}.
   * Nothing is written for a partition without rows. The answer is one row: the number of rows, and
   * a list of the files.
   *
   * @param partitioning of {@code output}
   * @param directory absolute path of a directory that does not exist, or is empty
   */
  public static String copyPartitioned(
      Shuffle output, Partitioning.ByExpression partitioning, String select, String directory) {
    return copy(
        carriers(output) + ", " + partitioning.expression() + " AS " + PARTITION_COLUMN,
        select,
        directory,
        "PRESERVE_ORDER false, PARTITION_BY ("
            + PARTITION_COLUMN
            + "), WRITE_PARTITION_COLUMNS false");
  }

  /**
   * The COPY of a task's rows to where the statement wants them. The answer is one row: the number
   * of rows, and a list of the files.
   *
   * @param select what {@link #select} gave
   * @param target absolute path of a new file, or of a new directory when it is divided by columns
   */
  public static String copyWritten(Write output, String select, String target, boolean keepOrder) {
    List<String> columns = output.columns();
    String named =
        IntStream.range(0, columns.size())
            .mapToObj(i -> "c" + i + " AS " + Sql.identifier(columns.get(i)))
            .collect(Collectors.joining(", "));
    String unnamed =
        IntStream.range(0, columns.size()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
    String divided =
        output.partitionBy().isEmpty()
            ? ", PRESERVE_ORDER " + keepOrder
            : ", PRESERVE_ORDER false, PARTITION_BY (" + output.partitionBy() + ")";
    return "COPY (SELECT "
        + named
        + " FROM (\n"
        + select
        + "\n) AS task("
        + unnamed
        + ")) TO "
        + Sql.literal(target)
        + " ("
        + output.options()
        + divided
        + ", RETURN_FILES true)";
  }

  private static String copy(String columns, String select, String target, String options) {
    return "COPY (SELECT "
        + columns
        + " FROM (\n"
        + select
        + "\n) AS task) TO "
        + Sql.literal(target)
        + " ("
        + FORMAT
        + ", "
        + options
        + ", RETURN_FILES true)";
  }

  private static String carriers(Shuffle output) {
    return output.carrier().stream()
        .map(carrier -> named(carrier.expression(), carrier.name()))
        .collect(Collectors.joining(", "));
  }

  private static String rows(Named input, int task, Map<Integer, List<LocalFile>> exchanged) {
    return switch (input) {
      case Scan scan -> scan(scan, task);
      case Exchange exchange ->
          exchange(exchange, task, exchanged.getOrDefault(exchange.stage(), List.of()));
    };
  }

  private static String scan(Scan scan, int task) {
    List<FileSlice> slices = scan.splits().get(task);
    if (slices.isEmpty()) {
      return empty(scan.columns());
    }
    List<String> parts = new ArrayList<>();
    List<String> whole =
        slices.stream()
            .filter(slice -> slice.range() == null && !slice.cut())
            .map(FileSlice::path)
            .toList();
    if (!whole.isEmpty()) {
      parts.add(read(scan, whole, ""));
    }
    List<String> cut = slices.stream().filter(FileSlice::cut).map(FileSlice::path).toList();
    if (!cut.isEmpty()) {
      KeyCut by = Objects.requireNonNull(scan.cut(), "key of a slice that is cut");
      String where = by.ranges().condition(Sql.identifier(by.column()), task);
      parts.add(read(scan, cut, " WHERE " + where));
    }
    for (FileSlice slice : slices) {
      RowRange range = slice.range();
      if (range != null) {
        String where = " WHERE file_row_number BETWEEN " + range.first() + " AND " + range.last();
        parts.add(read(scan, List.of(slice.path()), where));
      }
    }
    return String.join("\n  UNION ALL ", parts);
  }

  private static String read(Scan scan, List<String> files, String where) {
    String columns =
        scan.columns().stream()
            .map(
                column -> {
                  String name = Sql.identifier(column.name());
                  return "CAST(" + name + " AS " + column.type() + ") AS " + name;
                })
            .collect(Collectors.joining(", "));
    return "SELECT "
        + columns
        + " FROM "
        + scan.function()
        + "("
        + list(files)
        + scan.options()
        + ")"
        + where;
  }

  private static String exchange(Exchange exchange, int task, List<LocalFile> files) {
    List<String> exact =
        files.stream().filter(file -> !file.allPartitions()).map(LocalFile::path).toList();
    List<String> mixed =
        files.stream().filter(LocalFile::allPartitions).map(LocalFile::path).toList();
    if (exchange.kind() != EdgeKind.HASH) {
      exact = files.stream().map(LocalFile::path).toList();
      mixed = List.of();
    }
    List<String> parts = new ArrayList<>();
    if (!exact.isEmpty()) {
      parts.add(readCarriers(exchange, exact));
    }
    if (!mixed.isEmpty()) {
      String partition = Objects.requireNonNull(exchange.partition(), "partition of a HASH input");
      parts.add(
          "SELECT * FROM ("
              + readCarriers(exchange, mixed)
              + ") AS carried WHERE "
              + partition
              + " = "
              + task);
    }
    return parts.isEmpty() ? empty(exchange) : String.join("\n  UNION ALL ", parts);
  }

  private static String readCarriers(Exchange exchange, List<String> files) {
    return "SELECT "
        + IntStream.range(0, exchange.read().size())
            .mapToObj(i -> named(exchange.read().get(i), "c" + i))
            .collect(Collectors.joining(", "))
        + " FROM read_parquet("
        + list(files)
        + ", hive_partitioning = false)";
  }

  private static String empty(Exchange exchange) {
    return empty(
        IntStream.range(0, exchange.types().size())
            .mapToObj(i -> new Column("c" + i, exchange.types().get(i)))
            .toList());
  }

  private static String empty(List<Column> columns) {
    return columns.stream()
        .map(column -> "CAST(NULL AS " + column.type() + ") AS " + Sql.identifier(column.name()))
        .collect(Collectors.joining(", ", "SELECT ", " WHERE false"));
  }

  private static String named(String expression, String name) {
    return expression.equals(name) ? name : expression + " AS " + Sql.identifier(name);
  }

  private static String list(List<String> files) {
    return files.stream().map(Sql::literal).collect(Collectors.joining(", ", "[", "]"));
  }
}

package io.mangonel.planner.stage;

import io.mangonel.core.graph.EdgeKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a stage reads. */
public sealed interface StageInput {
  /** A relation that the stage's SQL reads by its name; the executor makes it for each task. */
  sealed interface Named extends StageInput {
    /** The identifier by which the SQL reads it, unquoted and unique in its stage. */
    String name();
  }

  /**
   * Files that the SQL names itself, as a statement does that runs whole.
   *
   * @param files every file read that the planner knows of, as it saw it
   */
  record Files(List<PinnedFile> files) implements StageInput {
    public Files {
      files = List.copyOf(files);
    }
  }

  /**
   * Input files.
   *
   * @param function the DuckDB table function that reads them: {@code read_parquet}, {@code
   *     read_csv}, {@code read_json}
   * @param options what follows the file list inside the call, as SQL, with its leading comma;
   *     empty for none
   * @param columns the columns the stage reads, with their types; never empty
   * @param splits which slices each task reads: one list per task; an empty list is an empty
   *     relation
   * @param files every file read, as the plan saw it
   * @param cut the key by whose ranges the rows are divided, or null when they are divided by bytes
   */
  record Scan(
      String name,
      String function,
      String options,
      List<Column> columns,
      List<List<FileSlice>> splits,
      List<PinnedFile> files,
      @Nullable KeyCut cut)
      implements Named {
    public Scan {
      columns = List.copyOf(columns);
      splits = splits.stream().map(List::copyOf).toList();
      files = List.copyOf(files);
    }
  }

  /**
   * Output of another stage.
   *
   * @param stage the producer
   * @param carrier the columns of the producer's files, in order
   * @param read one expression over the carrier columns for each column {@code c0, c1, ...} that
   *     the SQL sees
   * @param types the type of each {@code c0, c1, ...}, as SQL: what an input without files has too
   * @param partition for {@link EdgeKind#HASH}: the producer's partition expression over {@code c0,
   *     c1, ...}, by which a reader filters a file that holds all partitions; null otherwise
   */
  record Exchange(
      String name,
      int stage,
      EdgeKind kind,
      List<Column> carrier,
      List<String> read,
      List<String> types,
      @Nullable String partition)
      implements Named {
    public Exchange {
      carrier = List.copyOf(carrier);
      read = List.copyOf(read);
      types = List.copyOf(types);
    }
  }

  /** A column name, unquoted, and its DuckDB type as SQL. */
  record Column(String name, String type) {}

  /**
   * A file, or rows of it.
   *
   * @param range row numbers of a Parquet file, or null for the whole file
   * @param cut whether rows whose keys are not in the task's range are left out: another task reads
   *     the file, too
   */
  record FileSlice(String path, @Nullable RowRange range, boolean cut) {
    public FileSlice(String path, @Nullable RowRange range) {
      this(path, range, false);
    }
  }

  /**
   * @param column the key's name, unquoted
   */
  record KeyCut(String column, KeyRanges ranges) {}

  /** First and last row number, both inclusive, counted from 0. */
  record RowRange(long first, long last) {}

  /**
   * An input file as the plan saw it: a task compares before and after it reads.
   *
   * @param modifiedMs last modification, milliseconds since 1970
   */
  record PinnedFile(String path, long bytes, long modifiedMs) {}
}

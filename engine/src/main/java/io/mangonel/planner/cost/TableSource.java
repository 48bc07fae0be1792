package io.mangonel.planner.cost;

import io.mangonel.planner.stage.StageInput.Column;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A table of the planning database: the files it stands for and what is known of its rows.
 *
 * @param name its name in the planning database, as {@code Relation.Scan.table} has it
 * @param function the DuckDB table function that reads the files: {@code read_parquet}, {@code
 *     read_csv}, {@code read_json}
 * @param options what follows the file list inside the call, as SQL, with its leading comma; empty
 *     for none. With them any subset of the files gives the same columns (delimiter, header and
 *     column types of CSV are spelt out, {@code hive_partitioning} is set); {@code union_by_name}
 *     makes the table indivisible
 * @param columns every column, in order, with its type
 * @param files in a stable order; none for an empty table
 */
public record TableSource(
    String name,
    String function,
    String options,
    List<Column> columns,
    List<SourceFile> files,
    TableStatistics statistics) {
  public TableSource {
    columns = List.copyOf(columns);
    files = List.copyOf(files);
  }

  /**
   * One input file.
   *
   * @param path absolute
   * @param modifiedMs last modification, milliseconds since 1970
   * @param rowGroups the rows of each row group of a Parquet file, in order; empty for other
   *     formats, which are read whole by one task
   * @param keys by column of integers or dates what the footer proves of each row group, in order;
   *     only for columns by which the row groups are sorted, or nearly
   */
  public record SourceFile(
      String path,
      long bytes,
      long modifiedMs,
      List<Long> rowGroups,
      SortedMap<String, List<KeyBounds>> keys) {
    public SourceFile {
      rowGroups = List.copyOf(rowGroups);
      keys = new TreeMap<>(keys);
    }

    /** A file of whose keys nothing is known. */
    public SourceFile(String path, long bytes, long modifiedMs, List<Long> rowGroups) {
      this(path, bytes, modifiedMs, rowGroups, new TreeMap<>());
    }
  }

  /**
   * The keys of a row group: no value is outside. A date is the number of days since 1970.
   *
   * @param smallest above {@code largest} when all are NULL
   * @param nulls how many are NULL
   */
  public record KeyBounds(long smallest, long largest, long nulls) {
    public static KeyBounds allNull(long nulls) {
      return new KeyBounds(Long.MAX_VALUE, Long.MIN_VALUE, nulls);
    }

    public boolean isAllNull() {
      return smallest > largest;
    }
  }

  /**
   * @param rows exact or estimated
   * @param columns by column name; a column that is missing is unknown
   */
  public record TableStatistics(double rows, SortedMap<String, ColumnStatistics> columns) {
    public TableStatistics {
      columns = new TreeMap<>(columns);
    }
  }

  /**
   * @param distinct an upper bound or estimate of the number of distinct values, at least 1
   * @param bytes average size of a value, uncompressed
   */
  public record ColumnStatistics(double distinct, double bytes) {}
}

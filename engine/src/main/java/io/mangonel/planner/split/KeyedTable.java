package io.mangonel.planner.split;

import io.mangonel.planner.cost.TableSource;
import io.mangonel.planner.cost.TableSource.KeyBounds;
import io.mangonel.planner.cost.TableSource.SourceFile;
import io.mangonel.planner.split.KeyUses.KeyColumn;
import io.mangonel.planner.stage.StageInput.FileSlice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A table, and a key that its files' footers prove bounds of. */
final class KeyedTable {
  private static final Set<String> TYPES =
      Set.of(
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "DATE");

  /**
   * @param rows what a scan reads of it: none when the statement's filters exclude it
   * @param startsFile whether it is the first of its file
   */
  record RowGroup(KeyBounds bounds, double rows, boolean startsFile) {}

  /**
   * What the tasks read of the table.
   *
   * @param rows by task; a row group of several tasks counts for each
   */
  record Reading(List<List<FileSlice>> slices, List<Double> rows) {
    double total() {
      return rows.stream().mapToDouble(Double::doubleValue).sum();
    }
  }

  private final KeyColumn key;
  private final TableSource source;
  private final RowGroupFilter filter;
  private final List<RowGroup> rowGroups;
  private final double rows;

  private KeyedTable(KeyColumn key, TableSource source, RowGroupFilter filter) {
    this.key = key;
    this.source = source;
    this.filter = filter;
    this.rowGroups = sorted();
    this.rows = allRows();
  }

  /** Empty when the footers do not prove the bounds of every row group. */
  static Optional<KeyedTable> of(KeyColumn key, TableSource source, RowGroupFilter filter) {
    boolean provable =
        TYPES.contains(key.type().sql())
            && !ScanSplits.isIndivisible(source)
            && source.columns().stream()
                .anyMatch(
                    column ->
                        column.name().equals(key.column())
                            && column.type().equals(key.type().sql()));
    boolean proven =
        source.files().stream()
            .allMatch(file -> file.rowGroups().isEmpty() || file.keys().containsKey(key.column()));
    // Values of partition columns are taken from the path instead of the file.
    String inPath = "/" + key.column().toLowerCase(Locale.ROOT) + "=";
    boolean partition =
        source.files().stream()
            .anyMatch(file -> file.path().toLowerCase(Locale.ROOT).contains(inPath));
    boolean parquet = source.files().stream().anyMatch(file -> !file.rowGroups().isEmpty());
    return provable && proven && parquet && !partition
        ? Optional.of(new KeyedTable(key, source, filter))
        : Optional.empty();
  }

  KeyColumn key() {
    return key;
  }

  /** What one task would read. */
  double rows() {
    return rows;
  }

  private double allRows() {
    double all = 0;
    for (SourceFile file : source.files()) {
      for (int group = 0; group < file.rowGroups().size(); group++) {
        all += rows(file, group);
      }
    }
    return all;
  }

  /** By their smallest keys; without those that are all NULL. */
  List<RowGroup> rowGroups() {
    return rowGroups;
  }

  private List<RowGroup> sorted() {
    List<RowGroup> groups = new ArrayList<>();
    for (SourceFile file : source.files()) {
      for (int group = 0; group < file.rowGroups().size(); group++) {
        KeyBounds bounds = bounds(file, group);
        if (!bounds.isAllNull()) {
          groups.add(new RowGroup(bounds, rows(file, group), group == 0));
        }
      }
    }
    groups.sort(Comparator.comparingLong(group -> group.bounds().smallest()));
    return groups;
  }

  private KeyBounds bounds(SourceFile file, int group) {
    return file.keys().getOrDefault(key.column(), List.of()).get(group);
  }

  private double rows(SourceFile file, int group) {
    return filter.reads(key.table(), file, group) ? (double) file.rowGroups().get(group) : 0;
  }

  /** What the tasks read when the table is cut at these keys, each once. */
  Reading reading(List<Long> boundaries) {
    List<List<FileSlice>> slices = new ArrayList<>();
    List<Double> rows = new ArrayList<>();
    for (int task = 0; task <= boundaries.size(); task++) {
      List<FileSlice> files = new ArrayList<>();
      double read = 0;
      for (SourceFile file : source.files()) {
        read += read(file, new Range(boundaries, task), files);
      }
      rows.add(read);
      slices.add(files);
    }
    return new Reading(slices, rows);
  }

  private double read(SourceFile file, Range range, List<FileSlice> slices) {
    double rows = 0;
    boolean any = false;
    boolean whole = true;
    for (int group = 0; group < file.rowGroups().size(); group++) {
      KeyBounds bounds = bounds(file, group);
      whole &= range.contains(bounds);
      if (range.meets(bounds)) {
        any = true;
        rows += rows(file, group);
      }
    }
    if (any) {
      slices.add(new FileSlice(file.path(), null, !whole));
    }
    return rows;
  }

  /** The keys of a task. The first has NULL. */
  private record Range(List<Long> boundaries, int task) {
    private boolean isAbove(long value) {
      return task > 0 && value < boundaries.get(task - 1);
    }

    private boolean isBelow(long value) {
      return task < boundaries.size() && value >= boundaries.get(task);
    }

    boolean contains(KeyBounds bounds) {
      boolean values =
          bounds.isAllNull() || (!isAbove(bounds.smallest()) && !isBelow(bounds.largest()));
      return values && (bounds.nulls() == 0 || task == 0);
    }

    boolean meets(KeyBounds bounds) {
      boolean values =
          !bounds.isAllNull() && !isAbove(bounds.largest()) && !isBelow(bounds.smallest());
      return values || (bounds.nulls() > 0 && task == 0);
    }
  }
}

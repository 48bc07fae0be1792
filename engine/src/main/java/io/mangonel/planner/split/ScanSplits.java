package io.mangonel.planner.split;

import io.mangonel.planner.cost.TableSource;
import io.mangonel.planner.cost.TableSource.SourceFile;
import io.mangonel.planner.stage.StageInput.FileSlice;
import io.mangonel.planner.stage.StageInput.RowRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Divides the files of a table among tasks, balanced by bytes: whole files, or runs of row groups
 * of a Parquet file that is too big for one task.
 */
public final class ScanSplits {
  private ScanSplits() {}

  /** Part of a file, as big as {@code bytes}; {@code order} is its place among all parts. */
  private record Part(int order, FileSlice slice, double bytes) {}

  /** Every task reads everything. */
  public static List<List<FileSlice>> replicated(TableSource source, int tasks) {
    List<FileSlice> all =
        source.files().stream().map(file -> new FileSlice(file.path(), null)).toList();
    return Collections.nCopies(tasks, all);
  }

  /** Each row in one task. */
  public static List<List<FileSlice>> divided(TableSource source, int tasks) {
    List<Part> parts = parts(source, tasks);
    List<List<Part>> assigned = new ArrayList<>();
    double[] bytes = new double[tasks];
    for (int task = 0; task < tasks; task++) {
      assigned.add(new ArrayList<>());
    }
    parts.sort(Comparator.comparingDouble(Part::bytes).reversed().thenComparingInt(Part::order));
    for (Part part : parts) {
      int least = 0;
      for (int task = 1; task < tasks; task++) {
        if (bytes[task] < bytes[least]) {
          least = task;
        }
      }
      assigned.get(least).add(part);
      bytes[least] += part.bytes();
    }
    return assigned.stream()
        .map(
            each ->
                each.stream()
                    .sorted(Comparator.comparingInt(Part::order))
                    .map(Part::slice)
                    .toList())
        .toList();
  }

  /** Into how many parts at most the table can be divided. */
  public static int parts(TableSource source) {
    if (isIndivisible(source)) {
      return 1;
    }
    return source.files().stream().mapToInt(file -> Math.max(1, file.rowGroups().size())).sum();
  }

  private static List<Part> parts(TableSource source, int tasks) {
    List<Part> parts = new ArrayList<>();
    double all = source.files().stream().mapToDouble(SourceFile::bytes).sum();
    if (isIndivisible(source)) {
      // One list in one call: its order and its columns are those of the whole.
      for (SourceFile file : source.files()) {
        parts.add(new Part(parts.size(), new FileSlice(file.path(), null), 0));
      }
      return parts;
    }
    for (SourceFile file : source.files()) {
      boolean big = file.bytes() > all / tasks && file.rowGroups().size() > 1 && tasks > 1;
      if (!big) {
        parts.add(new Part(parts.size(), new FileSlice(file.path(), null), file.bytes()));
        continue;
      }
      addRanges(file, tasks, parts);
    }
    return parts;
  }

  /** Cuts a file at row group boundaries into up to one part per task, of about equal rows. */
  private static void addRanges(SourceFile file, int tasks, List<Part> parts) {
    long rows = file.rowGroups().stream().mapToLong(Long::longValue).sum();
    int pieces = Math.min(tasks, file.rowGroups().size());
    long first = 0;
    long end = 0;
    int piece = 1;
    for (int group = 0; group < file.rowGroups().size(); group++) {
      end += file.rowGroups().get(group);
      boolean last = group == file.rowGroups().size() - 1;
      if (last || end * pieces >= rows * piece) {
        if (end > first) {
          double bytes = (double) file.bytes() * (end - first) / rows;
          FileSlice slice = new FileSlice(file.path(), new RowRange(first, end - 1));
          parts.add(new Part(parts.size(), slice, bytes));
        }
        first = end;
        piece = (int) Math.max(piece + 1, end * pieces / Math.max(1, rows) + 1);
      }
    }
  }

  /** Files with different columns: only together do they have the columns of the table. */
  static boolean isIndivisible(TableSource source) {
    return source.options().toLowerCase(Locale.ROOT).contains("union_by_name");
  }
}

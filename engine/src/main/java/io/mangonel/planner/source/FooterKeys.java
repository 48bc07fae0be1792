package io.mangonel.planner.source;

import io.mangonel.planner.cost.TableSource.KeyBounds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a file's footer proves of columns of integers and dates: exact bounds and the number of
 * NULLs of every row group. A column with a gap in the proof, or whose row groups are not sorted,
 * is left out.
 */
final class FooterKeys {
  /**
   * Bounds as 64 bit integers, NULL where they are not exactly that: a decimal, a time stamp or an
   * infinite date is no key, nor is a leaf of a nested column.
   */
  static final String COLUMNS =
      bound("stats_min_value", "min_is_exact")
          + ", "
          + bound("stats_max_value", "max_is_exact")
          + ", stats_null_count, num_values";

  /**
   * A row group may overlap this many, itself included, on average. Those of a sorted file overlap
   * 3 when rows of one key are at the end of one and at the start of the next.
   */
  private static final double OVERLAPPED_MAX = 4;

  /** Between the names of a nested column's path. */
  private static final String NESTED = ", ";

  private final Map<String, List<@Nullable KeyBounds>> columns = new TreeMap<>();

  private static String bound(String value, String exact) {
    return "CASE WHEN type NOT IN ('INT32', 'INT64') OR NOT coalesce("
        + exact
        + ", true) THEN NULL WHEN regexp_full_match("
        + value
        + ", '-?[0-9]+') THEN try_cast("
        + value
        + " AS BIGINT) WHEN regexp_full_match("
        + value
        + ", '[0-9]{4,7}-[0-9]{2}-[0-9]{2}( \\(BC\\))?') THEN"
        + " date_diff('day', DATE '1970-01-01', try_cast("
        + value
        + " AS DATE)) END";
  }

  /**
   * @param values of {@link #COLUMNS}, of the file's next row group
   */
  void add(String column, List<@Nullable String> values) {
    columns.computeIfAbsent(column, name -> new ArrayList<>()).add(bounds(values));
  }

  private static @Nullable KeyBounds bounds(List<@Nullable String> values) {
    String smallest = values.get(0);
    String largest = values.get(1);
    String nulls = values.get(2);
    String rows = values.get(3);
    if (nulls == null || rows == null) {
      return null;
    }
    if (smallest != null && largest != null) {
      return new KeyBounds(
          Long.parseLong(smallest), Long.parseLong(largest), Long.parseLong(nulls));
    }
    return nulls.equals(rows) ? KeyBounds.allNull(Long.parseLong(nulls)) : null;
  }

  /** By column, one entry per row group. */
  SortedMap<String, List<KeyBounds>> proven(int rowGroups) {
    SortedMap<String, List<KeyBounds>> proven = new TreeMap<>();
    columns.forEach(
        (column, found) -> {
          List<KeyBounds> bounds = new ArrayList<>();
          for (@Nullable KeyBounds each : found) {
            if (each != null) {
              bounds.add(each);
            }
          }
          boolean complete = bounds.size() == rowGroups && found.size() == rowGroups;
          if (complete && !column.contains(NESTED) && isNearlySorted(bounds)) {
            proven.put(column, List.copyOf(bounds));
          }
        });
    return proven;
  }

  private static boolean isNearlySorted(List<KeyBounds> bounds) {
    List<Long> starts = new ArrayList<>();
    List<Long> ends = new ArrayList<>();
    for (KeyBounds each : bounds) {
      if (!each.isAllNull()) {
        starts.add(each.smallest());
        ends.add(each.largest());
      }
    }
    Collections.sort(starts);
    Collections.sort(ends);
    double overlapped = 0;
    for (KeyBounds each : bounds) {
      if (!each.isAllNull()) {
        int notAfter = notAbove(starts, each.largest());
        int before = each.smallest() == Long.MIN_VALUE ? 0 : notAbove(ends, each.smallest() - 1);
        overlapped += notAfter - before;
      }
    }
    return overlapped <= OVERLAPPED_MAX * starts.size();
  }

  /** How many of the sorted numbers are at most {@code bound}. */
  private static int notAbove(List<Long> sorted, long bound) {
    int low = 0;
    int high = sorted.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted.get(middle) <= bound) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

package io.mangonel.planner.source;

import io.mangonel.planner.cost.TableSource.KeyBounds;
import io.mangonel.planner.database.Limits;
import io.mangonel.planner.database.LruCache;
import io.mangonel.planner.database.PlanningConnection;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.source.FileListing.Stamp;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the footers of Parquet files say, read once for each version of a file. */
public final class ParquetFooters {
  /**
   * @param rowGroups rows of each row group, in order
   * @param ranges the number of integers or days between the smallest and the largest value, by
   *     column
   * @param keys what is proven of each row group, in order; see {@link FooterKeys}
   */
  public record Footer(
      List<Long> rowGroups, Map<String, Range> ranges, SortedMap<String, List<KeyBounds>> keys) {
    long rows() {
      return rowGroups.stream().mapToLong(Long::longValue).sum();
    }
  }

  /** Smallest and largest value of a column of integers or dates (as days). */
  public record Range(double smallest, double largest) {
    Range and(Range other) {
      return new Range(Math.min(smallest, other.smallest), Math.max(largest, other.largest));
    }
  }

  private final LruCache<Stamp, Footer> footers = new LruCache<>(Limits.FOOTERS_MAX);

  /** One footer per file, in order. A broken file is an error that names it. */
  List<Footer> read(PlanningConnection connection, List<Stamp> files) throws SQLException {
    var found = new HashMap<Stamp, Footer>();
    var missing = new ArrayList<Stamp>();
    for (Stamp file : files) {
      footers.get(file).ifPresentOrElse(known -> found.put(file, known), () -> missing.add(file));
    }
    if (!missing.isEmpty()) {
      Map<String, Footer> read = load(connection, missing);
      for (Stamp file : missing) {
        Footer footer = read.getOrDefault(file.path(), EMPTY);
        found.put(file, footer);
        footers.put(file, footer);
      }
    }
    return files.stream().map(file -> found.getOrDefault(file, EMPTY)).toList();
  }

  private static final Footer EMPTY = new Footer(List.of(), Map.of(), new TreeMap<>());

  private static Map<String, Footer> load(PlanningConnection connection, List<Stamp> files)
      throws SQLException {
    return parse(connection.rows(query(files.stream().map(Stamp::path).toList())));
  }

  /** One row per column of each row group, in order. */
  public static String query(List<String> paths) {
    String list =
        paths.stream().distinct().map(Sql::literal).collect(Collectors.joining(", ", "[", "]"));
    return "SELECT file_name, row_group_id, row_group_num_rows, path_in_schema,"
        + " coalesce(try_cast(stats_min_value AS DOUBLE),"
        + " date_diff('day', DATE '1970-01-01', try_cast(stats_min_value AS DATE)))"
        + " AS smallest, coalesce(try_cast(stats_max_value AS DOUBLE),"
        + " date_diff('day', DATE '1970-01-01', try_cast(stats_max_value AS DATE)))"
        + " AS largest, "
        + FooterKeys.COLUMNS
        + " FROM parquet_metadata("
        + list
        + ") ORDER BY file_name, row_group_id";
  }

  /**
   * @param metadata the answer of {@link #query}
   * @return by path; a file without row groups is missing
   */
  public static Map<String, Footer> parse(List<List<@Nullable String>> metadata) {
    var groups = new HashMap<String, TreeMap<Long, Long>>();
    var ranges = new HashMap<String, Map<String, Range>>();
    var keys = new HashMap<String, FooterKeys>();
    for (List<@Nullable String> row : metadata) {
      String file = String.valueOf(row.getFirst());
      String column = String.valueOf(row.get(3));
      groups
          .computeIfAbsent(file, name -> new TreeMap<>())
          .put(Long.valueOf(row.get(1)), Long.valueOf(row.get(2)));
      String smallest = row.get(4);
      String largest = row.get(5);
      if (smallest != null && largest != null) {
        var range = new Range(Double.parseDouble(smallest), Double.parseDouble(largest));
        ranges.computeIfAbsent(file, name -> new TreeMap<>()).merge(column, range, Range::and);
      }
      keys.computeIfAbsent(file, name -> new FooterKeys()).add(column, row.subList(6, row.size()));
    }
    var result = new HashMap<String, Footer>();
    groups.forEach(
        (file, rows) ->
            result.put(
                file,
                new Footer(
                    List.copyOf(rows.values()),
                    ranges.getOrDefault(file, Map.of()),
                    keys.getOrDefault(file, new FooterKeys()).proven(rows.size()))));
    return result;
  }
}

package io.mangonel.planner.split;

import io.mangonel.planner.cost.TableSource;
import io.mangonel.planner.cost.Tables;
import io.mangonel.planner.ir.Relation;
import io.mangonel.planner.split.KeyUses.KeyColumn;
import io.mangonel.planner.split.KeyedTable.Reading;
import io.mangonel.planner.split.KeyedTable.RowGroup;
import io.mangonel.planner.stage.KeyRanges;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The tables of a statement that are divided by ranges of a key, because their files are sorted by
 * it: joins and groupings by the key need no exchange. Tables that are joined by it share the
 * boundaries, which are taken from the biggest.
 */
public final class Colocation {
  /** A task may read this many times the mean, or the tables are divided by bytes. */
  private static final double SKEW_MAX = 1.5;

  /**
   * A table may be read this many times over, because its row groups are in several ranges: reading
   * costs a fifth of what an exchange costs. Below 2, which two tasks read of an unsorted table ...
   */
  private static final double REREAD_MAX = 1.75;

  /** ... or more, when that is at most this share of the biggest table. */
  private static final double REREAD_SHARE_MAX = 0.1;

  /** A boundary at the start of a file may be this share of a task away from the best one. */
  private static final double FILE_START_SHARE = 0.1;

  private static final long DAY_FIRST = LocalDate.of(1, 1, 1).toEpochDay();
  private static final long DAY_LAST = LocalDate.of(9999, 12, 31).toEpochDay();

  private final SortedMap<String, RangeSplit> splits = new TreeMap<>();

  private Colocation() {}

  /** All tables divided by bytes. */
  public static Colocation none() {
    return new Colocation();
  }

  /**
   * @param tasks at least 2
   */
  public static Colocation of(Relation statement, Tables tables, int tasks) {
    Colocation colocation = new Colocation();
    RowGroupFilter filter = new RowGroupFilter(statement);
    List<List<KeyedTable>> domains = new ArrayList<>();
    for (SortedSet<KeyColumn> keys : KeyUses.of(statement)) {
      List<KeyedTable> domain = new ArrayList<>();
      for (KeyColumn key : keys) {
        TableSource source = tables.sources().get(key.table());
        if (source != null) {
          KeyedTable.of(key, source, filter).ifPresent(domain::add);
        }
      }
      if (!domain.isEmpty()) {
        domains.add(domain);
      }
    }
    // Where most rows are co-located first: a table is divided in one way only.
    domains.sort(
        Comparator.comparingDouble(domain -> -domain.stream().mapToDouble(KeyedTable::rows).sum()));
    domains.forEach(domain -> colocation.divide(domain, tasks));
    return colocation;
  }

  /** How a table is divided, when it is divided by a key. */
  public Optional<RangeSplit> of(String table) {
    return Optional.ofNullable(splits.get(table));
  }

  private void divide(List<KeyedTable> domain, int tasks) {
    List<KeyedTable> free =
        domain.stream().filter(table -> !splits.containsKey(table.key().table())).toList();
    Optional<KeyedTable> biggest = free.stream().max(Comparator.comparingDouble(KeyedTable::rows));
    if (biggest.isEmpty() || biggest.get().rows() == 0) {
      return;
    }
    List<Long> boundaries = boundaries(biggest.get().rowGroups(), tasks);
    if (boundaries.isEmpty()) {
      return;
    }
    Map<String, RangeSplit> divided = new TreeMap<>();
    double[] read = new double[tasks];
    double rows = 0;
    for (KeyedTable table : free) {
      Reading reading = table.reading(boundaries);
      double rereadMax =
          Math.max(table.rows() * (REREAD_MAX - 1), biggest.get().rows() * REREAD_SHARE_MAX);
      boolean fits = reading.total() - table.rows() <= rereadMax;
      if (!fits || divided.containsKey(table.key().table())) {
        continue;
      }
      rows += table.rows();
      for (int task = 0; task < tasks; task++) {
        read[task] += reading.rows().get(task);
      }
      divided.put(table.key().table(), split(table.key(), boundaries, reading));
    }
    double skewed = rows / tasks * SKEW_MAX;
    boolean balanced = true;
    for (double each : read) {
      balanced &= each <= skewed;
    }
    if (balanced && divided.containsKey(biggest.get().key().table())) {
      splits.putAll(divided);
    }
  }

  private static RangeSplit split(KeyColumn key, List<Long> boundaries, Reading reading) {
    boolean date = key.type().sql().equals("DATE");
    List<String> literals =
        boundaries.stream().map(each -> date ? date(each) : Long.toString(each)).toList();
    return new RangeSplit(key.column(), key.type(), new KeyRanges(literals), reading.slices());
  }

  private static String date(long days) {
    return days >= DAY_FIRST && days <= DAY_LAST
        ? "DATE '" + LocalDate.ofEpochDay(days) + "'"
        : "(DATE '1970-01-01' + " + days + ")";
  }

  /** Rising, at the starts of row groups; empty when the rows do not fall into as many ranges. */
  private static List<Long> boundaries(List<RowGroup> groups, int tasks) {
    double all = groups.stream().mapToDouble(RowGroup::rows).sum();
    List<Long> boundaries = new ArrayList<>();
    for (int task = 1; task < tasks; task++) {
      long boundary = boundary(groups, all * task / tasks, all / tasks * FILE_START_SHARE);
      long last =
          boundaries.isEmpty() ? groups.getFirst().bounds().smallest() : boundaries.getLast();
      if (boundary <= last) {
        return List.of();
      }
      boundaries.add(boundary);
    }
    return boundaries;
  }

  /**
   * The smallest key of the row group that has about {@code target} rows before it.
   *
   * @param slack how much farther from it the start of a file may be
   */
  private static long boundary(List<RowGroup> groups, double target, double slack) {
    double before = 0;
    double bestDistance = Double.POSITIVE_INFINITY;
    long best = groups.getFirst().bounds().smallest();
    for (RowGroup group : groups) {
      double distance = Math.abs(before - target) - (group.startsFile() ? slack : 0);
      if (distance < bestDistance) {
        bestDistance = distance;
        best = group.bounds().smallest();
      }
      before += group.rows();
    }
    return best;
  }
}

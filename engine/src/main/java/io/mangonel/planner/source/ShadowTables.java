package io.mangonel.planner.source;

import io.mangonel.planner.cost.TableSource;
import io.mangonel.planner.cost.TableSource.KeyBounds;
import io.mangonel.planner.cost.TableSource.SourceFile;
import io.mangonel.planner.cost.TableSource.TableStatistics;
import io.mangonel.planner.database.Limits;
import io.mangonel.planner.database.LruCache;
import io.mangonel.planner.database.PlanningConnection;
import io.mangonel.planner.database.PlanningDatabase;
import io.mangonel.planner.database.RejectedException;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.source.FileListing.Stamp;
import io.mangonel.planner.source.ParquetFooters.Footer;
import io.mangonel.planner.stage.StageInput.Column;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the planning database that stand for files: same columns, a sample of the rows. A
 * table is made anew, under another name, when its files change.
 */
public final class ShadowTables {
  /** A table with a name longer than this is named by the start of it. */
  private static final int NAME_CHARACTERS_MAX = 200;

  /**
   * @param source what the files are, under the table's name
   * @param stamps the files it was made from
   * @param whole why one task has to read all of it, or null
   */
  public record Shadow(TableSource source, List<Stamp> stamps, @Nullable String whole) {
    public String qualifiedName() {
      return qualified(source.name());
    }
  }

  private final PlanningDatabase database;
  private final FileListing listing = new FileListing();
  private final ParquetFooters footers = new ParquetFooters();
  private final LruCache<FileCall, Shadow> shadows = new LruCache<>(Limits.SHADOW_TABLES_MAX);
  private final ReentrantLock building = new ReentrantLock();
  private final Set<String> usedNames = new HashSet<>();

  public ShadowTables(PlanningDatabase database) {
    this.database = database;
  }

  /**
   * The table for some files as they are now.
   *
   * @param retired gets the names of tables that are no longer found; to be dropped when no
   *     statement uses them
   */
  public Shadow resolve(PlanningConnection connection, FileCall call, List<String> retired)
      throws RejectedException, SQLException {
    List<Stamp> stamps = listing.list(connection, call.patterns());
    Optional<Shadow> known = current(call, stamps);
    if (known.isPresent()) {
      return known.get();
    }
    lock(call);
    try {
      known = current(call, stamps);
      if (known.isPresent()) {
        return known.get();
      }
      Shadow built = build(call, stamps);
      for (Shadow old : shadows.put(call, built)) {
        retired.add(old.qualifiedName());
      }
      return built;
    } finally {
      building.unlock();
    }
  }

  private Optional<Shadow> current(FileCall call, List<Stamp> stamps) {
    return shadows.get(call).filter(shadow -> shadow.stamps.equals(stamps));
  }

  private void lock(FileCall call) throws RejectedException {
    try {
      if (building.tryLock(Limits.CONNECTION_WAIT_MS, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new RejectedException(call.displayName() + " is still being looked at: try again");
  }

  private Shadow build(FileCall call, List<Stamp> stamps) throws SQLException {
    PlanningConnection builder = database.builder();
    boolean parquet = call.function().equals(FileFormats.PARQUET);
    List<Footer> read = parquet ? footers.read(builder, stamps) : List.of();
    String name = newName(call);
    var sample = new TableSample(builder, qualified(name));
    long exactRows = read.stream().mapToLong(Footer::rows).sum();
    fill(builder, sample, name, call, stamps, read, exactRows);
    List<Column> columns = sample.columns();
    double rows = parquet ? (double) exactRows : estimatedRows(sample, columns, stamps);
    var statistics =
        new TableStatistics(rows, new TreeMap<>(sample.statistics(columns, read, rows)));
    var files = new ArrayList<SourceFile>();
    for (int i = 0; i < stamps.size(); i++) {
      Stamp stamp = stamps.get(i);
      List<Long> groups = parquet ? read.get(i).rowGroups() : List.of();
      SortedMap<String, List<KeyBounds>> keys =
          parquet ? read.get(i).keys() : Collections.emptySortedMap();
      files.add(new SourceFile(stamp.path(), stamp.bytes(), stamp.modifiedMs(), groups, keys));
    }
    var split = SplitOptions.of(builder, call, stamps, columns);
    var source =
        new TableSource(name, call.function(), split.options(), columns, files, statistics);
    return new Shadow(source, List.copyOf(stamps), split.whole());
  }

  private static void fill(
      PlanningConnection builder,
      TableSample sample,
      String name,
      FileCall call,
      List<Stamp> stamps,
      List<Footer> read,
      long exactRows)
      throws SQLException {
    boolean big = exactRows > Limits.SAMPLE_ROWS_MAX;
    if (big && call.options().isEmpty()) {
      try {
        sample.createFromPlaces(call.sql(), stamps, read);
        return;
      } catch (SQLException e) {
        // Files that differ in their columns, perhaps: the first rows will do as a sample.
        builder.execute("DROP TABLE IF EXISTS " + qualified(name));
      }
    }
    sample.createFromStart(call.sql());
  }

  /** A text file's rows, from its size and the length of the rows seen. */
  private static double estimatedRows(TableSample sample, List<Column> columns, List<Stamp> stamps)
      throws SQLException {
    long sampled = sample.rows();
    if (sampled < Limits.SAMPLE_ROWS_MAX) {
      return (double) sampled;
    }
    double bytes = stamps.stream().mapToDouble(Stamp::bytes).sum();
    return Math.max((double) sampled, bytes / sample.textBytesPerRow(columns));
  }

  /** Names are never used twice: a plan in the making may still read the table that had one. */
  private String newName(FileCall call) {
    String display = call.displayName();
    if (display.length() > NAME_CHARACTERS_MAX) {
      display = display.substring(0, NAME_CHARACTERS_MAX) + "...";
    }
    String name = display;
    for (int version = 2; !usedNames.add(name.toLowerCase(Locale.ROOT)); version++) {
      name = display + "#" + version;
    }
    return name;
  }

  private static String qualified(String name) {
    return PlanningDatabase.FILES + "." + Sql.identifier(name);
  }
}

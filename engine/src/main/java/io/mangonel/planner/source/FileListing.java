package io.mangonel.planner.source;

import io.mangonel.planner.database.Limits;
import io.mangonel.planner.database.LruCache;
import io.mangonel.planner.database.PlanningConnection;
import io.mangonel.planner.database.RejectedException;
import io.mangonel.planner.ir.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which files a path or glob means, and their size and age now. Globs are DuckDB's; the answer for
 * a glob in one directory is remembered as long as that directory does not change.
 */
public final class FileListing {
  /** A file as it is now; {@code modifiedMs} in milliseconds since 1970. */
  public record Stamp(String path, long bytes, long modifiedMs) {}

  private record Listing(long directoryModifiedMs, List<String> paths) {}

  private final LruCache<String, Listing> listings = new LruCache<>(Limits.CACHE_ENTRIES_MAX);

  /**
   * The files of all patterns in order; a file that two patterns mean is there twice, as in DuckDB.
   *
   * @param patterns absolute
   * @throws RejectedException when a pattern means no file, naming it
   */
  List<Stamp> list(PlanningConnection connection, List<String> patterns)
      throws RejectedException, SQLException {
    var stamps = new ArrayList<Stamp>();
    for (String pattern : patterns) {
      int before = stamps.size();
      for (String path : paths(connection, pattern)) {
        stamp(path).ifPresent(stamps::add);
      }
      if (stamps.size() == before) {
        throw new RejectedException(
            "IO Error: No files found that match the pattern \"" + pattern + "\"");
      }
      if (stamps.size() > Limits.TABLE_FILES_MAX) {
        throw new RejectedException(
            "'" + pattern + "' means more than " + Limits.TABLE_FILES_MAX + " files");
      }
    }
    return stamps;
  }

  /** Whether a path without wildcards is a directory. */
  public static boolean isDirectory(String path) {
    return !FileFormats.isGlob(path) && Files.isDirectory(Path.of(path));
  }

  private List<String> paths(PlanningConnection connection, String pattern)
      throws RejectedException, SQLException {
    if (!FileFormats.isGlob(pattern) || Files.exists(Path.of(pattern))) {
      return List.of(pattern);
    }
    String directory = DataDirectories.fixedPart(pattern);
    boolean oneDirectory = pattern.lastIndexOf('/') == directory.length();
    long modifiedMs = oneDirectory ? directoryModifiedMs(directory) : 0;
    Optional<Listing> known = listings.get(pattern);
    if (known.isPresent() && known.get().directoryModifiedMs == modifiedMs && modifiedMs > 0) {
      return known.get().paths;
    }
    List<String> paths =
        connection.rows("SELECT file FROM glob(" + Sql.literal(pattern) + ")").stream()
            .map(row -> String.valueOf(row.getFirst()))
            .toList();
    boolean settled = System.currentTimeMillis() - modifiedMs > Limits.LISTING_SETTLED_MS;
    if (oneDirectory && settled) {
      listings.put(pattern, new Listing(modifiedMs, paths));
    }
    return paths;
  }

  private static long directoryModifiedMs(String directory) throws RejectedException {
    try {
      return Files.getLastModifiedTime(Path.of(directory)).toMillis();
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new RejectedException("the directory " + directory + " cannot be read: " + e);
    }
  }

  private static Optional<Stamp> stamp(String path) throws RejectedException {
    try {
      var attributes = Files.readAttributes(Path.of(path), BasicFileAttributes.class);
      long modifiedMs = attributes.lastModifiedTime().toMillis();
      return Optional.of(new Stamp(path, attributes.size(), modifiedMs));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new RejectedException("the file " + path + " cannot be read: " + e);
    }
  }
}

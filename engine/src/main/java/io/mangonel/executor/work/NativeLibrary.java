package io.mangonel.executor.work;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DuckDB's JDBC driver unpacks its library into the temporary directory, 69 MB per process, Arrow's
 * C data interface one of 40 KB, and they leave them there when the process is killed. A mapped
 * file needs no name, so it loses it at once.
 */
public final class NativeLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);
  private static final Path MAPPINGS = Path.of("/proc/self/maps");
  private static final Pattern MAPPED = Pattern.compile(" (/\\S.*)$");
  private static final Pattern UNPACKED =
      Pattern.compile(" (/.*/(?:libduckdb_java\\d+\\.so|jnilib-\\d+\\.tmp))$");

  /** DuckDB's, Arrow's, and RocksDB's of programs that let it choose. */
  private static final Pattern FILE_NAME =
      Pattern.compile("libduckdb_java\\d+\\.so|jnilib-\\d+\\.tmp|librocksdbjni\\d+\\.(so|jnilib)");

  /** It takes a process that long, at most, from unpacking to mapping. */
  private static final long YOUNG_MS = 60_000;

  private NativeLibrary() {}

  /** Call it once both have been loaded. Without {@code /proc} the file stays until the exit. */
  public static void deleteUnpacked() {
    try {
      for (Path file : unpacked()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException failed) {
      LOG.debug("the unpacked library stays until the process ends: {}", failed.getMessage());
    }
  }

  /**
   * Deletes what processes left that were killed between unpacking and {@link #deleteUnpacked}:
   * files of this user that are no longer young and that no process has mapped.
   */
  public static void sweep(Path temporary) {
    try (Stream<Path> files = Files.list(temporary)) {
      Instant young = Instant.now().minusMillis(YOUNG_MS);
      Set<Path> candidates =
          files
              .filter(file -> FILE_NAME.matcher(file.getFileName().toString()).matches())
              .filter(file -> isOlder(file, young))
              .collect(Collectors.toCollection(TreeSet::new));
      if (!candidates.isEmpty()) {
        candidates.removeAll(mappedByAny());
      }
      for (Path file : candidates) {
        LOG.info("deleting {}, which a killed process left", file);
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException failed) {
      LOG.debug("{} is not swept: {}", temporary, failed.getMessage());
    }
  }

  private static boolean isOlder(Path file, Instant than) {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(than)
          && Files.getOwner(file).getName().equals(System.getProperty("user.name"));
    } catch (IOException gone) {
      return false;
    }
  }

  /** Without {@code /proc} nobody knows: this throws, and nothing is deleted. */
  private static Set<Path> mappedByAny() throws IOException {
    Set<Path> mapped = new TreeSet<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.toList()) {
        Path maps = process.resolve("maps");
        if (Files.isReadable(maps)) {
          mapped.addAll(mappedIn(maps));
        }
      }
    }
    return mapped;
  }

  private static Set<Path> mappedIn(Path maps) {
    try (Stream<String> mappings = Files.lines(maps, StandardCharsets.ISO_8859_1)) {
      return mappings
          .map(MAPPED::matcher)
          .filter(Matcher::find)
          .map(found -> Path.of(found.group(1)))
          .filter(file -> FILE_NAME.matcher(file.getFileName().toString()).matches())
          .collect(Collectors.toSet());
    } catch (IOException | UncheckedIOException ended) {
      return Set.of();
    }
  }

  /** What the driver unpacked for this process, as far as it still has a name. */
  public static List<Path> unpacked() throws IOException {
    if (!Files.isReadable(MAPPINGS)) {
      return List.of();
    }
    try (Stream<String> mappings = Files.lines(MAPPINGS)) {
      return mappings
          .map(UNPACKED::matcher)
          .filter(Matcher::find)
          .map(found -> Path.of(found.group(1)))
          .distinct()
          .filter(Files::exists)
          .toList();
    }
  }
}

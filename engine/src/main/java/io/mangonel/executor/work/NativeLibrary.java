package io.mangonel.executor.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DuckDB's JDBC driver unpacks its library into the temporary directory, 69 MB per process, and
 * leaves it there when the process is killed. A mapped file needs no name, so it loses it at once.
 */
public final class NativeLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);
  private static final Path MAPPINGS = Path.of("/proc/self/maps");
  private static final Pattern UNPACKED = Pattern.compile(" (/.*/libduckdb_java\\d+\\.so)$");

  private NativeLibrary() {}

  /** Call it once DuckDB has been opened. Without {@code /proc} the file stays until the exit. */
  public static void deleteUnpacked() {
    try {
      for (Path file : unpacked()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException failed) {
      LOG.debug("the unpacked library stays until the process ends: {}", failed.getMessage());
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

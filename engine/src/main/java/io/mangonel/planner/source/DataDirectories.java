package io.mangonel.planner.source;

import io.mangonel.planner.database.RejectedException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Collectors;

/** Where input files may be. */
public final class DataDirectories {
  private final List<Path> directories;

  public DataDirectories(List<Path> directories) {
    this.directories = directories.stream().map(path -> path.toAbsolutePath().normalize()).toList();
  }

  public List<Path> all() {
    return directories;
  }

  /**
   * The absolute form of a path or glob.
   *
   * @throws RejectedException when it is not in a data directory
   */
  public String absolute(String pattern, String workingDirectory) throws RejectedException {
    String path = pattern;
    if (path.startsWith("file:")) {
      path = path.substring("file:".length()).replaceFirst("^//", "");
    }
    if (path.contains("://")) {
      throw new RejectedException(
          "'" + pattern + "': only files in the data directories can be read (--data-dirs)");
    }
    String absolute = normalize(path.startsWith("/") ? path : workingDirectory + "/" + path);
    Path fixed = Path.of(fixedPart(absolute));
    if (directories.stream().noneMatch(fixed::startsWith)) {
      String allowed = directories.stream().map(Path::toString).collect(Collectors.joining(", "));
      String where = absolute.equals(pattern) ? "" : " (" + absolute + ")";
      throw new RejectedException(
          "'"
              + pattern
              + "'"
              + where
              + " is outside the data directories ("
              + allowed
              + "): start Mangonel with --data-dirs to allow it");
    }
    return absolute;
  }

  /** The directories in front of the first segment with a wildcard; all of it without one. */
  static String fixedPart(String absolute) {
    if (!FileFormats.isGlob(absolute)) {
      return absolute;
    }
    int wildcard = 0;
    while (!FileFormats.isGlob(absolute.substring(wildcard, wildcard + 1))) {
      wildcard++;
    }
    int slash = absolute.lastIndexOf('/', wildcard);
    return slash <= 0 ? "/" : absolute.substring(0, slash);
  }

  /** Without {@code .} and {@code ..}: a path that climbs out of a directory is seen to do so. */
  private static String normalize(String path) {
    var segments = new ArrayDeque<String>();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        segments.pollLast();
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        segments.addLast(segment);
      }
    }
    return "/" + String.join("/", segments);
  }
}

package io.mangonel.tpch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Directories beside a target in which data is made: {@code .<target>.<pid>-<random>.unfinished}.
 */
final class Unfinished {
  private static final String SUFFIX = ".unfinished";

  private Unfinished() {}

  static Path create(Path target) throws IOException {
    String name =
        prefix(target)
            + ProcessHandle.current().pid()
            + "-"
            + UUID.randomUUID().toString().substring(0, 8)
            + SUFFIX;
    return Files.createDirectory(target.resolveSibling(name));
  }

  /** Deletes what processes that are gone have left. */
  static void sweep(Path target) throws IOException {
    List<Path> left;
    try (Stream<Path> siblings = Files.list(target.toAbsolutePath().getParent())) {
      left = siblings.filter(path -> isLeft(path, prefix(target))).toList();
    }
    for (Path path : left) {
      delete(path);
    }
  }

  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(directory)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }

  private static String prefix(Path target) {
    return "." + target.getFileName() + ".";
  }

  private static boolean isLeft(Path path, String prefix) {
    String name = path.getFileName().toString();
    if (!name.startsWith(prefix) || !name.endsWith(SUFFIX)) {
      return false;
    }
    String pid = name.substring(prefix.length()).split("-", 2)[0];
    try {
      Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(pid));
      return process.isEmpty();
    } catch (NumberFormatException e) {
      return false;
    }
  }
}

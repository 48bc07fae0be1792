package io.mangonel.cli.logs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Log files of processes that have ended: only the newest stay, however often a server starts. */
final class OldLogs {
  static final int FILES_MAX = 20;

  private OldLogs() {}

  /** Deletes those of {@code role} beyond the newest; one that cannot be deleted stays. */
  static void sweep(Path folder, String role) {
    Pattern name = Pattern.compile(Pattern.quote(role) + "-(\\d{1,18})\\.log(\\.\\d+)?");
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> ended =
          files
              .filter(file -> isOfEnded(name.matcher(file.getFileName().toString())))
              .sorted(Comparator.comparing(OldLogs::modified).reversed())
              .toList();
      for (Path file : ended.subList(Math.min(FILES_MAX, ended.size()), ended.size())) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // The next start tries again.
      return;
    }
  }

  private static boolean isOfEnded(Matcher name) {
    return name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty();
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException gone) {
      return FileTime.fromMillis(0);
    }
  }
}

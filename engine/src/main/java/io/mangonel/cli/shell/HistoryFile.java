package io.mangonel.cli.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where the shell keeps what was typed. Statements may hold secrets: only the owner reads it. */
final class HistoryFile {
  /** Names another file, or none when it is empty. */
  static final String VARIABLE = "MANGONEL_HISTORY";

  static final int ENTRIES_MAX = 10_000;

  private static final String NAME = ".mangonel_history";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private HistoryFile() {}

  /** The file, there and writable; empty when there is none to be had. */
  static Optional<Path> prepare(Map<String, String> environment) {
    String named = environment.get(VARIABLE);
    // As other programs see it; Java looks the user up elsewhere.
    String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    if (named != null && named.isEmpty()) {
      return Optional.empty();
    }
    Path file = named == null ? Path.of(home, NAME) : Path.of(named);
    try {
      if (!Files.exists(file)) {
        Files.createFile(file);
      }
      if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(file, OWNER_ONLY);
      }
      return Files.isWritable(file) ? Optional.of(file) : Optional.empty();
    } catch (IOException e) {
      // A home that cannot be written to is no reason not to work.
      return Optional.empty();
    }
  }
}

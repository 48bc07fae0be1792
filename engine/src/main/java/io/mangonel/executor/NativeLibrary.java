package io.mangonel.executor;

import io.mangonel.shuffle.ShuffleDirectory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where DuckDB's JDBC driver unpacks its library: 69 MB per process, which stay when the process is
 * killed. They get a directory of their own, named by process, and the next one to start removes
 * those of processes that are gone.
 */
public final class NativeLibrary {
  private NativeLibrary() {}

  /**
   * Call it once, first thing in a process: the driver and the JDK read the property only once.
   *
   * @param directory shared by processes of this machine
   */
  public static void unpackBelow(Path directory) throws IOException {
    Files.createDirectories(directory);
    sweep(directory);
    Path own = directory.resolve(Long.toString(ProcessHandle.current().pid()));
    Files.createDirectories(own);
    System.setProperty("java.io.tmpdir", own.toAbsolutePath().toString());
  }

  /** Deletes what belongs to no running process. */
  static void sweep(Path directory) throws IOException {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(directory, "[0-9]*")) {
      for (Path leftover : leftovers) {
        String name = leftover.getFileName().toString();
        boolean aPid = name.matches("\\d{1,18}");
        if (aPid && ProcessHandle.of(Long.parseLong(name)).isEmpty()) {
          ShuffleDirectory.delete(leftover);
        }
      }
    }
  }
}

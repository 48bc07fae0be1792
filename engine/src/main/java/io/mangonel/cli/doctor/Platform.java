package io.mangonel.cli.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The machines for which all native libraries are there: DuckDB's, RocksDB's and Arrow's. */
public final class Platform {
  public static final String SUPPORTED = "Linux (glibc) on x86-64 or ARM64, and macOS on ARM64";

  private Platform() {}

  /** Why this machine cannot run the engine; empty when it can. */
  public static Optional<String> unsupportedHere() {
    return unsupported(
        System.getProperty("os.name", ""), System.getProperty("os.arch", ""), hasMuslOnly());
  }

  static Optional<String> unsupported(String system, String architecture, boolean musl) {
    String name = system.toLowerCase(Locale.ROOT);
    boolean arm = architecture.equals("aarch64") || architecture.equals("arm64");
    boolean intel = architecture.equals("amd64") || architecture.equals("x86_64");
    if (name.equals("linux") && musl) {
      return Optional.of(message("Linux with musl, like Alpine, on " + architecture));
    }
    boolean supported = (name.equals("linux") && (arm || intel)) || (name.startsWith("mac") && arm);
    return supported ? Optional.empty() : Optional.of(message(system + " on " + architecture));
  }

  private static String message(String found) {
    return "there are no native libraries for " + found + ": it runs on " + SUPPORTED;
  }

  private static boolean hasMuslOnly() {
    try (Stream<Path> libraries = Files.list(Path.of("/lib"))) {
      boolean musl =
          libraries.anyMatch(file -> file.getFileName().toString().startsWith("ld-musl-"));
      return musl
          && Stream.of("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1")
              .noneMatch(loader -> Files.exists(Path.of(loader)));
    } catch (java.io.IOException e) {
      return false;
    }
  }
}

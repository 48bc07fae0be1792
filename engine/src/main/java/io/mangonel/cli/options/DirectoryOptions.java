package io.mangonel.cli.options;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a process keeps its files. */
public final class DirectoryOptions {
  @Option(
      names = "--dir",
      paramLabel = "D",
      description =
          "Directory for state, work files and logs. Default: .mangonel in the checkout, or in the"
              + " home directory.")
  private @Nullable Path directory;

  /** Absolute; not made yet. */
  public Path root() {
    return directory == null ? standard() : directory.toAbsolutePath().normalize();
  }

  /** {@code .mangonel} in the checkout the launcher was started from, or in the home directory. */
  public static Path standard() {
    String home = System.getProperty("mangonel.home", System.getProperty("user.home", "."));
    return Path.of(home).resolve(".mangonel").toAbsolutePath().normalize();
  }
}

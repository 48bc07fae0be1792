package io.mangonel.cli.options;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Which input files statements may read. */
public final class DataOptions {
  @Option(
      names = "--data-dirs",
      split = ",",
      paramLabel = "DIR",
      description =
          "Directories whose files statements may read; the same for schedulers and executors.")
  private List<Path> directories = List.of();

  /** Absolute; refuses one that is not there. */
  public List<Path> checked() {
    List<Path> absolute =
        directories.stream().map(path -> path.toAbsolutePath().normalize()).toList();
    for (Path path : absolute) {
      if (!Files.isDirectory(path)) {
        throw CommandFailure.usage("--data-dirs: there is no directory " + path);
      }
    }
    return absolute;
  }

  /** As {@link #checked}, or the current directory when none was given. */
  public List<Path> checkedOrCurrent() {
    List<Path> given = checked();
    return given.isEmpty() ? List.of(Path.of("").toAbsolutePath()) : given;
  }
}

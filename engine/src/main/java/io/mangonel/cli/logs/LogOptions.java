package io.mangonel.cli.logs;

import io.mangonel.cli.options.DirectoryOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a server logs. */
public final class LogOptions {
  /** The constants are what a user types. */
  public enum LogFormat {
    text,
    json
  }

  /** The constants are what a user types. */
  public enum LogLevel {
    error,
    warn,
    info,
    debug,
    trace
  }

  @Option(
      names = "--log-dir",
      paramLabel = "D",
      description = "Directory for log files. Default: logs below --dir.")
  private @Nullable Path directory;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description =
          "${COMPLETION-CANDIDATES}: json is one object a line. Default: ${DEFAULT-VALUE}.")
  private LogFormat format = LogFormat.text;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      defaultValue = "info",
      description =
          "${COMPLETION-CANDIDATES}. From debug on, lines may contain SQL. Default:"
              + " ${DEFAULT-VALUE}.")
  private LogLevel level = LogLevel.info;

  /** Absolute; not made yet. */
  Path directory(DirectoryOptions root) {
    return directory == null ? root.root().resolve("logs") : directory.toAbsolutePath().normalize();
  }

  LogFormat format() {
    return format;
  }

  LogLevel level() {
    return level;
  }
}

package io.mangonel.cli.options;

import picocli.CommandLine.Option;

/** How long results are kept. */
public final class RetentionOptions {
  @Option(
      names = "--retention",
      paramLabel = "TIME",
      defaultValue = "10m",
      description =
          "How long the result of a job is kept after its end, or after it was last read."
              + " Default: ${DEFAULT-VALUE}.")
  private String retention = "10m";

  /** In milliseconds. */
  public long retentionMs() {
    return Duration.parseMs("--retention", retention);
  }
}

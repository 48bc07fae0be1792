package io.mangonel.workbench.bench;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DirectoryOptions;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What each contestant gets. */
final class ClusterOptions {
  @Mixin private DirectoryOptions directory = new DirectoryOptions();

  @Option(
      names = "--executors",
      paramLabel = "N",
      defaultValue = "2",
      description = "Executors of one thread each; the others get as many threads. Default: 2.")
  private int executors;

  @Option(
      names = "--memory-gb",
      paramLabel = "N",
      defaultValue = "12",
      description = "Memory of each contestant, all its executors together. Default: 12.")
  private int memoryGb;

  @Option(
      names = "--time-limit",
      paramLabel = "S",
      defaultValue = "300",
      description = "Seconds after which a query is given up. Default: 300.")
  private int timeLimitS;

  /** Made by picocli. */
  ClusterOptions() {}

  /** Executors of the cluster with several; threads of those with one. */
  int executors() {
    return between("--executors", executors, Limits.EXECUTORS_MAX);
  }

  long memoryMb() {
    return between("--memory-gb", memoryGb, Limits.MEMORY_GB_MAX) * 1_000L;
  }

  long timeLimitMs() {
    return Duration.ofSeconds(between("--time-limit", timeLimitS, Limits.TIME_LIMIT_S_MAX))
        .toMillis();
  }

  /** For what the benchmarks make. */
  Path root() {
    return directory.root().resolve("bench");
  }

  static int between(String option, int value, int max) {
    if (value < 1 || value > max) {
      throw CommandFailure.usage(option + " must be from 1 to " + max + ", it is " + value);
    }
    return value;
  }
}

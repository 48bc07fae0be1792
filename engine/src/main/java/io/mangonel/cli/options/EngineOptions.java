package io.mangonel.cli.options;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What an executor may use of its machine. */
public final class EngineOptions {
  private static final Pattern MEMORY =
      Pattern.compile("([0-9]{1,9})\\s*([KMGT]I?B|B)?", Pattern.CASE_INSENSITIVE);

  /** Parts of the machine's memory that the executors of one machine share. */
  private static final double MEMORY_SHARE = 0.6;

  private static final long MEMORY_BYTES_MIN = 64L << 20;

  @Option(
      names = "--slots",
      paramLabel = "N",
      description = "Tasks that run at once. Default: half the cores, at least 1.")
  private @Nullable Integer slots;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of each executor's DuckDB. Default: the cores.")
  private @Nullable Integer threads;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "Memory limit of each executor's DuckDB, like 2GB; beyond it, queries spill to disk."
              + " Default: a share of the machine's memory.")
  private @Nullable String memory;

  /** At least 1. */
  public int slots() {
    return slots == null ? Math.max(1, cores() / 2) : atLeastOne("--slots", slots);
  }

  /** At least 1; the cores divided among {@code executors} of one process. */
  public int threads(int executors) {
    return threads == null ? Math.max(1, cores() / executors) : atLeastOne("--threads", threads);
  }

  /** For each of {@code executors} on this machine. */
  public long memoryBytes(int executors) {
    if (memory == null) {
      return Math.max(MEMORY_BYTES_MIN, (long) (machineBytes() * MEMORY_SHARE / executors));
    }
    return memoryBytes(memory);
  }

  /** The bytes of a size as people write it; refuses one that is too small. */
  static long memoryBytes(String memory) {
    Matcher matcher = MEMORY.matcher(memory.strip());
    if (!matcher.matches()) {
      throw CommandFailure.usage(
          "--memory must be a size like 512MB or 2GB, it is '" + memory + "'");
    }
    long bytes = Long.parseLong(matcher.group(1)) * unitBytes(matcher.group(2));
    if (bytes < MEMORY_BYTES_MIN) {
      throw CommandFailure.usage("--memory must be at least 64MB, it is '" + memory + "'");
    }
    return bytes;
  }

  private static long unitBytes(@Nullable String unit) {
    if (unit == null || unit.equalsIgnoreCase("B")) {
      return 1;
    }
    int power = "KMGT".indexOf(Character.toUpperCase(unit.charAt(0))) + 1;
    long base = unit.length() == 3 ? 1024 : 1000;
    return Math.powExact(base, power);
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** What the container or the machine has. */
  private static long machineBytes() {
    return java.lang.management.ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getTotalMemorySize()
        : Runtime.getRuntime().maxMemory();
  }

  private static int atLeastOne(String option, int value) {
    OptionRanges.atLeast(1, option, value);
    return value;
  }
}

package io.mangonel.workbench.scale;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.cli.options.DirectoryOptions;
import io.mangonel.workbench.contest.Resources;
import io.mangonel.workbench.scale.ScaleBenchmark.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mangonel bench scheduler}. */
@Command(
    name = "scheduler",
    mixinStandardHelpOptions = true,
    header = "Run jobs of many tasks, and many jobs, with executors that do no work.",
    description = {
      "",
      "A task is two durable transitions: launched, succeeded. CPU times are those of the scheduler's"
          + " two threads, the event loop and the committer, so other load on the machine matters little.",
      ""
    })
public final class ScaleCommand implements Callable<Integer> {
  @Mixin private DirectoryOptions directory = new DirectoryOptions();

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description =
          "Of flat, stores, all-to-all, executors, jobs, schedulers, takeover, takeover-jobs."
              + " Default: all.")
  private @Nullable List<String> only;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Tasks run before anything is measured. Default: ${DEFAULT-VALUE}.")
  private int warmUp;

  @Option(
      names = "--tasks",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Tasks of the largest job. Default: ${DEFAULT-VALUE}.")
  private int tasks;

  @Option(
      names = "--executors",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Executors where there are many. Default: ${DEFAULT-VALUE}.")
  private int executors;

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "4",
      description = "Slots of each executor. Default: ${DEFAULT-VALUE}.")
  private int slots;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Jobs of one task. Default: ${DEFAULT-VALUE}.")
  private int jobs;

  @Option(
      names = "--all-to-all",
      paramLabel = "N",
      defaultValue = "20000",
      description =
          "Tasks of two stages, each task of one reads all of the other. "
              + "Default: ${DEFAULT-VALUE}.")
  private int allToAll;

  @Option(
      names = "--takeover-tasks",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Tasks whose owner dies. Default: ${DEFAULT-VALUE}.")
  private int takeoverTasks;

  @Option(
      names = "--takeover-jobs",
      paramLabel = "N",
      defaultValue = "3333",
      description = "Jobs whose owner dies. Default: ${DEFAULT-VALUE}.")
  private int takeoverJobs;

  @Option(
      names = "--time-limit",
      paramLabel = "S",
      defaultValue = "120",
      description = "Seconds after which a measurement is given up. Default: ${DEFAULT-VALUE}.")
  private int timeLimitS;

  @Option(names = "--json", paramLabel = "FILE", description = "Where to write the figures, too.")
  private @Nullable Path json;

  /** Made by picocli. */
  ScaleCommand() {}

  @Override
  public Integer call() {
    var sizes =
        new ScaleBenchmark.Sizes(
            between("--warm-up", warmUp, 1, Limits.TASKS_MAX),
            between("--tasks", tasks, 1_000, Limits.TASKS_MAX),
            between("--executors", executors, 1, Limits.EXECUTORS_MAX),
            between("--slots", slots, 1, Limits.SLOTS_MAX),
            between("--jobs", jobs, 1, Limits.JOBS_MAX),
            between("--all-to-all", allToAll, 2, Limits.TASKS_MAX),
            between("--takeover-tasks", takeoverTasks, 2, Limits.TASKS_MAX),
            between("--takeover-jobs", takeoverJobs, 1, Limits.JOBS_MAX),
            Duration.ofSeconds(between("--time-limit", timeLimitS, 1, Limits.TIME_LIMIT_S_MAX))
                .toMillis());
    ScaleReport report;
    try (Resources resources = Resources.in(directory.root().resolve("bench"))) {
      report = new ScaleBenchmark(sizes, resources).run(scenarios());
    }
    System.out.println(report.text());
    if (json != null) {
      write(json, report.json().toPrettyString());
      System.out.println("figures in " + json);
    }
    return report.allMet() ? 0 : 1;
  }

  private Set<Scenario> scenarios() {
    if (only == null) {
      return EnumSet.allOf(Scenario.class);
    }
    var wanted = EnumSet.noneOf(Scenario.class);
    for (String name : only) {
      wanted.add(
          EnumSet.allOf(Scenario.class).stream()
              .filter(one -> one.word().equals(name.toLowerCase(Locale.ROOT)))
              .findFirst()
              .orElseThrow(() -> CommandFailure.usage("--only: there is no '" + name + "'")));
    }
    return wanted;
  }

  private static int between(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw CommandFailure.usage(
          option + " must be from " + min + " to " + max + ", it is " + value);
    }
    return value;
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, text + "\n");
    } catch (IOException e) {
      throw CommandFailure.failed("cannot write " + file + ": " + e.getMessage());
    }
  }
}

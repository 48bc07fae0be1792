package io.mangonel.workbench.simulation;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code simulate}: runs many seeds, or replays one and prints every step. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = "Runs scheduler and executors in a simulated world of faults.")
public final class SimulateCommand implements Callable<Integer> {
  @Option(names = "--seeds", description = "how many seeds to run (default ${DEFAULT-VALUE})")
  private long seeds = 1_000;

  @Option(names = "--first", description = "the first of them (default: by the clock)")
  private @Nullable Long first;

  @Option(names = "--seed", description = "replay this one and print every step")
  private @Nullable Long seed;

  @Option(names = "--until-failure", description = "end with the first seed that fails")
  private boolean untilFailure;

  @Option(names = "--jobs", description = "seeds at a time (default: one per core)")
  private int jobs = Runtime.getRuntime().availableProcessors();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out =
        spec == null
            ? new PrintWriter(System.out, true, StandardCharsets.UTF_8)
            : spec.commandLine().getOut();
    Campaign campaign = Campaign.run(order(), line -> say(out, line));
    out.println(campaign.summary());
    out.flush();
    return campaign.failures().isEmpty() ? 0 : 1;
  }

  private Campaign.Order order() {
    Long replayed = seed;
    if (replayed != null) {
      return new Campaign.Order(replayed, 1, Campaign.Watching.EACH_STEP, true, 1);
    }
    // One after another, so that the first failure is the same each time.
    int threads = untilFailure ? 1 : Math.max(1, jobs);
    long from = first != null ? first : System.currentTimeMillis();
    var watching = Campaign.Watching.WITH_PROGRESS;
    return new Campaign.Order(from, seeds, watching, untilFailure, threads);
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}

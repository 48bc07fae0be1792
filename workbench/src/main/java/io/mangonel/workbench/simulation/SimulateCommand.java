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

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out =
        spec == null
            ? new PrintWriter(System.out, true, StandardCharsets.UTF_8)
            : spec.commandLine().getOut();
    Campaign campaign =
        seed != null
            ? Campaign.run(seed, 1, true)
            : Campaign.run(first != null ? first : System.currentTimeMillis(), seeds, false);
    out.println(campaign.summary());
    out.flush();
    return campaign.failures().isEmpty() ? 0 : 1;
  }
}

package io.mangonel.workbench.explore;

import io.mangonel.cli.options.OptionRanges;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code explore}: all interleavings of a small cluster to a depth. */
@Command(
    name = "explore",
    mixinStandardHelpOptions = true,
    description = "Tries all interleavings of two schedulers, two executors and a job, to a depth.")
public final class ExploreCommand implements Callable<Integer> {
  @Option(names = "--depth", description = "choices in a row (default ${DEFAULT-VALUE})")
  private int depth = 5;

  @Option(names = "--faults", description = "faults in a history (default ${DEFAULT-VALUE})")
  private int faults = 2;

  @Option(names = "--states", description = "ends when there are as many (default: no end)")
  private long statesMax = Long.MAX_VALUE;

  @Option(
      names = "--deaths-every",
      description =
          "the owner dies at every so many points of the straight history (default"
              + " ${DEFAULT-VALUE})")
  private int deathsEvery = 1;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out =
        spec == null
            ? new PrintWriter(System.out, true, StandardCharsets.UTF_8)
            : spec.commandLine().getOut();
    OptionRanges.atLeast(1, "--depth", depth);
    OptionRanges.atLeast(0, "--faults", faults);
    OptionRanges.atLeast(1, "--states", statesMax);
    OptionRanges.atLeast(1, "--deaths-every", deathsEvery);
    boolean failed = false;
    for (Scope scope : List.of(Scope.owners(faults), Scope.all(faults))) {
      var result = new Exploration(scope, depth, statesMax, deathsEvery).run();
      out.println(result.text());
      out.flush();
      failed |= result.failure() != null;
    }
    return failed ? 1 : 0;
  }
}

package io.mangonel.workbench;

import io.mangonel.cli.Main;
import io.mangonel.workbench.bench.BenchCommand;
import io.mangonel.workbench.chaos.ChaosCommand;
import io.mangonel.workbench.explore.ExploreCommand;
import io.mangonel.workbench.mutants.MutantsCommand;
import io.mangonel.workbench.simulation.SimulateCommand;
import io.mangonel.workbench.verify.VerifyCommand;
import picocli.CommandLine.Command;

/** The commands that check and measure the engine. */
@Command(
    name = "mangonel",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      SimulateCommand.class,
      ExploreCommand.class,
      MutantsCommand.class,
      BenchCommand.class,
      VerifyCommand.class,
      ChaosCommand.class
    })
public final class Workbench {
  private Workbench() {}

  public static void main(String[] arguments) {
    System.exit(Main.run(new Workbench(), arguments));
  }
}

package io.mangonel.workbench;

import io.mangonel.workbench.simulation.SimulateCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands that check and measure the engine. */
@Command(
    name = "mangonel",
    mixinStandardHelpOptions = true,
    subcommands = {SimulateCommand.class})
public final class Workbench {
  private Workbench() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Workbench()).execute(arguments));
  }
}

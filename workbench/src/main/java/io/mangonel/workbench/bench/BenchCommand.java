package io.mangonel.workbench.bench;

import io.mangonel.workbench.failover.FailoverCommand;
import io.mangonel.workbench.scale.ScaleCommand;
import picocli.CommandLine.Command;

/** {@code mangonel bench}: how fast it is. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    header = "Measure the engine beside one plain DuckDB.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TpchCommand.class,
      LatencyCommand.class,
      FailoverCommand.class,
      ScaleCommand.class
    })
public final class BenchCommand {
  /** Made by picocli. */
  BenchCommand() {}
}

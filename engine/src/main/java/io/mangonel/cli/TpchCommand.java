package io.mangonel.cli;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.tpch.GenerationResult;
import io.mangonel.tpch.TpchGenerator;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mangonel tpch}: test data. */
@Command(
    mixinStandardHelpOptions = true,
    name = "tpch",
    header = "Make TPC-H test data.",
    synopsisSubcommandLabel = "COMMAND")
final class TpchCommand {
  /** Made by picocli. */
  TpchCommand() {}

  @Command(
      mixinStandardHelpOptions = true,
      name = "generate",
      header = "Write TPC-H data as Parquet files, a directory per table.",
      description = {
        "",
        "A directory under its final name is complete; complete data of the same size is not made"
            + " again. Scale factor 1 is 8.7 million rows and 320 MB.",
        ""
      })
  void generate(
      @Option(
              names = "--sf",
              required = true,
              paramLabel = "F",
              description = "Scale factor: 1 is about 1 GB of text.")
          double scaleFactor,
      @Option(
              names = "--out",
              required = true,
              paramLabel = "DIR",
              description = "A new or empty directory.")
          Path out,
      @Option(
              names = "--parts",
              paramLabel = "N",
              defaultValue = "4",
              description = "Files per table. Default: ${DEFAULT-VALUE}.")
          int parts) {
    PrintStream print = System.out;
    long startNs = System.nanoTime();
    switch (TpchGenerator.generate(scaleFactor, out, parts)) {
      case GenerationResult.Generated(Path directory, long rows) ->
          print.printf(
              Locale.ROOT,
              "made %d rows in %s in %.1f s%n",
              rows,
              directory,
              (System.nanoTime() - startNs) / 1e9);
      case GenerationResult.Reused(Path directory, long rows) ->
          print.printf(Locale.ROOT, "%d rows are in %s already: nothing to do%n", rows, directory);
      case GenerationResult.Refused(String message) -> throw CommandFailure.failed(message);
    }
  }
}

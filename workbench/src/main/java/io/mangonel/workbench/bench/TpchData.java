package io.mangonel.workbench.bench;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.tpch.GenerationResult;
import io.mangonel.tpch.TpchGenerator;
import io.mangonel.workbench.contest.PlainDuckDb;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where the TPC-H data is and how much it is. */
record TpchData(Path directory, double scaleFactor) {
  private static final int PARTS = 4;
  private static final double SUPPLIERS_PER_SCALE_FACTOR = 10_000;
  private static final double DEVIATION_MAX = 0.01;

  /**
   * Takes the data in {@code directory}; makes it when it is missing.
   *
   * @param scaleFactor null for what is there, or 1
   */
  static TpchData at(Path directory, @Nullable Double scaleFactor, PrintStream out) {
    Path target = directory.toAbsolutePath().normalize();
    if (TpchGenerator.TABLES.stream().allMatch(table -> Files.isDirectory(target.resolve(table)))) {
      double found = scaleFactorOf(target);
      if (scaleFactor != null && Math.abs(found / scaleFactor - 1) > DEVIATION_MAX) {
        throw CommandFailure.usage(
            target + " holds scale factor " + found + ", not " + scaleFactor);
      }
      return new TpchData(target, found);
    }
    double wanted = scaleFactor == null ? 1 : scaleFactor;
    long startNs = System.nanoTime();
    return switch (TpchGenerator.generate(wanted, target, PARTS)) {
      case GenerationResult.Generated(Path made, long rows) -> {
        double seconds = (System.nanoTime() - startNs) / 1e9;
        out.printf(Locale.ROOT, "made %,d rows in %s in %.1f s%n", rows, made, seconds);
        yield new TpchData(made, wanted);
      }
      case GenerationResult.Reused(Path found, long _) -> new TpchData(found, wanted);
      case GenerationResult.Refused(String message) -> throw CommandFailure.failed(message);
    };
  }

  private static double scaleFactorOf(Path directory) {
    try (PlainDuckDb duckDb = PlainDuckDb.open(1, 256, directory.resolve("none"))) {
      TpchGenerator.createViews(directory).forEach(duckDb::execute);
      Object suppliers = duckDb.answer("SELECT count(*) FROM supplier").rows().getFirst().get(0);
      return ((Number) Objects.requireNonNull(suppliers)).doubleValue()
          / SUPPLIERS_PER_SCALE_FACTOR;
    } catch (IOException | SQLException e) {
      throw CommandFailure.failed("cannot read " + directory + ": " + e.getMessage());
    }
  }
}

package io.mangonel.workbench.verify;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.tpch.GenerationResult;
import io.mangonel.tpch.TpchGenerator;
import io.mangonel.tpch.TpchQueries;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The 22 queries of TPC-H over a little data. */
final class TpchSuite {
  private static final double SCALE_FACTOR = 0.05;
  private static final int PARTS = 4;

  private TpchSuite() {}

  static Suite make(Path directory) {
    Path data = directory.resolve("data");
    if (TpchGenerator.generate(SCALE_FACTOR, data, PARTS)
        instanceof GenerationResult.Refused(String message)) {
      throw CommandFailure.failed(message);
    }
    List<String> queries =
        IntStream.rangeClosed(1, TpchQueries.COUNT)
            .mapToObj(query -> Suite.ordered(TpchQueries.text(query)))
            .toList();
    return new Suite(data, TpchGenerator.createViews(data), queries);
  }
}

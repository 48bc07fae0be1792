package io.mangonel.workbench.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.workbench.contest.Resources;
import io.mangonel.workbench.scale.ScaleBenchmark.Scenario;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScaleBenchmarkTest {
  @TempDir private Path directory;

  /**
   * Small: that every job ends, also under another owner, and that nothing is missing in the
   * report.
   */
  @Test
  void everyScenarioEnds() {
    var sizes = new ScaleBenchmark.Sizes(100, 1_000, 20, 2, 50, 200, 400, 20, 60_000);
    ScaleReport report;
    try (Resources resources = Resources.in(directory)) {
      report =
          new ScaleBenchmark(sizes, resources)
              .run(
                  EnumSet.of(
                      Scenario.FLAT,
                      Scenario.ALL_TO_ALL,
                      Scenario.EXECUTORS,
                      Scenario.TAKEOVER,
                      Scenario.TAKEOVER_JOBS));
    }
    var rows = report.json().path("rows");
    assertThat(rows).hasSizeGreaterThanOrEqualTo(9);
    assertThat(rows)
        .allSatisfy(row -> assertThat(row.path("transitions_per_second").asDouble()).isPositive());
    assertThat(report.text()).contains("takeover of many jobs", "all to all", "20 executors");
  }
}

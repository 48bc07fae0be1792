package io.mangonel.workbench.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mangonel.cli.demo.LocalEtcd;
import io.mangonel.workbench.contest.Resources;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SharedLatencyTest {
  @TempDir private Path directory;

  /** Small: that each client is answered by each scheduler, and rightly. */
  @Test
  void twoSchedulersOnOneEtcdAnswerAllClients() {
    boolean required = System.getProperty("mangonel.require", "").equals("all");
    assumeTrue(required || LocalEtcd.executable().isPresent(), "no etcd on the PATH");
    var sizes = new SharedLatencyBenchmark.Sizes(2, 1, 500, 6, 6, 6, 300, 60_000);
    SharedLatencyReport report;
    try (Resources resources = Resources.in(directory)) {
      report = new SharedLatencyBenchmark(sizes, resources).run();
    }
    assertThat(report.oneByOne()).allSatisfy(share -> assertThat(share.ms()).hasSize(3));
    assertThat(report.together()).hasSize(6);
    assertThat(report.together()).allSatisfy(share -> assertThat(share.ms()).isNotEmpty());
    assertThat(report.together().stream().map(SharedLatencyReport.Share::scheduler))
        .containsExactly(0, 1, 0, 1, 0, 1);
  }

  @Test
  void fewestAnswersAreComparedWithMost() {
    var report =
        new SharedLatencyReport(
            2,
            List.of(share(0, 2), share(1, 2)),
            List.of(share(0, 10), share(1, 4), share(0, 8)),
            1_000);
    assertThat(report.fairnessOfClients()).isEqualTo(0.4);
    assertThat(report.fairnessOfSchedulers()).isCloseTo(4.0 / 9, within(0.01));
    assertThat(report.allMet()).isTrue();
    assertThat(report.text()).contains("at once", "p99 at most 30 ms: met", "had 0.40 of");
    assertThat(report.json().path("series")).hasSize(6);
  }

  private static SharedLatencyReport.Share share(int scheduler, int queries) {
    return new SharedLatencyReport.Share(scheduler, Collections.nCopies(queries, 5.0));
  }
}

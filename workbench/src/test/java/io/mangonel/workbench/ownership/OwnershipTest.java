package io.mangonel.workbench.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rules D1, D3, T2, T4 of several schedulers on one store. */
class OwnershipTest {
  private static final int SEEDS = 100;

  @Test
  void aJobHasOneOwnerAndNeverNoneForLong() {
    Map<OwnershipFault, Integer> fired = new EnumMap<>(OwnershipFault.class);
    long takeovers = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Ownership.Report report = Ownership.run(seed);
      report.fired().forEach((fault, times) -> fired.merge(fault, times, Integer::sum));
      takeovers += report.takeovers();
    }
    assertThat(fired).containsOnlyKeys(OwnershipFault.values());
    assertThat(takeovers).isGreaterThan(SEEDS);
  }
}

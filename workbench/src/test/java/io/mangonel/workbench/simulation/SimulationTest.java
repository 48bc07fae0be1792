package io.mangonel.workbench.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.workbench.simulation.world.Fault;
import org.junit.jupiter.api.Test;

final class SimulationTest {
  private static final int FIXED_SEEDS = 2_000;
  private static final int NEW_SEEDS = 200;
  private static final int THREADS = 2;

  @Test
  void theSameSeedsHoldAndEveryKindOfFaultHappened() {
    Campaign campaign = run(0, FIXED_SEEDS);
    assertThat(campaign.failures()).as(campaign.summary()).isEmpty();
    assertThat(campaign.fired()).as("faults that happened").containsOnlyKeys(Fault.values());
  }

  @Test
  void seedsThatWereNeverTriedHold() {
    Campaign campaign = run(System.currentTimeMillis(), NEW_SEEDS);
    assertThat(campaign.failures()).as(campaign.summary()).isEmpty();
  }

  private static Campaign run(long first, long seeds) {
    var order = new Campaign.Order(first, seeds, Campaign.Watching.QUIETLY, false, THREADS);
    Campaign campaign = Campaign.run(order, System.out::println);
    System.out.println(campaign.summary());
    return campaign;
  }
}

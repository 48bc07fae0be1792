package io.mangonel.workbench.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SimulationTest {
  private static final int FIXED_SEEDS = 2_000;
  private static final int NEW_SEEDS = 200;

  @Test
  void theSameSeedsHoldAndEveryKindOfFaultHappened() {
    Campaign campaign = Campaign.run(0, FIXED_SEEDS, false);
    System.out.println(campaign.summary());
    assertThat(campaign.failures()).as(campaign.summary()).isEmpty();
    assertThat(campaign.fired()).as("faults that happened").containsOnlyKeys(Fault.values());
  }

  @Test
  void seedsThatWereNeverTriedHold() {
    Campaign campaign = Campaign.run(System.currentTimeMillis(), NEW_SEEDS, false);
    System.out.println(campaign.summary());
    assertThat(campaign.failures()).as(campaign.summary()).isEmpty();
  }
}

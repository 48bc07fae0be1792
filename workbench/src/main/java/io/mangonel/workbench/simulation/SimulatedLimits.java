package io.mangonel.workbench.simulation;

import io.mangonel.core.owner.Limits;
import io.mangonel.workbench.simulation.world.Scenario;
import java.util.Random;

/** The product's limits, but for those that a short and small run would never reach. */
final class SimulatedLimits {
  /** The product's is longer than a run. */
  static final long ROUND_MAX_MS = 3_000;

  private static final long RETENTION_MS = 2_000;
  private static final long SWEEP_MS = 1_500;
  private static final long SWEEP_GRACE_MS = 2_000;
  private static final long DRAIN_MS = 2_000;
  private static final int SNAPSHOT_EVERY_MAX = 12;
  private static final int CHUNK_BYTES_MIN = 2 << 10;
  private static final int OUTBOX_MAX = 20;
  private static final int WINDOW_MAX = 5;
  private static final int UNPLANNED_CLAIMS_MAX = 3;
  private static final int RUNNING_JOBS_MAX = 4;
  private static final int QUEUED_JOBS_MAX = 4;

  private SimulatedLimits() {}

  static Limits owner(Random random, Scenario scenario) {
    Limits d = Limits.DEFAULTS;
    boolean small = scenario.wild() && random.nextBoolean();
    return new Limits(
        d.tickMs(),
        d.tickGapMs(),
        d.attemptsMax(),
        d.stageAttemptsMax(),
        d.executorDeathsMax(),
        d.unsuspectedClaimsMax(),
        scenario.wild() && random.nextBoolean()
            ? 1 + random.nextInt(UNPLANNED_CLAIMS_MAX)
            : d.unplannedClaimsMax(),
        d.jobsMax(),
        1 + random.nextInt(RUNNING_JOBS_MAX),
        1 + random.nextInt(QUEUED_JOBS_MAX),
        d.requestBytesMax(),
        small ? CHUNK_BYTES_MIN + random.nextInt(2 * CHUNK_BYTES_MIN) : d.planChunkBytes(),
        d.transitionBytesMax(),
        1 + random.nextInt(SNAPSHOT_EVERY_MAX),
        d.commitOperationsMax(),
        d.commitBytesMax(),
        d.uncommittedChangesMax(),
        d.uncommittedBytesMax(),
        d.uncommittedAgeMaxMs(),
        d.commitRetryMs(),
        d.executorSilentMs(),
        d.executorLostMs(),
        d.reservationTtlMs(),
        d.askMs(),
        d.launchRetryMs(),
        d.launchSendsMax(),
        d.missingAttemptMs(),
        d.adoptMs(),
        d.executorWaitMs(),
        RETENTION_MS,
        d.endedJobsMax(),
        d.orphansEveryMs(),
        d.orphansLostMs(),
        d.claimGraceMs(),
        d.claimJobsMax());
  }

  static io.mangonel.core.agent.Limits agent(Random random, Scenario scenario) {
    var limits =
        io.mangonel.core.agent.Limits.DEFAULTS
            .withSweep(SWEEP_MS, SWEEP_GRACE_MS)
            .withDrainMs(DRAIN_MS);
    return scenario.wild()
        ? limits.withOutbox(1 + random.nextInt(OUTBOX_MAX), 1 + random.nextInt(WINDOW_MAX))
        : limits;
  }
}

package io.mangonel.core.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.ExecutionGraph;
import io.mangonel.core.graph.GraphLimits;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.record.Change;
import io.mangonel.core.task.JobId;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What time does to a job. */
class JobLifecycleTest {
  private static final JobId JOB = new JobId("j1");
  private static final StageSpec ONE_TASK = new StageSpec(0, 1, List.of(), true);
  private static final long RETENTION_MS = 60_000;

  private final OwnerRun run = new OwnerRun(Limits.DEFAULTS.withRetentionMs(RETENTION_MS));

  @Test
  void aStatementThatDoesNotEndWithinItsTimeoutFailsAndIsNotWorthATry() {
    run.executor(OwnerRun.VERSION);
    run.submit(JOB, 5_000, ONE_TASK);
    run.pass(4_000);
    assertThat(run.effects(Effect.JobFailed.class)).isEmpty();
    run.pass(1_000);

    var failed = run.effects(Effect.JobFailed.class).getFirst().record();
    assertThat(failed.message()).contains("timeout of 5000 ms");
    assertThat(failed.retryable()).isFalse();
  }

  @Test
  void aTimeoutCountsFromTheSubmitAlsoWhenThisProcessStoodStill() {
    run.executor(OwnerRun.VERSION);
    run.submit(JOB, 100_000, ONE_TASK);
    run.pass(1_000);
    run.nowMs += 99_000;
    run.step(new Event.Tick());

    assertThat(run.effects(Effect.JobFailed.class)).hasSize(1);
  }

  @Test
  void aJobWhoseEngineVersionNobodyHasFailsWithTheVersionsThatThereAre() {
    run.executor("v9");
    run.submit(JOB, 0, ONE_TASK);
    run.pass(Limits.DEFAULTS.executorWaitMs() - OwnerRun.TICK_MS);
    assertThat(run.effects(Effect.JobFailed.class)).isEmpty();
    run.pass(2 * OwnerRun.TICK_MS);

    var failed = run.effects(Effect.JobFailed.class).getFirst().record();
    assertThat(failed.message()).contains("DuckDB " + OwnerRun.VERSION, "the executors run v9");
    assertThat(failed.retryable()).isTrue();
  }

  @Test
  void standingStillIsNoTimeInWhichAnExecutorCouldHaveCome() {
    run.submit(JOB, 0, ONE_TASK);
    run.pass(2_000);
    run.nowMs += 2 * Limits.DEFAULTS.executorWaitMs();
    run.step(new Event.Tick());
    assertThat(run.effects(Effect.JobFailed.class)).isEmpty();

    run.executor(OwnerRun.VERSION);
    run.runOne();
    assertThat(run.effects(Effect.JobFinished.class)).hasSize(1);
  }

  @Test
  void theRetentionCountsFromTheLastReadAndNotWhileSomeoneReads() {
    run.executor(OwnerRun.VERSION);
    run.submit(JOB, 0, ONE_TASK);
    run.runOne();
    run.pass(RETENTION_MS - 1_000);
    run.step(new Event.ReadingBegins(JOB));
    run.pass(2 * RETENTION_MS);
    assertThat(run.core.kept(Set.of(JOB))).as("while it is read").containsExactly(JOB);
    run.step(new Event.ReadingEnds(JOB));
    run.pass(RETENTION_MS - 1_000);
    assertThat(run.core.kept(Set.of(JOB))).as("after it was read").containsExactly(JOB);
    run.pass(1_000);

    assertThat(run.core.kept(Set.of(JOB))).isEmpty();
    assertThat(run.core.job(JOB)).isEmpty();
    assertThat(run.changes(Change.JobForgotten.class)).hasSize(1);
  }

  @Test
  void anInlineResultNeedsNoFilesSoTheyGoWithTheEnd() {
    run.executor(OwnerRun.VERSION);
    run.submit(JOB, 0, ONE_TASK);
    run.runOne();

    assertThat(run.effects(Effect.JobFinished.class)).hasSize(1);
    assertThat(run.effects(Effect.RemoveJobData.class)).hasSize(1);
  }

  @Test
  void whatASchedulerBeforeLeftIsForgottenAfterTheRetention() {
    run.executor(OwnerRun.VERSION);
    run.step(new Event.EndedJobLoaded(JOB, 3));
    run.pass(RETENTION_MS - 1_000);
    assertThat(run.core.kept(Set.of(JOB))).containsExactly(JOB);
    run.pass(1_000);

    assertThat(run.core.kept(Set.of(JOB))).isEmpty();
    assertThat(run.effects(Effect.RemoveJobData.class).getFirst().epoch()).isEqualTo(3);
  }

  @Test
  void aGraphOfAnySizeGetsSnapshotsThatRestoreIt() {
    int tasks = 20_000;
    run.executor(OwnerRun.VERSION);
    run.submit(JOB, 0, new StageSpec(0, tasks, List.of(), true));
    for (int i = 0; i < 3_000; i++) {
      run.runOne();
    }

    var snapshots = run.changes(Change.SnapshotWritten.class);
    assertThat(snapshots).isNotEmpty();
    Change.SnapshotWritten last = snapshots.getLast();
    assertThat(last.chunks()).isGreaterThan(1);
    var pieces = new ByteArrayOutputStream();
    run.changes(Change.SnapshotChunkWritten.class).stream()
        .filter(chunk -> chunk.sequence() == last.sequence())
        .forEach(chunk -> pieces.writeBytes(chunk.chunk().toByteArray()));
    ExecutionGraph graph =
        ExecutionGraph.decode(Bytes.of(pieces.toByteArray()), new GraphLimits(4, 16, 3));
    assertThat(graph.pendingTasks()).isBetween(tasks - 3_000, tasks - 1_000);
    assertThat(run.changes(Change.LogTrimmed.class).getLast().lastSequence())
        .isEqualTo(last.sequence());
  }
}

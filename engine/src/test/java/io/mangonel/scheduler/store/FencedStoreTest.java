package io.mangonel.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.Bytes;
import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.owner.Event;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.LogEntry;
import io.mangonel.core.record.RecordCodec;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.record.SubmitHolder;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.record.TerminalRecord.ResultPart;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.OutputFile;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskOutput;
import io.mangonel.state.Keyspace;
import io.mangonel.state.MemoryStateBackend;
import io.mangonel.state.StateBackend;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is written is read back, and only the incarnation whose key is there may write. */
class FencedStoreTest {
  private static final long TTL_MS = 60_000;
  private static final JobId JOB = new JobId("20260101-000000-000-00000001");
  private static final JobRequest REQUEST =
      new JobRequest("SELECT 1", new TreeMap<>(), "/", "", "ada", "v2", 7, "key-1");
  private static final List<StageSpec> STAGES = List.of(new StageSpec(0, 2, List.of(), true));

  private final StateBackend backend = MemoryStateBackend.open();
  private final StoredState state = new StoredState(backend);

  @AfterEach
  void close() {
    backend.close();
  }

  private FencedStore register(String incarnation) {
    return FencedStore.registerAlone(backend, new Incarnation(incarnation), "h:1", 5, TTL_MS);
  }

  private static void done(FencedStore store, long count, Change... changes) {
    assertThat(store.commit(new Commit(count, List.of(changes)))).isEqualTo(Commit.Outcome.DONE);
  }

  @Test
  void aQueuedJobIsReadBackWithItsRequestAndSubmit() {
    done(register("a"), 0, new Change.JobCreated(JOB, 1, REQUEST));

    StoredState.Claimable found = state.jobs().claimable().getFirst();
    assertThat(found.planned()).isFalse();
    assertThat(found.job().request()).isEqualTo(REQUEST);
    assertThat(found.job().epoch()).isEqualTo(1);
    assertThat(state.submit("ada", "key-1").orElseThrow().isOf(REQUEST)).isTrue();
    assertThat(state.submit("bob", "key-1")).isEmpty();
  }

  @Test
  void aJobIsNotMadeUnderAKeyThatAnotherHas() {
    FencedStore store = register("a");
    var other = new JobId("20260101-000000-000-00000002");
    var fresh = new JobId("20260101-000000-000-00000003");
    done(store, 0, new Change.JobCreated(JOB, 1, REQUEST));
    Commit both =
        new Commit(
            1,
            List.of(
                new Change.JobCreated(other, 1, REQUEST),
                new Change.JobCreated(fresh, 1, request("key-2"))));

    assertThat(store.commit(both)).isEqualTo(Commit.Outcome.REFUSED);
    assertThat(store.readFence())
        .isEqualTo(
            new Event.FenceRead(
                store.createRevision(), 1, List.of(new SubmitHolder(other, JOB, true))));

    assertThat(store.commit(both.without(Set.of(other), 3))).isEqualTo(Commit.Outcome.DONE);
    assertThat(store.readFence().count()).isEqualTo(3);
    assertThat(state.open(fresh)).isTrue();
    assertThat(state.open(other)).isFalse();
    assertThat(state.submit("ada", "key-1").orElseThrow().job()).isEqualTo(JOB);
  }

  private static JobRequest request(String key) {
    return new JobRequest("SELECT 1", new TreeMap<>(), "/", "", "ada", "v2", 7, key);
  }

  @Test
  void anActiveJobIsReadBackWithPlanSnapshotAndTheLogAfterIt() {
    FencedStore store = register("a");
    var first = launched(0);
    var second = launched(1);
    done(
        store,
        0,
        new Change.JobCreated(JOB, 1, REQUEST),
        new Change.PlanChunkWritten(JOB, 0, Bytes.of(new byte[] {1, 2})),
        new Change.PlanChunkWritten(JOB, 1, Bytes.of(new byte[] {3})),
        new Change.PlanWritten(JOB, new StoredJob.Plan(1, STAGES, 2, 50)));
    done(store, 1, new Change.Transitions(JOB, 1, 1, List.of(first), List.of(7L)));
    Bytes graph = Bytes.of(new byte[] {9, 8});
    done(
        store,
        2,
        new Change.SnapshotChunkWritten(JOB, 1, 0, Bytes.of(new byte[] {9})),
        new Change.SnapshotChunkWritten(JOB, 1, 1, Bytes.of(new byte[] {8})),
        new Change.SnapshotWritten(JOB, 1, 1, 2),
        new Change.LogTrimmed(JOB, 1, 1));
    done(store, 3, new Change.Transitions(JOB, 1, 2, List.of(second), List.of(8L)));
    done(store, 4, new Change.JobClaimed(JOB, 2));

    StoredState.Claimable found = state.jobs().claimable().getFirst();
    assertThat(state.jobs().claimable()).hasSize(1);
    assertThat(found.planned()).isTrue();
    assertThat(found.job().epoch()).isEqualTo(2);
    assertThat(found.job().plan()).isEqualTo(new StoredJob.Plan(1, STAGES, 2, 50));
    assertThat(found.job().snapshot()).isEqualTo(graph);
    assertThat(found.job().snapshotSequence()).isEqualTo(1);
    assertThat(found.job().log()).containsExactly(List.of(second));
    assertThat(state.log(JOB))
        .as("who, when")
        .containsExactly(new LogEntry("a", 1, List.of(second), List.of(8L)));
    assertThat(state.planBody(JOB)).contains(Bytes.of(new byte[] {1, 2, 3}));
  }

  @Test
  void aSnapshotCountsWhenAllOfItIsThereAndTheLogItCoversIsPassedOver() {
    FencedStore store = register("a");
    done(
        store,
        0,
        new Change.JobCreated(JOB, 1, REQUEST),
        new Change.PlanWritten(JOB, new StoredJob.Plan(1, STAGES, 0, 50)),
        new Change.Transitions(JOB, 1, 1, List.of(launched(0)), List.of(7L)));
    done(store, 1, new Change.SnapshotChunkWritten(JOB, 1, 0, Bytes.of(new byte[] {9})));
    StoredJob half = state.jobs().claimable().getFirst().job();
    assertThat(half.snapshot()).isNull();
    assertThat(half.log()).hasSize(1);

    done(store, 2, new Change.SnapshotWritten(JOB, 1, 1, 1));
    StoredJob whole = state.jobs().claimable().getFirst().job();
    assertThat(whole.snapshot()).isEqualTo(Bytes.of(new byte[] {9}));
    assertThat(whole.log()).as("covered, and not trimmed yet").isEmpty();

    done(store, 3, new Change.SnapshotChunkWritten(JOB, 2, 0, Bytes.of(new byte[] {7})));
    done(
        store,
        4,
        new Change.SnapshotWritten(JOB, 1, 2, 1),
        new Change.SnapshotDropped(JOB, 1, 0, 0));
    assertThat(state.jobs().claimable().getFirst().job().snapshot())
        .isEqualTo(Bytes.of(new byte[] {7}));
    assertThat(backend.scanKeys(Keyspace.ACTIVE_JOBS, Keys.snapshotPrefix(JOB), "", 10)).hasSize(1);
  }

  @Test
  void piecesOfAPlanThatWasNeverCompleteAreNotRead() {
    FencedStore store = register("a");
    done(
        store,
        0,
        new Change.JobCreated(JOB, 1, REQUEST),
        new Change.PlanChunkWritten(JOB, 0, Bytes.of(new byte[] {1})),
        new Change.PlanChunkWritten(JOB, 1, Bytes.of(new byte[] {2})));
    assertThat(state.planBody(JOB)).isEmpty();
    done(
        store,
        1,
        new Change.PlanChunkWritten(JOB, 0, Bytes.of(new byte[] {3})),
        new Change.PlanWritten(JOB, new StoredJob.Plan(2, STAGES, 1, 50)));

    assertThat(state.planBody(JOB)).contains(Bytes.of(new byte[] {3}));
  }

  @Test
  void recordsOfTheFirstVersionsAreRead() {
    var request = new RecordWriter().number(1).text("SELECT 1").list(List.of(), (o, x) -> {});
    request.text("/").text("").text("ada").text("v2").number(7).text("key-1");
    assertThat(RecordCodec.decodeRequest(request.toBytes())).isEqualTo(REQUEST);

    var plan = new RecordWriter().number(1).number(3);
    plan.list(
        STAGES, // Without inputs, and before they had a kind.
        (o, stage) ->
            o.number(stage.id())
                .number(stage.tasks())
                .list(List.of(), (p, x) -> {})
                .flag(stage.deterministic()));
    assertThat(RecordCodec.decodePlan(plan.toBytes()))
        .isEqualTo(new StoredJob.Plan(3, STAGES, StoredJob.Plan.CHUNKS_UNKNOWN, 0));

    Bytes graph = Bytes.of(new byte[] {9});
    var snapshot = new RecordWriter().number(1).number(4).bytes(graph);
    assertThat(SnapshotRecord.decode(snapshot.toBytes()))
        .isEqualTo(new SnapshotRecord(4, 0, graph));

    // An output file without a checksum.
    var succeeded = new RecordWriter().number(1).number(1).number(2);
    launched(0).id().write(succeeded);
    succeeded.number(1).number(-1).text("a").number(5).number(50);
    succeeded.bytes(Bytes.EMPTY).number(5).number(50);
    var file = new OutputFile(-1, "a", 5, 50, OutputFile.NO_CHECKSUM);
    var success =
        new GraphTransition.TaskSucceeded(
            launched(0).id(), new TaskOutput(List.of(file), Bytes.EMPTY, 5, 50));
    assertThat(RecordCodec.decodeLogEntry(succeeded.toBytes()))
        .isEqualTo(new LogEntry("", 0, List.of(success), List.of(0L)));

    var failed = new TerminalRecord.Failed("no", true, 100);
    var ended = new RecordWriter().number(1).text("a").number(2);
    ended.bytes(RecordCodec.encodeTerminalRecord(failed));
    assertThat(EndedJob.decode(ended.toBytes()))
        .isEqualTo(new EndedJob(new Incarnation("a"), 2, failed, 0, 0, 0));
    var second = new RecordWriter().number(2).text("a").number(3);
    second.bytes(RecordCodec.encodeTerminalRecord(failed)).number(7);
    assertThat(EndedJob.decode(second.toBytes()))
        .isEqualTo(new EndedJob(new Incarnation("a"), 3, failed, 7, 0, 0));
    var newest = new EndedJob(new Incarnation("a"), 3, failed, 7, 5, 4);
    assertThat(EndedJob.decode(newest.encode())).isEqualTo(newest);
  }

  @Test
  void anEndedJobIsHistoryAndNotClaimed() {
    FencedStore store = register("a");
    var part =
        new ResultPart(
            launched(0).id(),
            new ExecutorId("e1"),
            new TaskOutput(List.of(), Bytes.of(new byte[] {4}), 1, 1));
    var finished = new TerminalRecord.Finished(List.of(part), 99);
    JobId other = new JobId("20260101-000000-000-00000002");
    var failed = new TerminalRecord.Failed("no", true, 100);
    done(
        store,
        0,
        new Change.JobCreated(JOB, 1, REQUEST),
        new Change.PlanWritten(JOB, new StoredJob.Plan(1, STAGES, 0, 50)),
        new Change.JobEnded(JOB, 1, finished, 50, 3, 2),
        new Change.JobCreated(other, 1, REQUEST),
        new Change.JobEnded(other, 1, failed, 0, 3, 2));

    assertThat(state.jobs().claimable()).isEmpty();
    assertThat(state.ended(JOB).orElseThrow().record()).isEqualTo(finished);
    assertThat(state.history(10)).extracting(StoredState.Ended::job).containsExactly(other, JOB);
    assertThat(state.history(1)).extracting(StoredState.Ended::record).containsExactly(failed);
  }

  @Test
  void aJobIsKnownFromItsCreationUntilItsDetailsGo() {
    FencedStore store = register("a");
    JobId nobody = new JobId("20260101-000000-000-00000009");
    List<JobId> asked = List.of(JOB, nobody);
    assertThat(state.known(asked)).isEmpty();
    done(store, 0, new Change.JobCreated(JOB, 1, REQUEST));
    assertThat(state.known(asked)).containsExactly(JOB);
    done(store, 1, new Change.PlanWritten(JOB, new StoredJob.Plan(1, STAGES, 0, 50)));
    assertThat(state.known(asked)).containsExactly(JOB);
    var failed = new TerminalRecord.Failed("no", true, 100);
    done(store, 2, new Change.JobEnded(JOB, 1, failed, 0, 3, 2));
    assertThat(state.known(asked)).containsExactly(JOB);
    new StoreSweep(state, store, _ -> Set.of()).run();
    assertThat(state.known(asked)).isEmpty();
    assertThat(state.ended(JOB)).as("the history stays").isPresent();
  }

  @Test
  void theSameCommitSentAgainIsRefusedAndTheFenceTellsThatItWasDone() {
    FencedStore store = register("a");
    Commit commit = new Commit(0, List.of(new Change.JobCreated(JOB, 1, REQUEST)));

    assertThat(store.commit(commit)).isEqualTo(Commit.Outcome.DONE);
    assertThat(store.commit(commit)).isEqualTo(Commit.Outcome.REFUSED);
    assertThat(store.readFence().createRevision()).isEqualTo(store.createRevision());
    assertThat(store.readFence().count()).isEqualTo(1);
  }

  @Test
  void theNextIncarnationTakesTheKeyAndTheOldOneCanWriteNothing() {
    FencedStore old = register("a");
    FencedStore next = register("b");

    assertThat(old.commit(new Commit(0, List.of(new Change.JobCreated(JOB, 1, REQUEST)))))
        .isEqualTo(Commit.Outcome.REFUSED);
    assertThat(old.readFence().createRevision()).isEqualTo(-1);
    done(next, 0, new Change.JobCreated(JOB, 1, REQUEST));
    assertThat(backend.scanKeys(Keyspace.SCHEDULERS, "", "", 10)).containsExactly("b");
  }

  @Test
  void aRecordOfANewerFormatIsLeftAloneAndNamed() {
    done(register("a"), 0, new Change.JobCreated(JOB, 1, REQUEST));
    Bytes newer = new io.mangonel.core.RecordWriter().number(99).toBytes();
    backend.put(Keyspace.QUEUED_JOBS, Keys.request(JOB), newer);

    assertThat(state.jobs().claimable()).isEmpty();
    assertThat(state.jobs().unreadable())
        .singleElement()
        .asString()
        .contains(JOB.value(), "format version 99");
  }

  @Test
  void executorsAreReadBackUntilTheyAreDeleted() {
    FencedStore store = register("a");
    var info =
        new ExecutorInfo(new ExecutorId("e1"), new Incarnation("i1"), "h", 7, 2, "v2", false);
    done(store, 0, new Change.ExecutorWritten(info));
    assertThat(state.executors()).containsExactly(info);
    done(store, 1, new Change.ExecutorDeleted(info.id()));
    assertThat(state.executors()).isEmpty();
  }

  @Test
  void theSweepDeletesWhatIsBehindEndedJobsThatTheCoreHasForgotten() {
    FencedStore store = register("a");
    done(
        store,
        0,
        new Change.JobCreated(JOB, 1, REQUEST),
        new Change.PlanChunkWritten(JOB, 0, Bytes.of(new byte[] {1})),
        new Change.PlanWritten(JOB, new StoredJob.Plan(1, STAGES, 1, 50)));
    done(store, 1, new Change.Transitions(JOB, 1, 1, List.of(launched(0)), List.of(7L)));
    done(
        store,
        2,
        new Change.JobEnded(JOB, 1, new TerminalRecord.Failed("no", false, 100), 50, 3, 2));
    store.markCancelled(JOB);

    new StoreSweep(state, store, ended -> ended).run();
    assertThat(state.planBody(JOB)).isPresent();
    assertThat(state.details(state.ended(JOB).orElseThrow()).orElseThrow().log()).hasSize(1);
    assertThat(backend.scanKeys(Keyspace.CANCELS, "", "", 10)).isEmpty();
    new StoreSweep(state, store, _ -> Set.of()).run();
    assertThat(backend.scanKeys(Keyspace.ACTIVE_JOBS, "", "", 10)).isEmpty();
    assertThat(state.ended(JOB).orElseThrow().plannedAtMs()).isEqualTo(50);
  }

  private static GraphTransition.TaskLaunched launched(int partition) {
    return new GraphTransition.TaskLaunched(
        new TaskAttemptId(JOB, 0, 0, partition, 1, new Incarnation("a"), 0),
        new ExecutorId("e1"),
        new Incarnation("i1"));
  }
}

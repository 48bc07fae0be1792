package io.mangonel.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.suspicion.Lineage;
import io.mangonel.core.suspicion.Succession;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.cluster.Takeovers;
import io.mangonel.state.MemoryStateBackend;
import io.mangonel.state.StateBackend;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several schedulers on one store: a job has one owner, and changes it only when that is gone. */
class ClaimTest {
  private static final long TTL_MS = 60_000;
  private static final Incarnation A = new Incarnation("a");
  private static final Incarnation B = new Incarnation("b");
  private static final Incarnation C = new Incarnation("c");
  private static final Incarnation D = new Incarnation("d");
  private static final JobId QUEUED = new JobId("20260101-000000-000-00000001");
  private static final JobId ACTIVE = new JobId("20260101-000000-000-00000002");
  private static final List<JobId> BOTH = List.of(QUEUED, ACTIVE);
  private static final StoredJob.Plan PLAN =
      new StoredJob.Plan(1, List.of(new StageSpec(0, 2, List.of(), true)), 0, 50);

  private final StateBackend backend = MemoryStateBackend.open();
  private final StoredState state = new StoredState(backend);

  @AfterEach
  void close() {
    backend.close();
  }

  private FencedStore register(Incarnation incarnation, String address) {
    return FencedStore.registerAmong(backend, incarnation, address, 5, TTL_MS);
  }

  /** With a job that waits for its plan, and one that has it. */
  private FencedStore owner() {
    FencedStore owner = register(A, "h:1");
    var request = new JobRequest("SELECT 1", new TreeMap<>(), "/", "", "ada", "v2", 7, "");
    done(
        owner,
        0,
        new Change.JobCreated(QUEUED, 1, request),
        new Change.JobCreated(ACTIVE, 1, request),
        new Change.PlanWritten(ACTIVE, PLAN));
    return owner;
  }

  private static void done(FencedStore store, long count, Change... changes) {
    assertThat(store.commit(new Commit(count, List.of(changes)))).isEqualTo(Commit.Outcome.DONE);
  }

  private List<Incarnation> owners() {
    return state.headers().stream().map(StoredState.Header::owner).toList();
  }

  @Test
  void nobodyClaimsTheJobsOfAnOwnerThatHasItsKey() {
    owner();
    assertThat(register(B, "h:2").claim(A, BOTH, 9)).isEmpty();
    assertThat(owners()).containsExactly(A, A);
  }

  @Test
  void oneClaimsTheJobsOfAnOwnerThatIsGoneAndTheNextGetsNone() {
    FencedStore owner = owner();
    FencedStore heir = register(B, "h:2");
    FencedStore late = register(C, "h:3");
    owner.release();
    assertThat(heir.claim(A, BOTH, 9)).containsExactlyElementsOf(BOTH);
    assertThat(late.claim(A, BOTH, 9)).isEmpty();
    assertThat(owners()).containsExactly(B, B);
    assertThat(state.takeovers())
        .containsExactlyEntriesOf(Map.of(B, new TakeoverRecord(A, 9, 2, false)));
    assertThat(state.claimable(ACTIVE))
        .isInstanceOfSatisfying(
            StoredState.Claim.Found.class,
            found -> {
              assertThat(found.job().planned()).isTrue();
              assertThat(found.job().job().epoch()).isEqualTo(2);
            });
    heir.release();
    assertThat(late.claim(B, BOTH, 9)).containsExactlyElementsOf(BOTH);
    assertThat(state.headers()).allMatch(header -> header.epoch() == 3);
  }

  @Test
  void whatWasSeenBeforeAClaimIsReadAnewOnlyWhereItHasChanged() {
    FencedStore owner = owner();
    FencedStore heir = register(B, "h:2");
    FencedStore late = register(C, "h:3");
    Survey early = state.survey();
    assertThat(early.headers()).containsOnlyKeys(BOTH);
    assertThat(early.present()).containsExactlyInAnyOrder(A, B, C);
    assertThat(heir.claim(A, BOTH, early, 9).jobs()).isEmpty();
    // One of them moves on before its owner is gone.
    done(owner, 1, new Change.PlanWritten(QUEUED, PLAN));
    owner.release();
    Survey seen = state.survey();
    assertThat(seen.present()).containsExactlyInAnyOrder(B, C);
    assertThat(heir.claim(A, BOTH, early, 9).jobs()).containsExactlyElementsOf(BOTH);
    assertThat(owners()).containsExactly(B, B);
    assertThat(late.claim(A, BOTH, seen, 9).jobs()).isEmpty();
    heir.release();
    assertThat(late.claim(B, List.of(ACTIVE), state.survey(), 9).jobs()).containsExactly(ACTIVE);
    assertThat(late.claim(B, List.of(QUEUED), Survey.NOTHING, 9).jobs()).containsExactly(QUEUED);
  }

  @Test
  void aSurveyShowsWhoIsGoneBySuspicionAndManyJobsOnceEach() {
    FencedStore owner = register(A, "h:1");
    FencedStore heir = register(B, "h:2");
    var request = new JobRequest("SELECT 1", new TreeMap<>(), "/", "", "ada", "", 7, "");
    int jobs = 600; // More than a page.
    for (int first = 0; first < jobs; first += 20) {
      Change[] made =
          IntStream.range(first, first + 20)
              .mapToObj(i -> new JobId("20260101-000000-000-%08d".formatted(i)))
              .map(job -> new Change.JobCreated(job, 1, request))
              .toArray(Change[]::new);
      done(owner, first / 20, made);
    }
    assertThat(heir.removeSuspected(present(A))).isTrue();
    Survey seen = state.survey();
    assertThat(seen.headers()).hasSize(jobs);
    assertThat(seen.headers().values()).allMatch(header -> header.owner().equals(A));
    assertThat(seen.present()).containsExactly(B);
    assertThat(seen.suspected()).containsExactly(A);
  }

  @Test
  void jobsOfWhoIsGoneAreKnownFromALookThatWasBefore() {
    FencedStore owner = owner();
    FencedStore heir = register(B, "h:2");
    var takeovers = new Takeovers(heir, state);
    Survey lately = state.look().survey();
    assertThat(takeovers.known(lately, Set.of(A, B)::contains)).isEmpty();
    StoredState.Scheduler seen = present(A);
    assertThat(heir.removeSuspected(seen)).isTrue();
    List<Event.Orphan> known = takeovers.known(lately, Set.of(B)::contains);
    assertThat(known)
        .containsExactly(new Event.Orphan(QUEUED, A, false), new Event.Orphan(ACTIVE, A, true));
    // That it was suspected is not in that look: the claim is of what is so.
    var claim = new Effect.ClaimJobs(A, BOTH);
    assertThat(takeovers.claim(claim, 9)).hasSize(2);
    assertThat(state.takeovers())
        .containsExactlyEntriesOf(Map.of(B, new TakeoverRecord(A, 9, 2, true)));
    assertThat(owner.claim(A, BOTH, 9)).isEmpty();
    // What is its own, it does not claim from an old look.
    assertThat(takeovers.known(state.look().survey(), Set.of()::contains)).isEmpty();
  }

  private StoredState.Scheduler present(Incarnation incarnation) {
    return state.schedulers().stream()
        .filter(one -> one.incarnation().equals(incarnation))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aSuspectedOwnerLosesTheKeyThatWasSeenAndWritesNothingMore() {
    FencedStore owner = owner();
    FencedStore heir = register(B, "h:2");
    StoredState.Scheduler seen = present(A);
    // Not another key under its name.
    var other = new StoredState.Scheduler(A, seen.record(), seen.createRevision() + 1);
    assertThat(heir.removeSuspected(other)).isFalse();
    assertThat(heir.suspected(A)).isFalse();
    assertThat(heir.removeSuspected(seen)).isTrue();
    assertThat(heir.claim(A, BOTH, 9)).hasSize(2);
    assertThat(state.takeovers())
        .containsExactlyEntriesOf(Map.of(B, new TakeoverRecord(A, 9, 2, true)));
    assertThat(owner.commit(new Commit(1, List.of(new Change.JobClaimed(ACTIVE, 7)))))
        .isEqualTo(Commit.Outcome.REFUSED);
    // It lived, and says so.
    var was = new Lineage(List.of(A, D), List.of(D));
    FencedStore.registerAmong(backend, C, was, "h:1", 9, TTL_MS);
    assertThat(present(C).succession())
        .contains(new Succession(C, new Lineage(List.of(A, D), List.of(B, D))));
  }

  @Test
  void whoHasNoKeyRemovesNobody() {
    FencedStore owner = owner();
    register(B, "h:2");
    owner.release();
    assertThat(owner.removeSuspected(present(B))).isFalse();
    assertThat(present(B).succession()).isEmpty();
  }

  @Test
  void anOwnerThatWakesUpAfterItsJobsWereClaimedWritesNothing() {
    FencedStore owner = owner();
    FencedStore heir = register(B, "h:2");
    owner.release();
    assertThat(heir.claim(A, BOTH, 9)).hasSize(2);
    assertThat(owner.commit(new Commit(1, List.of(new Change.JobClaimed(ACTIVE, 7)))))
        .isEqualTo(Commit.Outcome.REFUSED);
    assertThat(owner.claim(A, BOTH, 9)).isEmpty();
    assertThat(owners()).containsExactly(B, B);
  }

  @Test
  void ofABatchThatAnotherWasFasterWithTheRestIsClaimed() {
    FencedStore owner = owner();
    FencedStore heir = register(B, "h:2");
    FencedStore late = register(C, "h:3");
    owner.release();
    assertThat(heir.claim(A, List.of(QUEUED), 9)).containsExactly(QUEUED);
    assertThat(late.claim(A, BOTH, 9)).containsExactly(ACTIVE);
    assertThat(owners()).containsExactlyInAnyOrder(B, C);
  }

  @Test
  void whoHasNoKeyClaimsNothing() {
    FencedStore owner = owner();
    FencedStore heir = register(B, "h:2");
    owner.release();
    heir.release();
    assertThat(heir.claim(A, BOTH, 9)).isEmpty();
    assertThat(owners()).containsExactly(A, A);
  }

  @Test
  void aClaimWhoseAnswerWasLostIsSentAgainAndFoundDone() {
    FencedStore owner = owner();
    owner.release();
    var lossy = new LossyStore(backend);
    FencedStore heir = FencedStore.registerAmong(lossy, B, "h:2", 5, TTL_MS);
    lossy.loseAnswers = 1;
    assertThat(heir.claim(A, BOTH, 9)).containsExactlyElementsOf(BOTH);
    assertThat(lossy.lost).isOne();
    assertThat(owners()).containsExactly(B, B);
    // None of the answers comes: later they are found as ours.
    lossy.loseAnswers = Integer.MAX_VALUE;
    assertThat(heir.claim(B, BOTH, 9)).containsExactlyElementsOf(BOTH);
  }

  @Test
  void whoStartsAtTheAddressOfAnotherDoesNotWaitForItsLease() {
    owner();
    FencedStore elsewhere = register(C, "h:3");
    FencedStore next = register(B, "h:1");
    assertThat(state.schedulers())
        .extracting(StoredState.Scheduler::incarnation)
        .containsExactly(B, C);
    assertThat(next.claim(A, BOTH, 9)).hasSize(2);
    assertThat(elsewhere.keepAlive()).isTrue();
  }
}

package io.mangonel.workbench.state;

import static io.mangonel.state.Keyspace.ACTIVE_JOBS;
import static io.mangonel.state.Keyspace.COMPLETED_JOBS;
import static io.mangonel.state.Keyspace.LOCKS;
import static io.mangonel.state.Keyspace.SCHEDULERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.Bytes;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Change;
import io.mangonel.state.StateBackend.CommitOutcome;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateBackend.Guard;
import io.mangonel.state.StateBackend.Lease;
import io.mangonel.state.StateBackend.LockToken;
import io.mangonel.state.StateBackend.Operation;
import io.mangonel.state.StateBackend.Page;
import io.mangonel.state.StateException;
import io.mangonel.state.StateLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The contract of {@link StateBackend}: a store passes when a test class that opens it does. */
interface StateBackendContract {
  long TTL_MS = 4_000;

  /** More than half of a lease's time, less than all of it. */
  long PART_MS = TTL_MS * 5 / 8;

  /** More than a lease's time. */
  long BEYOND_MS = TTL_MS + TTL_MS / 4;

  /** A new, empty store. */
  StateBackend open();

  /** Lets the store's clock advance. */
  void passTime(long ms);

  @Test
  default void anAbsentKeyIsEmptyAndAPutOneIsThere() {
    try (StateBackend store = open()) {
      assertThat(store.get(ACTIVE_JOBS, "a")).isEmpty();
      long revision = done(store.put(ACTIVE_JOBS, "a", bytes("1")));
      assertThat(store.get(ACTIVE_JOBS, "a"))
          .contains(new Entry("a", bytes("1"), revision, revision));
      assertThat(store.get(COMPLETED_JOBS, "a")).isEmpty();
    }
  }

  @Test
  default void revisionsRiseAndADeletedKeyIsCreatedAnew() {
    try (StateBackend store = open()) {
      long first = done(store.put(ACTIVE_JOBS, "a", bytes("1")));
      long second = done(store.put(ACTIVE_JOBS, "a", bytes("2")));
      assertThat(second).isGreaterThan(first);
      assertThat(store.get(ACTIVE_JOBS, "a")).contains(new Entry("a", bytes("2"), first, second));
      done(store.delete(ACTIVE_JOBS, "a"));
      assertThat(store.get(ACTIVE_JOBS, "a")).isEmpty();
      long third = done(store.put(ACTIVE_JOBS, "a", bytes("3")));
      assertThat(store.get(ACTIVE_JOBS, "a")).contains(new Entry("a", bytes("3"), third, third));
    }
  }

  @Test
  default void allChangesOfACommitHaveOneRevision() {
    try (StateBackend store = open()) {
      long revision = done(store.putTxn(List.of(put("a", "1"), put("b", "2"))));
      assertThat(store.scan(ACTIVE_JOBS, "", "", 10))
          .containsExactly(
              new Entry("a", bytes("1"), revision, revision),
              new Entry("b", bytes("2"), revision, revision));
    }
  }

  @Test
  default void everyGuardHoldsOrRefuses() {
    try (StateBackend store = open()) {
      long created = done(store.put(ACTIVE_JOBS, "a", bytes("1")));
      long modified = done(store.put(ACTIVE_JOBS, "a", bytes("2")));
      assertThat(guarded(store, new Guard.CreateRevision(ACTIVE_JOBS, "a", created))).isTrue();
      assertThat(guarded(store, new Guard.CreateRevision(ACTIVE_JOBS, "a", modified))).isFalse();
      assertThat(guarded(store, new Guard.ModifyRevision(ACTIVE_JOBS, "a", modified))).isTrue();
      assertThat(guarded(store, new Guard.ModifyRevision(ACTIVE_JOBS, "a", created))).isFalse();
      assertThat(guarded(store, new Guard.Value(ACTIVE_JOBS, "a", bytes("2")))).isTrue();
      assertThat(guarded(store, new Guard.Value(ACTIVE_JOBS, "a", bytes("1")))).isFalse();
      assertThat(guarded(store, new Guard.Absent(ACTIVE_JOBS, "a"))).isFalse();
      assertThat(guarded(store, new Guard.Absent(ACTIVE_JOBS, "b"))).isTrue();
      assertThat(guarded(store, new Guard.Absent(COMPLETED_JOBS, "a"))).isTrue();
    }
  }

  @Test
  default void onlyAbsentHoldsOfAnAbsentKey() {
    try (StateBackend store = open()) {
      assertThat(guarded(store, new Guard.CreateRevision(ACTIVE_JOBS, "x", 0))).isFalse();
      assertThat(guarded(store, new Guard.ModifyRevision(ACTIVE_JOBS, "x", 0))).isFalse();
      assertThat(guarded(store, new Guard.Value(ACTIVE_JOBS, "x", Bytes.EMPTY))).isFalse();
    }
  }

  @Test
  default void aRefusedCommitLeavesNothing() {
    try (StateBackend store = open()) {
      long revision = done(store.put(ACTIVE_JOBS, "a", bytes("1")));
      CommitOutcome outcome =
          store.commit(
              List.of(
                  new Guard.Value(ACTIVE_JOBS, "a", bytes("1")),
                  new Guard.Absent(ACTIVE_JOBS, "a")),
              List.of(put("a", "2"), put("b", "2"), new Operation.Delete(COMPLETED_JOBS, "c")));
      assertThat(outcome).isEqualTo(new CommitOutcome.Refused());
      assertThat(store.scan(ACTIVE_JOBS, "", "", 10))
          .containsExactly(new Entry("a", bytes("1"), revision, revision));
      assertThat(done(store.putTxn(List.of()))).isEqualTo(revision);
    }
  }

  @Test
  default void aCommitThatNamesAKeyTwiceOrIsTooLargeIsABug() {
    try (StateBackend store = open()) {
      assertThatThrownBy(
              () -> store.putTxn(List.of(put("a", "1"), new Operation.Delete(ACTIVE_JOBS, "a"))))
          .isInstanceOf(IllegalArgumentException.class);
      List<Operation> many =
          IntStream.rangeClosed(0, StateLimits.COMMIT_OPERATIONS_MAX)
              .mapToObj(i -> put("k" + i, "v"))
              .toList();
      assertThatThrownBy(() -> store.putTxn(many)).isInstanceOf(IllegalArgumentException.class);
      Bytes large = Bytes.of(new byte[StateLimits.COMMIT_BYTES_MAX]);
      assertThatThrownBy(() -> store.put(ACTIVE_JOBS, "a", large))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.put(ACTIVE_JOBS, "", Bytes.EMPTY))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(store.scanKeys(ACTIVE_JOBS, "", "", 10)).isEmpty();
    }
  }

  @Test
  default void largeAndEmptyValuesComeBackWhole() {
    byte[] large = new byte[1_000_000];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) (i * 31);
    }
    try (StateBackend store = open()) {
      done(store.put(ACTIVE_JOBS, "large", Bytes.of(large)));
      done(store.put(ACTIVE_JOBS, "empty", Bytes.EMPTY));
      assertThat(store.get(ACTIVE_JOBS, "large").orElseThrow().value()).isEqualTo(Bytes.of(large));
      assertThat(store.get(ACTIVE_JOBS, "empty").orElseThrow().value()).isEqualTo(Bytes.EMPTY);
    }
  }

  @Test
  default void mvMovesOnceAndIsRefusedWhenNothingIsThere() {
    try (StateBackend store = open()) {
      assertThat(store.mv(ACTIVE_JOBS, COMPLETED_JOBS, "a")).isEqualTo(new CommitOutcome.Refused());
      done(store.put(ACTIVE_JOBS, "a", bytes("1")));
      done(store.mv(ACTIVE_JOBS, COMPLETED_JOBS, "a"));
      assertThat(store.get(ACTIVE_JOBS, "a")).isEmpty();
      assertThat(store.get(COMPLETED_JOBS, "a").orElseThrow().value()).isEqualTo(bytes("1"));
      assertThat(store.mv(ACTIVE_JOBS, COMPLETED_JOBS, "a")).isEqualTo(new CommitOutcome.Refused());
    }
  }

  @Test
  default void ofConcurrentGuardedCommitsEachCountIsWrittenOnce() throws Exception {
    int writers = 4;
    int rounds = 25;
    try (StateBackend store = open();
        var threads = Executors.newFixedThreadPool(writers)) {
      done(store.put(ACTIVE_JOBS, "count", bytes("0")));
      Callable<Integer> writer =
          () -> {
            int refused = 0;
            for (int written = 0; written < rounds; ) {
              Entry entry = store.get(ACTIVE_JOBS, "count").orElseThrow();
              CommitOutcome outcome =
                  store.commit(
                      List.of(
                          new Guard.ModifyRevision(ACTIVE_JOBS, "count", entry.modifyRevision())),
                      List.of(put("count", Integer.toString(number(entry) + 1))));
              if (outcome instanceof CommitOutcome.Done) {
                written++;
              } else {
                refused++;
              }
            }
            return refused;
          };
      for (var result : threads.invokeAll(List.of(writer, writer, writer, writer))) {
        assertThat(result.get()).isNotNegative();
      }
      assertThat(number(store.get(ACTIVE_JOBS, "count").orElseThrow())).isEqualTo(writers * rounds);
    }
  }

  @Test
  default void aLeaseTakesItsKeysWithItWhenItExpires() {
    try (StateBackend store = open()) {
      Lease lease = store.grantLease(TTL_MS);
      done(store.putTxn(List.of(leased("mine", "1", lease), leased("freed", "1", lease))));
      done(store.put(SCHEDULERS, "other", bytes("1")));
      done(store.put(SCHEDULERS, "freed", bytes("2")));
      passTime(PART_MS);
      assertThat(lease.keepAlive()).isTrue();
      passTime(PART_MS);
      assertThat(store.get(SCHEDULERS, "mine")).isPresent();
      passTime(BEYOND_MS);
      awaitAbsent(store, SCHEDULERS, "mine");
      assertThat(lease.keepAlive()).isFalse();
      assertThat(store.scanKeys(SCHEDULERS, "", "", 10)).containsExactly("freed", "other");
      assertThat(store.commit(List.of(), List.of(leased("mine", "2", lease))))
          .isEqualTo(new CommitOutcome.Refused());
    }
  }

  @Test
  default void aKeyPutAgainWithTheLeaseKeepsItsCreationAndGoesWithTheLease() {
    try (StateBackend store = open()) {
      Lease first = store.grantLease(TTL_MS);
      Lease second = store.grantLease(TTL_MS);
      long created = done(store.commit(List.of(), List.of(leased("key", "0", first))));
      CommitOutcome counted =
          store.commit(
              List.of(
                  new Guard.CreateRevision(SCHEDULERS, "key", created),
                  new Guard.Value(SCHEDULERS, "key", bytes("0"))),
              List.of(leased("key", "1", second)));
      assertThat(counted).isInstanceOf(CommitOutcome.Done.class);
      first.revoke();
      assertThat(store.get(SCHEDULERS, "key").orElseThrow().createRevision()).isEqualTo(created);
      second.revoke();
      assertThat(store.get(SCHEDULERS, "key")).isEmpty();
      assertThat(second.keepAlive()).isFalse();
    }
  }

  @Test
  default void aLockIsHeldByOneLeaseAndItsTokenProvesIt() {
    try (StateBackend store = open()) {
      Lease mine = store.grantLease(TTL_MS);
      Lease theirs = store.grantLease(TTL_MS);
      LockToken token = store.lock(LOCKS, "sweep", mine).orElseThrow();
      assertThat(store.lock(LOCKS, "sweep", theirs)).isEmpty();
      assertThat(store.lock(LOCKS, "sweep", mine)).contains(token);
      done(store.commit(List.of(token.guard()), List.of(put("a", "1"))));
      done(store.unlock(token));
      assertThat(store.unlock(token)).isEqualTo(new CommitOutcome.Refused());
      LockToken next = store.lock(LOCKS, "sweep", theirs).orElseThrow();
      assertThat(store.commit(List.of(token.guard()), List.of(put("a", "2"))))
          .isEqualTo(new CommitOutcome.Refused());
      done(store.commit(List.of(next.guard()), List.of(put("a", "3"))));
      theirs.revoke();
      assertThat(store.lock(LOCKS, "sweep", mine)).isPresent();
    }
  }

  @Test
  default void aWatchHearsLaterChangesOfItsPrefixInOrder() {
    Queue<Change> heard = new ConcurrentLinkedQueue<>();
    try (StateBackend store = open()) {
      done(store.put(ACTIVE_JOBS, "job/before", bytes("0")));
      StateBackend.Watch watch = store.watch(ACTIVE_JOBS, "job/", heard::add);
      long first = done(store.put(ACTIVE_JOBS, "job/a", bytes("1")));
      done(store.put(ACTIVE_JOBS, "jobs", bytes("1")));
      done(store.put(COMPLETED_JOBS, "job/a", bytes("1")));
      long second = done(store.put(ACTIVE_JOBS, "job/a", bytes("2")));
      done(store.delete(ACTIVE_JOBS, "job/a"));
      done(store.delete(ACTIVE_JOBS, "job/absent"));
      await()
          .atMost(10, TimeUnit.SECONDS)
          .untilAsserted(
              () ->
                  assertThat(heard)
                      .containsExactly(
                          new Change.Put(new Entry("job/a", bytes("1"), first, first)),
                          new Change.Put(new Entry("job/a", bytes("2"), first, second)),
                          new Change.Deleted("job/a")));
      watch.close();
      done(store.put(ACTIVE_JOBS, "job/after", bytes("3")));
      StateBackend.Watch later = store.watch(ACTIVE_JOBS, "job/", heard::add);
      done(store.put(ACTIVE_JOBS, "job/last", bytes("4")));
      await().atMost(10, TimeUnit.SECONDS).until(() -> heard.size() > 3);
      later.close();
      assertThat(new ArrayList<>(heard).get(3))
          .isInstanceOfSatisfying(
              Change.Put.class, put -> assertThat(put.entry().key()).isEqualTo("job/last"));
    }
  }

  /** A call that is under way while a scheduler ends is told to try again. */
  @Test
  default void aReadOfAClosedStoreIsNoAnswer() {
    StateBackend store = open();
    done(store.put(ACTIVE_JOBS, "job/a", bytes("1")));
    store.close();
    assertThatThrownBy(() -> store.get(ACTIVE_JOBS, "job/a")).isInstanceOf(StateException.class);
    assertThatThrownBy(() -> store.scan(ACTIVE_JOBS, "", "", 10))
        .isInstanceOf(StateException.class);
    assertThatThrownBy(() -> store.scanAll(List.of(Page.first(ACTIVE_JOBS, "", 10))))
        .isInstanceOf(StateException.class);
    assertThatThrownBy(() -> store.scanKeys(ACTIVE_JOBS, "", "", 10))
        .isInstanceOf(StateException.class);
  }

  @Test
  default void aWatchHearsThatALeaseExpired() {
    Queue<Change> heard = new ConcurrentLinkedQueue<>();
    try (StateBackend store = open()) {
      Lease lease = store.grantLease(TTL_MS);
      done(store.commit(List.of(), List.of(leased("key", "1", lease))));
      store.watch(SCHEDULERS, "", heard::add);
      passTime(BEYOND_MS);
      await()
          .atMost(20, TimeUnit.SECONDS)
          .untilAsserted(() -> assertThat(heard).containsExactly(new Change.Deleted("key")));
    }
  }

  @Test
  default void aSlowListenerBlocksNoCommitAndHearsThatChangesWereLost() throws Exception {
    Queue<Change> heard = new ConcurrentLinkedQueue<>();
    CountDownLatch release = new CountDownLatch(1);
    int commits = 2 * StateLimits.WATCH_CHANGES_MAX / StateLimits.COMMIT_OPERATIONS_MAX;
    try (StateBackend store = open()) {
      store.watch(
          ACTIVE_JOBS,
          "",
          change -> {
            awaitQuietly(release);
            heard.add(change);
          });
      for (int i = 0; i < commits; i++) {
        int commit = i;
        done(
            store.putTxn(
                IntStream.range(0, StateLimits.COMMIT_OPERATIONS_MAX)
                    .mapToObj(key -> put("k" + key, Integer.toString(commit)))
                    .toList()));
      }
      release.countDown();
      await().atMost(20, TimeUnit.SECONDS).until(() -> heard.contains(new Change.Lost()));
      assertThat(heard).hasSizeLessThan(commits * StateLimits.COMMIT_OPERATIONS_MAX);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitAbsent(StateBackend store, Keyspace keyspace, String key) {
    await().atMost(20, TimeUnit.SECONDS).until(() -> store.get(keyspace, key).isEmpty());
  }

  private static boolean guarded(StateBackend store, Guard guard) {
    return store.commit(List.of(guard), List.of(new Operation.Put(COMPLETED_JOBS, "g", bytes("g"))))
        instanceof CommitOutcome.Done;
  }

  static long done(CommitOutcome outcome) {
    assertThat(outcome).isInstanceOf(CommitOutcome.Done.class);
    return outcome instanceof CommitOutcome.Done done ? done.revision() : -1;
  }

  private static int number(Entry entry) {
    return Integer.parseInt(new String(entry.value().toByteArray(), StandardCharsets.UTF_8));
  }

  static Operation put(String key, String value) {
    return new Operation.Put(ACTIVE_JOBS, key, bytes(value));
  }

  private static Operation leased(String key, String value, Lease lease) {
    return new Operation.PutLeased(SCHEDULERS, key, bytes(value), lease.id());
  }

  static Bytes bytes(String value) {
    return Bytes.of(value.getBytes(StandardCharsets.UTF_8));
  }
}

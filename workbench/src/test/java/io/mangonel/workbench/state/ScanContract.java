package io.mangonel.workbench.state;

import static io.mangonel.state.Keyspace.ACTIVE_JOBS;
import static io.mangonel.state.Keyspace.COMPLETED_JOBS;
import static io.mangonel.state.Keyspace.LOCKS;
import static io.mangonel.workbench.state.StateBackendContract.bytes;
import static io.mangonel.workbench.state.StateBackendContract.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.CommitOutcome;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateBackend.Guard;
import io.mangonel.state.StateBackend.Operation;
import io.mangonel.state.StateBackend.Page;
import io.mangonel.state.StateLimits;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The part of the contract of {@link StateBackend} that is about reading several entries. */
interface ScanContract {
  /** A new, empty store. */
  StateBackend open();

  @Test
  default void scansPageInKeyOrderWithinThePrefix() {
    try (StateBackend store = open()) {
      for (String key : List.of("job/2", "job/10", "job", "jobs", "job/1", "a", "z")) {
        done(store.put(ACTIVE_JOBS, key, bytes(key)));
      }
      done(store.put(COMPLETED_JOBS, "job/3", bytes("3")));
      assertThat(store.scanKeys(ACTIVE_JOBS, "job/", "", 2)).containsExactly("job/1", "job/10");
      assertThat(store.scanKeys(ACTIVE_JOBS, "job/", "job/10", 2)).containsExactly("job/2");
      assertThat(store.scanKeys(ACTIVE_JOBS, "job/", "job/2", 2)).isEmpty();
      assertThat(store.scanKeys(ACTIVE_JOBS, "", "job/10", 10))
          .containsExactly("job/2", "jobs", "z");
      assertThat(store.scan(ACTIVE_JOBS, "job", "", 10))
          .extracting(Entry::key)
          .containsExactly("job", "job/1", "job/10", "job/2", "jobs");
      assertThatThrownBy(() -> store.scan(ACTIVE_JOBS, "", "", 0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  default void severalScansAtOnceAnswerWhatEachDoes() {
    try (StateBackend store = open()) {
      for (String key : List.of("job/1", "job/2", "job/3", "jobs")) {
        done(store.put(ACTIVE_JOBS, key, bytes(key)));
      }
      done(store.put(COMPLETED_JOBS, "job/4", bytes("4")));
      List<Page> pages =
          List.of(
              Page.first(ACTIVE_JOBS, "job/", 2),
              new Page(ACTIVE_JOBS, "job/", "job/2", 2),
              Page.first(COMPLETED_JOBS, "", 10),
              Page.first(LOCKS, "", 10),
              new Page(ACTIVE_JOBS, "job/", "job/3", 10));
      assertThat(store.scanAll(pages))
          .isEqualTo(
              pages.stream()
                  .map(
                      page ->
                          store.scan(page.keyspace(), page.prefix(), page.after(), page.limit()))
                  .toList());
      assertThat(store.scanAll(pages))
          .extracting(page -> page.stream().map(Entry::key).toList())
          .containsExactly(
              List.of("job/1", "job/2"), List.of("job/3"), List.of("job/4"), List.of(), List.of());
      assertThat(store.scanAll(List.of())).isEmpty();
      assertThatThrownBy(() -> Page.first(ACTIVE_JOBS, "", 0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  default void aCommitIsReadWithWhatItWroteOnlyWhenItIsDone() {
    try (StateBackend store = open()) {
      done(store.put(ACTIVE_JOBS, "job/1", bytes("1")));
      List<Page> pages =
          List.of(Page.first(ACTIVE_JOBS, "job/", 10), Page.first(COMPLETED_JOBS, "", 10));
      List<Operation> moved =
          List.of(
              new Operation.Put(ACTIVE_JOBS, "job/2", bytes("2")),
              new Operation.Delete(ACTIVE_JOBS, "job/1"),
              new Operation.Put(COMPLETED_JOBS, "job/1", bytes("1")));
      StateBackend.Committed committed =
          store.commitThenScan(List.of(new Guard.Absent(ACTIVE_JOBS, "job/2")), moved, pages);
      done(committed.outcome());
      assertThat(committed.pages())
          .extracting(page -> page.stream().map(Entry::key).toList())
          .containsExactly(List.of("job/2"), List.of("job/1"));
      StateBackend.Committed refused =
          store.commitThenScan(List.of(new Guard.Absent(ACTIVE_JOBS, "job/2")), moved, pages);
      assertThat(refused.outcome()).isInstanceOf(CommitOutcome.Refused.class);
      assertThat(refused.pages()).isEmpty();
      assertThat(store.commitThenScan(List.of(), List.of(), pages).pages())
          .isEqualTo(committed.pages());
      List<Page> tooMany = Collections.nCopies(StateLimits.COMMIT_OPERATIONS_MAX, pages.getFirst());
      assertThatThrownBy(() -> store.commitThenScan(List.of(), moved, tooMany))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** What moves from the first to the second is in one of them at least. */
  @Test
  default void severalScansAtOnceSeeNoLaterOneEarlier() throws Exception {
    int moving = 50;
    List<String> keys = IntStream.range(0, moving).mapToObj("job/%03d"::formatted).toList();
    List<Page> pages =
        List.of(Page.first(ACTIVE_JOBS, "job/", moving), Page.first(COMPLETED_JOBS, "", moving));
    try (StateBackend store = open();
        var mover = Executors.newSingleThreadExecutor()) {
      keys.forEach(key -> done(store.put(ACTIVE_JOBS, key, bytes(key))));
      var moved =
          mover.submit(() -> keys.forEach(key -> done(store.mv(ACTIVE_JOBS, COMPLETED_JOBS, key))));
      int looks = 0;
      do {
        List<List<Entry>> seen = store.scanAll(pages);
        assertThat(Stream.concat(seen.get(0).stream(), seen.get(1).stream()).map(Entry::key))
            .containsAll(keys);
        looks++;
      } while (!moved.isDone());
      moved.get();
      assertThat(looks).isPositive();
      assertThat(store.scanAll(pages).getFirst()).isEmpty();
    }
  }

  @Test
  default void keysAreOrderedByCodePoint() {
    List<String> ordered = List.of("a", "é", "\uFFFD", "\uD83D\uDE00");
    try (StateBackend store = open()) {
      ordered.reversed().forEach(key -> done(store.put(ACTIVE_JOBS, key, bytes(key))));
      assertThat(store.scanKeys(ACTIVE_JOBS, "", "", 10)).isEqualTo(ordered);
      assertThat(store.scanKeys(ACTIVE_JOBS, "", "\uFFFD", 10)).containsExactly("\uD83D\uDE00");
    }
  }
}

package io.mangonel.state;

import static io.mangonel.state.Keyspace.ACTIVE_JOBS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.Bytes;
import io.mangonel.state.StateBackend.CommitOutcome;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who reads does not wait for the disk that somebody else's commit waits for. */
class SlowWriteTest {
  private static final long MAX_S = 20;
  private static final Bytes BEFORE = Bytes.of(new byte[] {1});
  private static final Bytes AFTER = Bytes.of(new byte[] {2});

  private final CountDownLatch writing = new CountDownLatch(1);
  private final CountDownLatch onDisk = new CountDownLatch(1);
  private volatile boolean slow;

  @Test
  void aReadSeesWhatWasBeforeACommitThatIsUnderWay() throws Exception {
    var table = new TableWithWrites(this::awaitDisk);
    try (ExecutorService threads = Executors.newCachedThreadPool();
        StateBackend store = new LocalStateBackend(table, () -> 0, _ -> {})) {
      store.put(ACTIVE_JOBS, "a", BEFORE);
      slow = true;
      Future<CommitOutcome> commit = threads.submit(() -> store.put(ACTIVE_JOBS, "a", AFTER));
      assertThat(writing.await(MAX_S, TimeUnit.SECONDS)).isTrue();

      Future<Bytes> read = threads.submit(() -> store.get(ACTIVE_JOBS, "a").orElseThrow().value());
      assertThat(read.get(MAX_S, TimeUnit.SECONDS)).isEqualTo(BEFORE);
      assertThat(
              threads.submit(() -> store.scan(ACTIVE_JOBS, "", "", 9)).get(MAX_S, TimeUnit.SECONDS))
          .hasSize(1);
      assertThat(commit.isDone()).as("the commit is still under way").isFalse();

      onDisk.countDown();
      assertThat(commit.get(MAX_S, TimeUnit.SECONDS)).isInstanceOf(CommitOutcome.Done.class);
      assertThat(store.get(ACTIVE_JOBS, "a").orElseThrow().value()).isEqualTo(AFTER);
    } finally {
      onDisk.countDown();
    }
  }

  /** A write waits for the disk, and is seen when it is on it. */
  private void awaitDisk() {
    if (slow) {
      writing.countDown();
      try {
        assertThat(onDisk.await(MAX_S, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StateException("interrupted", e);
      }
    }
  }
}

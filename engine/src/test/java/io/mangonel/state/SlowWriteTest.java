package io.mangonel.state;

import static io.mangonel.state.Keyspace.ACTIVE_JOBS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.Bytes;
import io.mangonel.state.StateBackend.CommitOutcome;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who reads does not wait for the disk that somebody else's commit waits for. */
class SlowWriteTest {
  private static final long MAX_S = 20;
  private static final Bytes BEFORE = Bytes.of(new byte[] {1});
  private static final Bytes AFTER = Bytes.of(new byte[] {2});

  @Test
  void aReadSeesWhatWasBeforeACommitThatIsUnderWay() throws Exception {
    var table = new SlowTable();
    try (ExecutorService threads = Executors.newCachedThreadPool();
        StateBackend store = new LocalStateBackend(table, () -> 0, _ -> {})) {
      store.put(ACTIVE_JOBS, "a", BEFORE);
      table.slow = true;
      Future<CommitOutcome> commit = threads.submit(() -> store.put(ACTIVE_JOBS, "a", AFTER));
      assertThat(table.writing.await(MAX_S, TimeUnit.SECONDS)).isTrue();

      Future<Bytes> read = threads.submit(() -> store.get(ACTIVE_JOBS, "a").orElseThrow().value());
      assertThat(read.get(MAX_S, TimeUnit.SECONDS)).isEqualTo(BEFORE);
      assertThat(
              threads.submit(() -> store.scan(ACTIVE_JOBS, "", "", 9)).get(MAX_S, TimeUnit.SECONDS))
          .hasSize(1);
      assertThat(commit.isDone()).as("the commit is still under way").isFalse();

      table.onDisk.countDown();
      assertThat(commit.get(MAX_S, TimeUnit.SECONDS)).isInstanceOf(CommitOutcome.Done.class);
      assertThat(store.get(ACTIVE_JOBS, "a").orElseThrow().value()).isEqualTo(AFTER);
    } finally {
      table.onDisk.countDown();
    }
  }

  /** Its writes wait for a disk, and are seen when they are on it. */
  private static final class SlowTable implements Table {
    private final MemoryTable table = new MemoryTable();
    private final CountDownLatch writing = new CountDownLatch(1);
    private final CountDownLatch onDisk = new CountDownLatch(1);
    private volatile boolean slow;

    @Override
    public @Nullable Row get(Address address) {
      return table.get(address);
    }

    @Override
    public List<StateBackend.Entry> scan(
        Keyspace keyspace, String prefix, String after, int limit) {
      return table.scan(keyspace, prefix, after, limit);
    }

    @Override
    public List<String> scanKeys(Keyspace keyspace, String prefix, String after, int limit) {
      return table.scanKeys(keyspace, prefix, after, limit);
    }

    @Override
    public long revision() {
      return table.revision();
    }

    @Override
    public List<LeaseRow> leases() {
      return table.leases();
    }

    @Override
    public void apply(long revision, List<Write> writes) {
      if (slow) {
        writing.countDown();
        try {
          assertThat(onDisk.await(MAX_S, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new StateException("interrupted", e);
        }
      }
      table.apply(revision, writes);
    }

    @Override
    public void close() {
      table.close();
    }
  }
}

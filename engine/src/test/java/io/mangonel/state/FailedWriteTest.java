package io.mangonel.state;

import static io.mangonel.state.Keyspace.ACTIVE_JOBS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mangonel.core.Bytes;
import io.mangonel.state.StateBackend.CommitOutcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rule D10: after a failed write nobody knows what is on disk, so nothing more is promised. */
class FailedWriteTest {
  private final List<String> failures = new ArrayList<>();

  @Test
  void theFirstFailedWriteIsReportedOnceAndNothingIsWrittenOrReadAfterIt() {
    try (StateBackend store = new LocalStateBackend(new FullTable(), () -> 0, failures::add)) {
      assertThat(store.put(ACTIVE_JOBS, "a", Bytes.EMPTY))
          .isEqualTo(new CommitOutcome.Unknown("disk full"));
      assertThat(store.put(ACTIVE_JOBS, "b", Bytes.EMPTY))
          .isEqualTo(new CommitOutcome.Unknown("disk full"));
      assertThatThrownBy(() -> store.get(ACTIVE_JOBS, "a"))
          .isInstanceOf(StateException.class)
          .hasMessage("disk full");
      assertThatThrownBy(() -> store.grantLease(5_000)).isInstanceOf(StateException.class);
      assertThat(failures).containsExactly("disk full");
    }
  }

  /** Refuses every write. */
  private static final class FullTable implements Table {
    private final MemoryTable table = new MemoryTable();

    @Override
    public @org.jspecify.annotations.Nullable Row get(Address address) {
      return null;
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
      throw new StateException("disk full");
    }

    @Override
    public void close() {
      table.close();
    }
  }
}

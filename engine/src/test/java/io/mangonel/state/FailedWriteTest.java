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
    try (StateBackend store =
        new LocalStateBackend(
            new TableWithWrites(FailedWriteTest::refuse), () -> 0, failures::add)) {
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
  private static void refuse() {
    throw new StateException("disk full");
  }
}

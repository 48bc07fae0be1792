package io.mangonel.workbench.trouble;

import static io.mangonel.state.Keyspace.ACTIVE_JOBS;
import static io.mangonel.state.Keyspace.SCHEDULERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.Bytes;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.CommitOutcome;
import io.mangonel.state.StateBackend.Guard;
import io.mangonel.state.StateBackend.Lease;
import io.mangonel.state.StateBackend.Operation;
import io.mangonel.state.StateBackend.Space;
import io.mangonel.state.StateException;
import io.mangonel.state.etcd.EtcdAccess;
import io.mangonel.state.etcd.EtcdStateBackend;
import io.mangonel.workbench.etcd.EtcdMembers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members of etcd whose quota ends (rule D10). */
class EtcdSpaceTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final long QUOTA_BYTES = 16L << 20;
  private static final int VALUE_BYTES = 1 << 20;

  @TempDir private Path directory;

  private static StateBackend open(EtcdMembers etcd) {
    var access =
        new EtcdAccess(EtcdAccess.endpoints(etcd.endpoints()), EtcdAccess.Settings.STANDARD);
    await()
        .atMost(BOUND)
        .ignoreExceptionsInstanceOf(StateException.class)
        .until(
            () -> {
              EtcdStateBackend.open(access).close();
              return true;
            });
    return EtcdStateBackend.open(access);
  }

  private static Space space(StateBackend store) {
    return store.space().orElseThrow();
  }

  @Test
  void aFullEtcdHealsWithoutLossAndNobodyIsFenced() throws IOException {
    try (EtcdMembers etcd =
            EtcdMembers.start(
                RequiredEtcd.executable(),
                directory,
                EtcdMembers.Setup.of(3).withQuota(QUOTA_BYTES));
        StateBackend store = open(etcd)) {
      assertThat(space(store).quotaBytes()).isEqualTo(QUOTA_BYTES);
      Lease lease = store.grantLease(60_000);
      Operation key = new Operation.PutLeased(SCHEDULERS, "me", Bytes.of(new byte[1]), lease.id());
      assertThat(store.commit(List.of(), List.of(key))).isInstanceOf(CommitOutcome.Done.class);
      long created = store.get(SCHEDULERS, "me").orElseThrow().createRevision();
      List<Guard> fence = List.of(new Guard.CreateRevision(SCHEDULERS, "me", created));

      // One value again and again: all but the last are history.
      List<Operation> operations;
      CommitOutcome outcome;
      int sent = 0;
      do {
        operations = List.of(key, value(++sent));
        outcome = store.commit(fence, operations);
      } while (outcome instanceof CommitOutcome.Done);
      assertThat(outcome).isInstanceOf(CommitOutcome.NoSpace.class);
      await().atMost(BOUND).until(() -> space(store).takesNothing());

      // It refuses writes, not leases that are there, nor deletes, nor reads.
      assertThat(lease.keepAlive()).isTrue();
      assertThat(store.commit(fence, List.of(new Operation.Delete(ACTIVE_JOBS, "none"))))
          .isInstanceOf(CommitOutcome.Done.class);
      // The commit that went beyond the quota was done, or was not: only sent again it tells.
      assertThat(number(store)).isBetween(sent - 1, sent);

      assertThatThrownBy(() -> store.grantLease(60_000)).isInstanceOf(StateException.class);

      store.reclaim();
      assertThat(space(store).takesNothing()).isFalse();
      assertThat(space(store).fileBytes()).isLessThan(QUOTA_BYTES / 2);
      assertThat(store.commit(fence, operations)).isInstanceOf(CommitOutcome.Done.class);
      assertThat(number(store)).isEqualTo(sent);
    }
  }

  private static int number(StateBackend store) {
    return store.get(ACTIVE_JOBS, "value").orElseThrow().value().toByteArray()[0];
  }

  private static Operation value(int number) {
    byte[] bytes = new byte[VALUE_BYTES];
    bytes[0] = (byte) number;
    return new Operation.Put(ACTIVE_JOBS, "value", Bytes.of(bytes));
  }

  @Test
  void whatIsNeededIsNotTakenForHistory() throws IOException {
    try (EtcdMembers etcd =
            EtcdMembers.start(
                RequiredEtcd.executable(),
                directory,
                EtcdMembers.Setup.of(1).withQuota(QUOTA_BYTES));
        StateBackend store = open(etcd)) {
      List<String> done = new ArrayList<>();
      for (int i = 0; !space(store).takesNothing(); i++) {
        assertThat(i).as("values in a store of 16").isLessThan(20);
        String key = "%03d".formatted(i);
        switch (store.put(ACTIVE_JOBS, key, Bytes.of(new byte[VALUE_BYTES]))) {
          case CommitOutcome.Done _ -> done.add(key);
          case CommitOutcome.NoSpace _ -> store.reclaim();
          case CommitOutcome other -> throw new AssertionError(other);
        }
      }
      // Nothing could be given back, so nothing is promised, and all is there.
      List<String> stored = store.scanKeys(ACTIVE_JOBS, "", "", 100);
      assertThat(stored).containsAll(done);
      // Jobs end, and what is behind them goes: deletes are taken.
      for (String old : stored.subList(0, stored.size() / 2)) {
        assertThat(store.delete(ACTIVE_JOBS, old)).isInstanceOf(CommitOutcome.Done.class);
      }
      try (StateBackend other = open(etcd)) { // The first has just written all files anew.
        other.reclaim();
      }
      assertThat(space(store).takesNothing()).isFalse();
      assertThat(store.put(ACTIVE_JOBS, "new", Bytes.of(new byte[1])))
          .isInstanceOf(CommitOutcome.Done.class);
      assertThat(store.scanKeys(ACTIVE_JOBS, "", "", 100))
          .hasSize(stored.size() - stored.size() / 2 + 1);
    }
  }
}

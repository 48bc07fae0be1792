package io.mangonel.workbench.trouble;

import static io.mangonel.state.Keyspace.ACTIVE_JOBS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.Bytes;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.CommitOutcome;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateBackend.Page;
import io.mangonel.state.StateException;
import io.mangonel.state.etcd.EtcdAccess;
import io.mangonel.state.etcd.EtcdStateBackend;
import io.mangonel.workbench.etcd.EtcdMembers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member of etcd, the leader too, that stands still with its connections open, as one whose
 * machine lost its power: every third call goes to it until the connection is given up.
 */
class HungEtcdMemberTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int MEMBERS = 3;

  /** More than go to the other members, one after another. */
  private static final int ROUNDS = 4;

  private static final int SENDINGS_MAX = 4;

  /** That a call waited for one that hangs; nothing else takes so long. */
  private static final long HUNG_MS = 900;

  @TempDir private Path directory;

  @Test
  void everyReadIsAnsweredByAnotherAndACommitIsSentToAnother() throws IOException {
    try (EtcdMembers etcd =
            EtcdMembers.start(RequiredEtcd.executable(), directory, EtcdMembers.Setup.of(MEMBERS));
        StateBackend store = open(etcd)) {
      for (int member = 0; member < MEMBERS; member++) {
        etcd.stop(member);
        long slowestMs = 0;
        try {
          for (int round = 0; round < ROUNDS; round++) {
            String key = "%d/%d".formatted(member, round);
            slowestMs = Math.max(slowestMs, elapsedMs(() -> put(store, key)));
            slowestMs =
                Math.max(
                    slowestMs,
                    elapsedMs(() -> assertThat(store.get(ACTIVE_JOBS, key)).isPresent()));
            slowestMs =
                Math.max(
                    slowestMs,
                    elapsedMs(
                        () ->
                            assertThat(store.scanAll(List.of(Page.first(ACTIVE_JOBS, key, 1))))
                                .first(
                                    org.assertj.core.api.InstanceOfAssertFactories.list(
                                        Entry.class))
                                .hasSize(1)));
          }
        } finally {
          etcd.resume(member);
        }
        assertThat(slowestMs).as("some call went to member %d", member).isGreaterThan(HUNG_MS);
        awaitAnswers(store);
      }
    }
  }

  private static StateBackend open(EtcdMembers etcd) {
    StateBackend store =
        EtcdStateBackend.open(
            new EtcdAccess(EtcdAccess.endpoints(etcd.endpoints()), EtcdAccess.Settings.STANDARD));
    awaitAnswers(store);
    return store;
  }

  private static void awaitAnswers(StateBackend store) {
    for (int member = 0; member < MEMBERS; member++) {
      await()
          .atMost(BOUND)
          .ignoreExceptionsInstanceOf(StateException.class)
          .until(() -> store.put(ACTIVE_JOBS, "first", Bytes.EMPTY) instanceof CommitOutcome.Done);
    }
  }

  /** As its owner does: the same until its outcome is known (rule D2). */
  private static void put(StateBackend store, String key) {
    for (int sent = 1; sent <= SENDINGS_MAX; sent++) {
      CommitOutcome outcome = store.put(ACTIVE_JOBS, key, Bytes.EMPTY);
      if (!(outcome instanceof CommitOutcome.Unknown)) {
        assertThat(outcome).isInstanceOf(CommitOutcome.Done.class);
        return;
      }
    }
    throw new AssertionError("no member took " + key);
  }

  private static long elapsedMs(Runnable call) {
    long startNs = System.nanoTime();
    call.run();
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
  }
}

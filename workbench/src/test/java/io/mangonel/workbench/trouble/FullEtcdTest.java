package io.mangonel.workbench.trouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mangonel.core.Bytes;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.query.Answer;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.CommitOutcome;
import io.mangonel.state.StateBackend.Operation;
import io.mangonel.state.StateException;
import io.mangonel.state.etcd.EtcdAccess;
import io.mangonel.state.etcd.EtcdStateBackend;
import io.mangonel.workbench.etcd.EtcdMembers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two schedulers and their clients on an etcd that fills up (rule D10). */
class FullEtcdTest {
  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final long QUOTA_BYTES = 32L << 20;
  private static final int VALUE_BYTES = 1 << 20;

  /** Not small and not only one stage would do, too; what counts is that all of it is stored. */
  private static final Clients.Statement STATEMENT =
      new Clients.Statement("SELECT count(*) + %d AS x FROM range(1000)", 1_000);

  @TempDir private Path directory;

  private static StateBackend open(EtcdMembers etcd) {
    var settings = new EtcdAccess.Settings("another/", null, EtcdAccess.Tls.NONE);
    var access = new EtcdAccess(EtcdAccess.endpoints(etcd.endpoints()), settings);
    return await()
        .atMost(BOUND)
        .ignoreExceptionsInstanceOf(StateException.class)
        .until(() -> EtcdStateBackend.open(access), _ -> true);
  }

  private static CommitOutcome put(StateBackend store, String key) {
    return store.put(Keyspace.ACTIVE_JOBS, key, Bytes.of(new byte[VALUE_BYTES]));
  }

  /** About 1 MiB, in values as schedulers write them. */
  private static List<Operation> batch(int number) {
    List<Operation> puts = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      Bytes value = Bytes.of(new byte[VALUE_BYTES / 32]);
      puts.add(new Operation.Put(Keyspace.ACTIVE_JOBS, number + "-" + i, value));
    }
    return puts;
  }

  private static StateBackend.Space space(StateBackend store) {
    return store.space().orElseThrow();
  }

  private static String refusal(TroubledCluster cluster, int scheduler) {
    Answer<JobId> answer = cluster.submit(scheduler, STATEMENT.sql().formatted(0), "");
    return answer instanceof Answer.Retryable<JobId>(String message) ? message : "";
  }

  @Test
  void newStatementsAreRefusedInTimeAndAFullEtcdHealsUnderItsSchedulers() throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    try (EtcdMembers etcd =
            EtcdMembers.start(
                RequiredEtcd.executable(),
                directory.resolve("etcd"),
                EtcdMembers.Setup.of(3).withQuota(QUOTA_BYTES));
        StateBackend another = open(etcd);
        TroubledCluster cluster =
            new TroubledCluster("etcd:" + etcd.endpoints(), directory, data)) {
      try (Clients clients = new Clients(cluster, "full", 2, STATEMENT)) {
        await().atMost(BOUND).until(() -> clients.fewestDone() >= 1);
        // Somebody's history fills it to the brim. The schedulers are faster than that, or heal it.
        CommitOutcome outcome;
        int sent = 0;
        do {
          outcome = put(another, "one");
        } while (++sent < 400 && !(outcome instanceof CommitOutcome.NoSpace));
        assertThat(outcome).isInstanceOf(CommitOutcome.NoSpace.class);
        await().atMost(BOUND).until(() -> !space(another).takesNothing());
        int before = clients.fewestDone();
        await().atMost(BOUND).until(() -> clients.fewestDone() >= before + 3);
        clients.stop();
        assertThat(clients.failures()).isEmpty();
        assertThat(new HashSet<>(clients.jobs())).hasSize(clients.allDone());
      }
      assertThat(cluster.comebacks()).as("schedulers that took it for fencing").isZero();

      // What is needed fills four fifths of it: all say so, and take statements again later.
      int batches = 0;
      while (space(another).usedBytes() < QUOTA_BYTES * 77 / 100) {
        assertThat(another.putTxn(batch(batches++))).isInstanceOf(CommitOutcome.Done.class);
        assertThat(batches).isLessThan(60);
      }
      for (int i = 0; i < TroubledCluster.schedulers(); i++) {
        int scheduler = i;
        await().atMost(BOUND).until(() -> refusal(cluster, scheduler).contains("% full"));
      }
      for (int i = 0; i < batches; i++) {
        List<Operation> deletes = new ArrayList<>();
        batch(i).forEach(put -> deletes.add(new Operation.Delete(put.keyspace(), put.key())));
        assertThat(another.putTxn(deletes)).isInstanceOf(CommitOutcome.Done.class);
      }
      for (int i = 0; i < TroubledCluster.schedulers(); i++) {
        int scheduler = i;
        await().atMost(BOUND).until(() -> refusal(cluster, scheduler).isEmpty());
      }
      assertThat(cluster.bugs()).isEmpty();
    }
  }
}

package io.mangonel.workbench.state;

import static io.mangonel.state.Keyspace.ACTIVE_JOBS;
import static io.mangonel.state.Keyspace.SCHEDULERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.CompactOption;
import io.mangonel.cli.demo.LocalEtcd;
import io.mangonel.core.Bytes;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.Change;
import io.mangonel.state.StateBackend.CommitOutcome;
import io.mangonel.state.StateBackend.Guard;
import io.mangonel.state.StateBackend.Lease;
import io.mangonel.state.StateBackend.Operation;
import io.mangonel.state.StateException;
import io.mangonel.state.etcd.EtcdAccess;
import io.mangonel.state.etcd.EtcdStateBackend;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract over an etcd of one member, and what only etcd does. {@code
 * -Dmangonel.etcd=http://h:2379,...} takes one that runs already.
 */
class EtcdStateBackendTest implements StateBackendContract, ScanContract {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final AtomicInteger STORES = new AtomicInteger();

  @TempDir private static Path directory;
  private static @Nullable LocalEtcd etcd;
  private static String endpoints = "";

  @BeforeAll
  static void startEtcd() {
    endpoints = System.getProperty("mangonel.etcd", "");
    if (!endpoints.isEmpty()) {
      return;
    }
    var executable = LocalEtcd.executable();
    if (executable.isEmpty()) {
      String message = "no etcd on the PATH (Debian: etcd-server)";
      if (System.getProperty("mangonel.require", "").equals("all")) {
        throw new AssertionError(message);
      }
      abort(message);
    } else {
      etcd = LocalEtcd.start(executable.get(), directory.resolve("etcd"));
      endpoints = etcd.endpoint();
    }
  }

  @AfterAll
  static void endEtcd() {
    if (etcd != null) {
      etcd.close();
    }
  }

  @Override
  public StateBackend open() {
    return open("test-" + STORES.incrementAndGet() + "-" + System.nanoTime() + "/");
  }

  private static StateBackend open(String prefix) {
    var settings = new EtcdAccess.Settings(prefix, null, EtcdAccess.Tls.NONE);
    return EtcdStateBackend.open(new EtcdAccess(EtcdAccess.endpoints(endpoints), settings));
  }

  /** etcd has a clock of its own. */
  @Override
  public void passTime(long ms) {
    await()
        .pollDelay(Duration.ofMillis(ms))
        .atMost(Duration.ofMillis(ms).plus(BOUND))
        .until(() -> true);
  }

  @Test
  void whatOneProcessWritesAnotherReadsUnlessItsPrefixDiffers() {
    try (StateBackend one = open("shared/");
        StateBackend same = open("shared/");
        StateBackend other = open("shared-not/")) {
      assertThat(one.put(ACTIVE_JOBS, "a", bytes("1"))).isInstanceOf(CommitOutcome.Done.class);
      assertThat(same.get(ACTIVE_JOBS, "a").orElseThrow().value()).isEqualTo(bytes("1"));
      assertThat(other.scanKeys(ACTIVE_JOBS, "", "", 10)).isEmpty();
    }
  }

  @Test
  void aScanOfManyPiecesIsOneMoment() {
    try (StateBackend store = open()) {
      for (int batch = 0; batch < 10; batch++) {
        List<Operation> puts = new java.util.ArrayList<>();
        for (int i = 0; i < 100; i++) {
          puts.add(new Operation.Put(ACTIVE_JOBS, "%02d%02d".formatted(batch, i), bytes("v")));
        }
        assertThat(store.putTxn(puts)).isInstanceOf(CommitOutcome.Done.class);
      }
      assertThat(store.scan(ACTIVE_JOBS, "", "", 950)).hasSize(950);
      assertThat(store.scan(ACTIVE_JOBS, "", "0949", 10_000))
          .hasSize(50)
          .isSortedAccordingTo(java.util.Comparator.comparing(StateBackend.Entry::key));
      assertThat(store.scanKeys(ACTIVE_JOBS, "", "", 10_000)).hasSize(1_000);
    }
  }

  @Test
  void aWatchOutlivesACompaction() throws Exception {
    Queue<Change> heard = new ConcurrentLinkedQueue<>();
    try (StateBackend store = open();
        Client admin = Client.builder().endpoints(endpoints.split(",")).build()) {
      store.watch(ACTIVE_JOBS, "", heard::add);
      for (int i = 0; i < 20; i++) {
        store.put(ACTIVE_JOBS, "k", bytes("v" + i));
      }
      long revision =
          admin
              .getKVClient()
              .get(ByteSequence.from("x", StandardCharsets.UTF_8))
              .get(10, TimeUnit.SECONDS)
              .getHeader()
              .getRevision();
      admin
          .getKVClient()
          .compact(revision, CompactOption.builder().withCompactPhysical(true).build())
          .get(20, TimeUnit.SECONDS);
      store.put(ACTIVE_JOBS, "after", bytes("1"));
      await().atMost(BOUND).until(() -> heardOf(heard, "after"));
      assertThat(store.scan(ACTIVE_JOBS, "", "", 10)).hasSize(2);
    }
  }

  /** All it does to an etcd that goes away and comes back: nothing is taken for an answer. */
  @Test
  void withoutEtcdNothingIsDecidedAndLaterAllGoesOn() {
    LocalEtcd own = etcd;
    if (own == null) {
      abort("an etcd that others use is not stopped");
      return;
    }
    Queue<Change> heard = new ConcurrentLinkedQueue<>();
    try (StateBackend store = open()) {
      Lease lease = store.grantLease(60_000);
      var owned =
          store.commit(
              List.of(),
              List.of(new Operation.PutLeased(SCHEDULERS, "me", bytes("1"), lease.id())));
      assertThat(owned).isInstanceOf(CommitOutcome.Done.class);
      store.watch(SCHEDULERS, "", heard::add);
      own.kill();
      assertThat(store.put(ACTIVE_JOBS, "a", bytes("1"))).isInstanceOf(CommitOutcome.Unknown.class);
      assertThatThrownBy(lease::keepAlive).isInstanceOf(StateException.class);
      assertThatThrownBy(() -> store.get(ACTIVE_JOBS, "a"))
          .isInstanceOf(StateException.class)
          .hasMessageContaining(endpoints);
      own.startAgain();
      await()
          .atMost(BOUND)
          .until(() -> store.put(ACTIVE_JOBS, "a", bytes("2")) instanceof CommitOutcome.Done);
      await()
          .atMost(BOUND)
          .ignoreExceptionsInstanceOf(StateException.class)
          .until(lease::keepAlive);
      assertThat(store.get(SCHEDULERS, "me")).isPresent();
      await()
          .atMost(BOUND)
          .until(
              () -> {
                store.put(SCHEDULERS, "other", bytes("1"));
                return heardOf(heard, "other");
              });
      assertThat(heard).contains(new Change.Lost());
    }
  }

  @Test
  void anAbsentLeaseRefusesACommitWhateverItsGuards() {
    try (StateBackend store = open()) {
      assertThat(
              store.commit(
                  List.of(new Guard.Absent(SCHEDULERS, "x")),
                  List.of(new Operation.PutLeased(SCHEDULERS, "x", bytes("1"), 4711))))
          .isEqualTo(new CommitOutcome.Refused());
      assertThat(store.get(SCHEDULERS, "x")).isEmpty();
    }
  }

  @Test
  void aUserWithItsPasswordIsLetInAndNobodyElse() throws Exception {
    var executable = LocalEtcd.executable();
    if (executable.isEmpty()) {
      abort("no etcd of our own");
      return;
    }
    try (LocalEtcd own = LocalEtcd.start(executable.get(), directory.resolve("guarded"))) {
      try (Client admin = Client.builder().endpoints(own.endpoint()).build()) {
        ByteSequence root = ByteSequence.from("root", StandardCharsets.UTF_8);
        ByteSequence password = ByteSequence.from("s3cret", StandardCharsets.UTF_8);
        admin.getAuthClient().userAdd(root, password).get(10, TimeUnit.SECONDS);
        admin.getAuthClient().userGrantRole(root, root).get(10, TimeUnit.SECONDS);
        admin.getAuthClient().authEnable().get(10, TimeUnit.SECONDS);
      }
      var endpoint = EtcdAccess.endpoints(own.endpoint());
      var nobody = new EtcdAccess(endpoint, EtcdAccess.Settings.STANDARD);
      assertThatThrownBy(() -> EtcdStateBackend.open(nobody)).isInstanceOf(StateException.class);
      var wrong = new EtcdAccess(endpoint, settings("wrong"));
      assertThatThrownBy(() -> EtcdStateBackend.open(wrong))
          .isInstanceOf(StateException.class)
          .hasMessageNotContaining("wrong");
      try (StateBackend store =
          EtcdStateBackend.open(new EtcdAccess(endpoint, settings("s3cret")))) {
        Lease lease = store.grantLease(60_000);
        assertThat(store.put(ACTIVE_JOBS, "a", bytes("1"))).isInstanceOf(CommitOutcome.Done.class);
        assertThat(lease.keepAlive()).isTrue();
      }
    }
  }

  private static EtcdAccess.Settings settings(String password) {
    return new EtcdAccess.Settings(
        "guarded/", new EtcdAccess.Login("root", password), EtcdAccess.Tls.NONE);
  }

  @Test
  void endpointsAreReadOrRefusedWithWords() {
    assertThat(EtcdAccess.endpoints("http://a:1, http://b"))
        .extracting(Object::toString)
        .containsExactly("http://a:1", "http://b:2379");
    for (String bad : List.of("", "a:1", "http://a:1,https://b:1", "ftp://a:1", "http://a:1/x")) {
      assertThatThrownBy(() -> EtcdAccess.endpoints(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("endpoint");
    }
  }

  private static boolean heardOf(Queue<Change> heard, String key) {
    return heard.stream()
        .anyMatch(change -> change instanceof Change.Put put && put.entry().key().equals(key));
  }

  private static Bytes bytes(String value) {
    return Bytes.of(value.getBytes(StandardCharsets.UTF_8));
  }
}

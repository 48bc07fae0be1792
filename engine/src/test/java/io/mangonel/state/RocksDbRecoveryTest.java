package io.mangonel.state;

import static io.mangonel.state.Keyspace.ACTIVE_JOBS;
import static io.mangonel.state.Keyspace.SCHEDULERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.mangonel.core.Bytes;
import io.mangonel.state.StateBackend.CommitOutcome;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateBackend.Lease;
import io.mangonel.state.StateBackend.Operation;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;

/** What a directory holds after its process ended in one way or another. */
class RocksDbRecoveryTest {
  private static final long TTL_MS = 5_000;
  private static final int COMMITS = 20;

  @TempDir private Path temporary;
  private final AtomicLong clockMs = new AtomicLong();

  @Test
  void aReopenedStoreHasEveryRowAndGoesOnWithItsRevisions() {
    Path directory = temporary.resolve("state");
    long created;
    long last;
    try (StateBackend store = open(directory)) {
      created = done(store.put(ACTIVE_JOBS, "a", bytes("1")));
      last = done(store.put(ACTIVE_JOBS, "a", bytes("2")));
    }
    try (StateBackend store = open(directory)) {
      assertThat(store.get(ACTIVE_JOBS, "a")).contains(new Entry("a", bytes("2"), created, last));
      assertThat(done(store.put(ACTIVE_JOBS, "b", bytes("1")))).isEqualTo(last + 1);
    }
  }

  @Test
  void aKilledProcessLeavesEveryCommitThatWasDone() throws IOException {
    try (StateBackend store = open(temporary.resolve("state"))) {
      List<String> written = commitMany(store);
      Path killed = copyWhileOpen();
      try (StateBackend recovered = open(killed)) {
        assertThat(recovered.scanKeys(ACTIVE_JOBS, "", "", COMMITS)).isEqualTo(written);
      }
    }
  }

  @Test
  void ofATornLastRecordNothingIsThereAndOfTheOthersAll() throws IOException {
    try (StateBackend store = open(temporary.resolve("state"))) {
      List<String> written = commitMany(store);
      Path killed = copyWhileOpen();
      Path log = writeAheadLog(killed);
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
        file.setLength(file.length() - 10);
      }
      try (StateBackend recovered = open(killed)) {
        assertThat(recovered.scanKeys(ACTIVE_JOBS, "", "", COMMITS))
            .isEqualTo(written.subList(0, COMMITS - 1));
      }
    }
  }

  @Test
  void damageBeforeTheTailRefusesToOpenAndNamesTheDirectory() throws IOException {
    try (StateBackend store = open(temporary.resolve("state"))) {
      assertThat(commitMany(store)).hasSize(COMMITS);
      Path killed = copyWhileOpen();
      Path log = writeAheadLog(killed);
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
        long middle = file.length() / 2;
        file.seek(middle);
        int old = file.read();
        file.seek(middle);
        file.write(old ^ 0xFF);
      }
      assertThatThrownBy(() -> open(killed))
          .isInstanceOf(StateException.class)
          .hasMessageContaining(killed.toString())
          .hasMessageContaining("damaged");
    }
  }

  @Test
  void aDirectoryHasOneProcessAtATime() {
    Path directory = temporary.resolve("state");
    StateBackend first = open(directory);
    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(StateException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("in use");
    first.close();
    try (StateBackend second = open(directory)) {
      assertThat(second.get(ACTIVE_JOBS, "a")).isEmpty();
    }
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "in the way");
    Path directory = file.resolve("state");
    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("cannot write the state directory " + directory);
  }

  @Test
  void aNewerFormatIsRefusedByName() throws Exception {
    Path directory = temporary.resolve("state");
    open(directory).close();
    try (RocksDB db = RocksDB.open(directory.toString())) {
      db.put(
          "\0format".getBytes(StandardCharsets.UTF_8),
          ByteBuffer.allocate(Integer.BYTES).putInt(2).array());
    }
    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(StateException.class)
        .hasMessageContaining(directory + " has format 2");
  }

  @Test
  void leasesOutliveARestartAndThenBeginTheirWholeTime() {
    Path directory = temporary.resolve("state");
    long leaseId;
    try (StateBackend store = open(directory)) {
      Lease lease = store.grantLease(TTL_MS);
      leaseId = lease.id();
      done(
          store.commit(
              List.of(), List.of(new Operation.PutLeased(SCHEDULERS, "key", bytes("1"), leaseId))));
      clockMs.addAndGet(TTL_MS - 1);
    }
    try (StateBackend store = open(directory)) {
      assertThat(store.grantLease(TTL_MS).id()).isGreaterThan(leaseId);
      clockMs.addAndGet(TTL_MS - 1);
      assertThat(store.get(SCHEDULERS, "key")).isPresent();
      clockMs.addAndGet(1);
      assertThat(store.get(SCHEDULERS, "key")).isEmpty();
    }
    try (StateBackend store = open(directory)) {
      assertThat(store.get(SCHEDULERS, "key")).isEmpty();
    }
  }

  private StateBackend open(Path directory) {
    return RocksDbStateBackend.open(directory, clockMs::get, message -> fail(message));
  }

  private static List<String> commitMany(StateBackend store) {
    List<String> keys =
        Stream.iterate(0, i -> i + 1).limit(COMMITS).map("job/%03d"::formatted).toList();
    keys.forEach(key -> done(store.put(ACTIVE_JOBS, key, bytes(key.repeat(20)))));
    return keys;
  }

  private Path copyWhileOpen() throws IOException {
    Path copy = Files.createDirectory(temporary.resolve("killed"));
    try (Stream<Path> files = Files.list(temporary.resolve("state"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private static Path writeAheadLog(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  private static long done(CommitOutcome outcome) {
    assertThat(outcome).isInstanceOf(CommitOutcome.Done.class);
    return outcome instanceof CommitOutcome.Done done ? done.revision() : -1;
  }

  private static Bytes bytes(String value) {
    return Bytes.of(value.getBytes(StandardCharsets.UTF_8));
  }
}

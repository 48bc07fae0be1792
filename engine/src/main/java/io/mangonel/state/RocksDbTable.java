package io.mangonel.state;

import io.mangonel.files.FileProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A table in a directory, of one process at a time. A write returns after the log is on disk.
 * Recovery drops a torn last record of the log, which was never answered; any other damage refuses
 * to open.
 */
final class RocksDbTable implements Table {
  private static final int FORMAT = 1;

  /** Addresses of the table's own; no keyspace has code 0. */
  private static final byte[] FORMAT_KEY = "\0format".getBytes(StandardCharsets.UTF_8);

  private static final byte[] REVISION_KEY = "\0revision".getBytes(StandardCharsets.UTF_8);
  private static final byte[] LEASE_PREFIX = "\0lease/".getBytes(StandardCharsets.UTF_8);
  private static final long WRITE_BUFFER_BYTES = 16 << 20;
  private static final int INFO_LOGS_MAX = 3;

  private final Path directory;
  private final Options options;
  private final WriteOptions durably;
  private final RocksDB db;
  private long revision;

  private RocksDbTable(Path directory, Options options, RocksDB db) throws RocksDBException {
    this.directory = directory;
    this.options = options;
    this.db = db;
    this.durably = new WriteOptions().setSync(true);
    checkFormat();
    byte[] stored = db.get(REVISION_KEY);
    revision = stored == null ? 0 : ByteBuffer.wrap(stored).getLong();
  }

  /**
   * @throws StateException when the directory is in use, cannot be written, or is damaged: one line
   *     that names it
   */
  static RocksDbTable open(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    Path nativeLibrary = absolute.resolve("native");
    try {
      Files.createDirectories(nativeLibrary);
      // Here, not in the temp directory: what a killed process leaves is replaced by the next.
      NativeLibraryLoader.getInstance().loadLibrary(nativeLibrary.toString());
    } catch (IOException e) {
      throw new StateException(
          "cannot write the state directory " + absolute + ": " + FileProblem.reason(absolute, e),
          e);
    }
    Options options = options();
    @Nullable RocksDB db = null;
    try {
      db = RocksDB.open(options, absolute.toString());
      return new RocksDbTable(absolute, options, db);
    } catch (RocksDBException e) {
      close(db, options);
      throw openFailure(absolute, e);
    } catch (StateException e) {
      close(db, options);
      throw e;
    }
  }

  private static Options options() {
    return new Options()
        .setCreateIfMissing(true)
        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
        .setParanoidChecks(true)
        .setWriteBufferSize(WRITE_BUFFER_BYTES)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setKeepLogFileNum(INFO_LOGS_MAX);
  }

  private static StateException openFailure(Path directory, RocksDBException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("lock ") || message.contains("LOCK")) {
      return new StateException(
          "the state directory " + directory + " is in use by another process", e);
    }
    Status status = e.getStatus();
    if (status != null && status.getCode() == Status.Code.Corruption) {
      return new StateException("the state directory " + directory + " is damaged: " + message, e);
    }
    return new StateException("cannot open the state directory " + directory + ": " + message, e);
  }

  private void checkFormat() throws RocksDBException {
    byte[] stored = db.get(FORMAT_KEY);
    if (stored == null) {
      db.put(durably, FORMAT_KEY, ByteBuffer.allocate(Integer.BYTES).putInt(FORMAT).array());
      return;
    }
    int found = ByteBuffer.wrap(stored).getInt();
    if (found > FORMAT) {
      throw new StateException(
          "the state directory %s has format %d; this version reads up to %d"
              .formatted(directory, found, FORMAT));
    }
  }

  @Override
  public @Nullable Row get(Address address) {
    try {
      byte[] stored = db.get(RowCodec.address(address));
      return stored == null ? null : RowCodec.row(stored);
    } catch (RocksDBException e) {
      throw failure("read", e);
    }
  }

  @Override
  public List<StateBackend.Entry> scan(Keyspace keyspace, String prefix, String after, int limit) {
    return page(
        keyspace, prefix, after, limit, (key, rows) -> RowCodec.row(rows.value()).toEntry(key));
  }

  @Override
  public List<String> scanKeys(Keyspace keyspace, String prefix, String after, int limit) {
    return page(keyspace, prefix, after, limit, (key, _) -> key);
  }

  private <T> List<T> page(
      Keyspace keyspace,
      String prefix,
      String after,
      int limit,
      BiFunction<String, RocksIterator, T> map) {
    byte[] first = RowCodec.address(keyspace, prefix);
    byte[] previous = RowCodec.address(keyspace, after);
    List<T> page = new ArrayList<>();
    try (RocksIterator rows = db.newIterator()) {
      rows.seek(Arrays.compareUnsigned(first, previous) > 0 ? first : previous);
      for (; rows.isValid() && startsWith(rows.key(), first); rows.next()) {
        if (page.size() == limit) {
          break;
        }
        if (!after.isEmpty() && Arrays.equals(rows.key(), previous)) {
          continue;
        }
        page.add(map.apply(RowCodec.key(rows.key()), rows));
      }
      rows.status();
    } catch (RocksDBException e) {
      throw failure("read", e);
    }
    return page;
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  @Override
  public long revision() {
    return revision;
  }

  @Override
  public List<LeaseRow> leases() {
    List<LeaseRow> leases = new ArrayList<>();
    try (RocksIterator rows = db.newIterator()) {
      rows.seek(LEASE_PREFIX);
      for (; rows.isValid() && startsWith(rows.key(), LEASE_PREFIX); rows.next()) {
        long id = ByteBuffer.wrap(rows.key()).getLong(LEASE_PREFIX.length);
        leases.add(RowCodec.lease(id, rows.value()));
      }
      rows.status();
    } catch (RocksDBException e) {
      throw failure("read", e);
    }
    return leases;
  }

  @Override
  public void apply(long revision, List<Write> writes) {
    try (WriteBatch batch = new WriteBatch()) {
      for (Write write : writes) {
        add(batch, write);
      }
      batch.put(REVISION_KEY, ByteBuffer.allocate(Long.BYTES).putLong(revision).array());
      db.write(durably, batch);
    } catch (RocksDBException e) {
      throw failure("write", e);
    }
    this.revision = revision;
  }

  private static void add(WriteBatch batch, Write write) throws RocksDBException {
    switch (write) {
      case Write.PutRow put -> batch.put(RowCodec.address(put.address()), RowCodec.row(put.row()));
      case Write.DeleteRow delete -> batch.delete(RowCodec.address(delete.address()));
      case Write.PutLease put -> batch.put(leaseKey(put.lease().id()), RowCodec.lease(put.lease()));
      case Write.DeleteLease delete -> batch.delete(leaseKey(delete.leaseId()));
    }
  }

  private static byte[] leaseKey(long id) {
    return ByteBuffer.allocate(LEASE_PREFIX.length + Long.BYTES)
        .put(LEASE_PREFIX)
        .putLong(id)
        .array();
  }

  private StateException failure(String what, RocksDBException e) {
    return new StateException(
        "cannot " + what + " the state directory " + directory + ": " + e.getMessage(), e);
  }

  @Override
  public void close() {
    durably.close();
    close(db, options);
  }

  private static void close(@Nullable RocksDB db, Options options) {
    if (db != null) {
      db.close();
    }
    options.close();
  }
}

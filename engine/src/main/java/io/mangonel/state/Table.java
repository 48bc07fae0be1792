package io.mangonel.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows and leases of a store in one process. {@link LocalStateBackend} calls it: one writer at a
 * time, and readers at any time. Who reads while the writer is in {@link #apply} sees all of its
 * writes or none, and does not wait for a disk.
 */
interface Table {
  @Nullable Row get(Address address);

  /** As {@link StateBackend#scan}. */
  List<StateBackend.Entry> scan(Keyspace keyspace, String prefix, String after, int limit);

  /** As {@link StateBackend#scanKeys}. */
  List<String> scanKeys(Keyspace keyspace, String prefix, String after, int limit);

  /** The revision of the last write applied; 0 in a new table. */
  long revision();

  List<LeaseRow> leases();

  /**
   * Applies all writes, durably, or throws; after a throw the table may hold them or not, and is
   * not written again.
   */
  void apply(long revision, List<Write> writes);

  void close();

  sealed interface Write {
    record PutRow(Address address, Row row) implements Write {}

    record DeleteRow(Address address) implements Write {}

    record PutLease(LeaseRow lease) implements Write {}

    record DeleteLease(long leaseId) implements Write {}
  }
}

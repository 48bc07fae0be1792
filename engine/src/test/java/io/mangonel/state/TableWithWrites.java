package io.mangonel.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table in memory before whose writes a test may wait or fail. */
final class TableWithWrites implements Table {
  private final MemoryTable table = new MemoryTable();
  private final Runnable beforeWrite;

  TableWithWrites(Runnable beforeWrite) {
    this.beforeWrite = beforeWrite;
  }

  @Override
  public @Nullable Row get(Address address) {
    return table.get(address);
  }

  @Override
  public List<StateBackend.Entry> scan(Keyspace keyspace, String prefix, String after, int limit) {
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
    beforeWrite.run();
    table.apply(revision, writes);
  }

  @Override
  public void close() {
    table.close();
  }
}

package io.mangonel.state;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A table that ends with its process. */
final class MemoryTable implements Table {
  private final Map<Keyspace, NavigableMap<String, Row>> rows = new EnumMap<>(Keyspace.class);
  private final Map<Long, LeaseRow> leases = new TreeMap<>();
  private long revision;

  MemoryTable() {
    for (Keyspace keyspace : Keyspace.values()) {
      rows.put(keyspace, new TreeMap<>(MemoryTable::compareCodePoints));
    }
  }

  @Override
  public synchronized @Nullable Row get(Address address) {
    return rowsOf(address.keyspace()).get(address.key());
  }

  @Override
  public synchronized List<StateBackend.Entry> scan(
      Keyspace keyspace, String prefix, String after, int limit) {
    return page(keyspace, prefix, after, limit, (key, row) -> row.toEntry(key));
  }

  @Override
  public synchronized List<String> scanKeys(
      Keyspace keyspace, String prefix, String after, int limit) {
    return page(keyspace, prefix, after, limit, (key, _) -> key);
  }

  private <T> List<T> page(
      Keyspace keyspace, String prefix, String after, int limit, BiFunction<String, Row, T> map) {
    List<T> page = new ArrayList<>();
    boolean fromPrefix = compareCodePoints(prefix, after) > 0;
    NavigableMap<String, Row> rest =
        rowsOf(keyspace).tailMap(fromPrefix ? prefix : after, fromPrefix);
    for (Map.Entry<String, Row> row : rest.entrySet()) {
      if (page.size() == limit || !row.getKey().startsWith(prefix)) {
        break;
      }
      page.add(map.apply(row.getKey(), row.getValue()));
    }
    return page;
  }

  @Override
  public synchronized long revision() {
    return revision;
  }

  @Override
  public synchronized List<LeaseRow> leases() {
    return List.copyOf(leases.values());
  }

  @Override
  public synchronized void apply(long revision, List<Write> writes) {
    this.revision = revision;
    for (Write write : writes) {
      switch (write) {
        case Write.PutRow put ->
            rowsOf(put.address().keyspace()).put(put.address().key(), put.row());
        case Write.DeleteRow delete ->
            rowsOf(delete.address().keyspace()).remove(delete.address().key());
        case Write.PutLease put -> leases.put(put.lease().id(), put.lease());
        case Write.DeleteLease delete -> leases.remove(delete.leaseId());
      }
    }
  }

  @Override
  public synchronized void close() {
    rows.clear();
    leases.clear();
  }

  private NavigableMap<String, Row> rowsOf(Keyspace keyspace) {
    NavigableMap<String, Row> found = rows.get(keyspace);
    if (found == null) {
      throw new IllegalStateException("a closed table");
    }
    return found;
  }

  /** The order of UTF-8 bytes, in which every other store keeps its keys. */
  private static int compareCodePoints(String left, String right) {
    int end = Math.min(left.length(), right.length());
    for (int i = 0; i < end; i++) {
      if (left.charAt(i) != right.charAt(i)) {
        return Integer.compare(codePointAt(left, i), codePointAt(right, i));
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  /** The code point that the char at {@code index} is part of. */
  private static int codePointAt(String text, int index) {
    boolean isSecondHalf = index > 0 && Character.isLowSurrogate(text.charAt(index));
    return text.codePointAt(isSecondHalf ? index - 1 : index);
  }
}

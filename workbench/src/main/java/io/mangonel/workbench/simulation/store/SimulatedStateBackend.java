package io.mangonel.workbench.simulation.store;

import io.mangonel.core.Bytes;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import io.mangonel.state.StateLimits;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A store that lives in simulated time: it has no thread, and what happens later - a listener that
 * is called, a lease that expires - it leaves to the world around it. A function of its calls.
 */
public final class SimulatedStateBackend implements StateBackend {
  private static final long NO_LEASE = 0;

  private record Row(Bytes value, long createRevision, long modifyRevision, long leaseId) {
    Entry toEntry(String key) {
      return new Entry(key, value, createRevision, modifyRevision);
    }
  }

  private final LongSupplier clockMs;
  private final BiConsumer<Long, Runnable> after;
  private final Map<Keyspace, NavigableMap<String, Row>> rows = new EnumMap<>(Keyspace.class);
  private final Map<Long, Long> leaseDeadlinesMs = new TreeMap<>();
  private final List<SimulatedWatch> watches = new ArrayList<>();
  private long revision;
  private boolean closed;

  /**
   * @param clockMs never goes back
   * @param after lets an action happen so many milliseconds later; never inside the call
   */
  public SimulatedStateBackend(LongSupplier clockMs, BiConsumer<Long, Runnable> after) {
    this.clockMs = clockMs;
    this.after = after;
    for (Keyspace keyspace : Keyspace.values()) {
      rows.put(keyspace, new TreeMap<>(SimulatedStateBackend::compareCodePoints));
    }
  }

  /** The order of code points: a surrogate is half of one beyond all other chars. */
  private static int compareCodePoints(String left, String right) {
    int end = Math.min(left.length(), right.length());
    for (int i = 0; i < end; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        return Character.isSurrogate(a) == Character.isSurrogate(b)
            ? Character.compare(a, b)
            : Boolean.compare(Character.isSurrogate(a), Character.isSurrogate(b));
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  private NavigableMap<String, Row> rowsOf(Keyspace keyspace) {
    NavigableMap<String, Row> found = rows.get(keyspace);
    if (found == null) {
      throw new AssertionError("no rows for " + keyspace);
    }
    return found;
  }

  private void checkReadable() {
    if (closed) {
      throw new StateException("the store is closed");
    }
    checkOpen();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
    leaseDeadlinesMs.entrySet().stream()
        .filter(lease -> lease.getValue() <= clockMs.getAsLong())
        .map(Map.Entry::getKey)
        .toList()
        .forEach(this::endLease);
  }

  @Override
  public synchronized Optional<Entry> get(Keyspace keyspace, String key) {
    checkKey(key);
    checkReadable();
    return Optional.ofNullable(rowsOf(keyspace).get(key)).map(row -> row.toEntry(key));
  }

  private static void checkKey(String key) {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("an empty key");
    }
  }

  @Override
  public List<Entry> scan(Keyspace keyspace, String prefix, String after, int limit) {
    return page(keyspace, prefix, after, limit, row -> row.getValue().toEntry(row.getKey()));
  }

  @Override
  public List<String> scanKeys(Keyspace keyspace, String prefix, String after, int limit) {
    return page(keyspace, prefix, after, limit, Map.Entry::getKey);
  }

  private synchronized <T> List<T> page(
      Keyspace keyspace,
      String prefix,
      String after,
      int limit,
      Function<Map.Entry<String, Row>, T> read) {
    if (limit < 1 || limit > StateLimits.SCAN_ENTRIES_MAX) {
      throw new IllegalArgumentException("a page of " + limit + " entries");
    }
    checkReadable();
    boolean fromPrefix = compareCodePoints(prefix, after) > 0;
    return rowsOf(keyspace).tailMap(fromPrefix ? prefix : after, fromPrefix).entrySet().stream()
        .takeWhile(row -> row.getKey().startsWith(prefix))
        .limit(limit)
        .map(read)
        .toList();
  }

  @Override
  public synchronized CommitOutcome commit(List<Guard> guards, List<Operation> operations) {
    checkLimits(guards, operations);
    checkOpen();
    if (!guards.stream().allMatch(this::holds) || !operations.stream().allMatch(this::isAlive)) {
      return new CommitOutcome.Refused();
    }
    long next = revision + 1;
    for (Operation operation : operations) {
      String key = operation.key();
      switch (operation) {
        case Operation.Put put -> put(put.keyspace(), key, put.value(), NO_LEASE, next);
        case Operation.PutLeased put -> put(put.keyspace(), key, put.value(), put.leaseId(), next);
        case Operation.Delete(var keyspace, _) -> delete(keyspace, key, next);
      }
    }
    return new CommitOutcome.Done(revision);
  }

  private static void checkLimits(List<Guard> guards, List<Operation> operations) {
    Set<List<Object>> addresses = new HashSet<>();
    long bytes = 0;
    for (Operation operation : operations) {
      checkKey(operation.key());
      addresses.add(List.of(operation.keyspace(), operation.key()));
      bytes += operation.key().length();
      bytes +=
          switch (operation) {
            case Operation.Put put -> put.value().length();
            case Operation.PutLeased put -> put.value().length();
            case Operation.Delete _ -> 0;
          };
    }
    if (guards.size() > StateLimits.COMMIT_OPERATIONS_MAX
        || operations.size() > StateLimits.COMMIT_OPERATIONS_MAX
        || addresses.size() < operations.size()
        || bytes > StateLimits.COMMIT_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a commit of %d guards, %d operations on %d keys, %d bytes"
              .formatted(guards.size(), operations.size(), addresses.size(), bytes));
    }
  }

  private boolean holds(Guard guard) {
    Row row = rowsOf(guard.keyspace()).get(guard.key());
    return switch (guard) {
      case Guard.Absent _ -> row == null;
      case Guard.CreateRevision(_, _, long created) -> row != null && row.createRevision == created;
      case Guard.ModifyRevision(_, _, long modified) ->
          row != null && row.modifyRevision == modified;
      case Guard.Value(_, _, Bytes value) -> row != null && row.value.equals(value);
    };
  }

  private boolean isAlive(Operation operation) {
    return !(operation instanceof Operation.PutLeased put)
        || leaseDeadlinesMs.containsKey(put.leaseId());
  }

  private void put(Keyspace keyspace, String key, Bytes value, long leaseId, long next) {
    Row old = rowsOf(keyspace).get(key);
    var row = new Row(value, old == null ? next : old.createRevision, next, leaseId);
    rowsOf(keyspace).put(key, row);
    changed(keyspace, key, new Change.Put(row.toEntry(key)), next);
  }

  private void delete(Keyspace keyspace, String key, long next) {
    if (rowsOf(keyspace).remove(key) != null) {
      changed(keyspace, key, new Change.Deleted(key), next);
    }
  }

  private void changed(Keyspace keyspace, String key, Change change, long next) {
    revision = next;
    watches.forEach(watch -> watch.offer(keyspace, key, change));
  }

  @Override
  public synchronized Lease grantLease(long ttlMs) {
    if (ttlMs < StateLimits.LEASE_TTL_MIN_MS) {
      throw new IllegalArgumentException("a lease of " + ttlMs + " ms");
    }
    checkOpen();
    var lease = new SimulatedLease(++revision, ttlMs);
    leaseDeadlinesMs.put(lease.id, clockMs.getAsLong() + ttlMs);
    lookAgain(ttlMs);
    return lease;
  }

  /** Watches hear of a lease's end also when nobody calls. */
  private void lookAgain(long delayMs) {
    after.accept(
        delayMs,
        () -> {
          synchronized (this) {
            if (!closed) {
              checkOpen();
            }
          }
        });
  }

  private void endLease(long id) {
    leaseDeadlinesMs.remove(id);
    long next = revision + 1;
    rows.forEach(
        (keyspace, table) ->
            table.entrySet().stream()
                .filter(row -> row.getValue().leaseId == id)
                .map(Map.Entry::getKey)
                .toList()
                .forEach(key -> delete(keyspace, key, next)));
  }

  @Override
  public synchronized Watch watch(
      Keyspace keyspace, String prefix, java.util.function.Consumer<Change> listener) {
    checkOpen();
    var watch = new SimulatedWatch(keyspace, prefix, listener, after, this::forget);
    watches.add(watch);
    return watch;
  }

  private synchronized void forget(SimulatedWatch watch) {
    watches.remove(watch);
  }

  @Override
  public synchronized void close() {
    closed = true;
    List.copyOf(watches).forEach(SimulatedWatch::close);
  }

  private final class SimulatedLease implements Lease {
    private final long id;
    private final long ttlMs;

    private SimulatedLease(long id, long ttlMs) {
      this.id = id;
      this.ttlMs = ttlMs;
    }

    @Override
    public long id() {
      return id;
    }

    @Override
    public boolean keepAlive() {
      synchronized (SimulatedStateBackend.this) {
        checkOpen();
        if (!leaseDeadlinesMs.containsKey(id)) {
          return false;
        }
        leaseDeadlinesMs.put(id, clockMs.getAsLong() + ttlMs);
        lookAgain(ttlMs);
        return true;
      }
    }

    @Override
    public void revoke() {
      synchronized (SimulatedStateBackend.this) {
        checkOpen();
        if (leaseDeadlinesMs.containsKey(id)) {
          endLease(id);
        }
      }
    }
  }
}

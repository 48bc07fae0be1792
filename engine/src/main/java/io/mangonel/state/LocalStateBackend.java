package io.mangonel.state;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A store in this process: guards, revisions, leases and watches over a {@link Table}. Commits
 * apply one after another; the first that the table cannot apply is the last. Reads do not wait for
 * a commit that is on its way to the disk: they see what was before it.
 */
final class LocalStateBackend implements StateBackend {
  private final Table table;
  private final LeaseTable leases;
  private final Consumer<String> onFailure;
  private final List<WatchQueue> watches = new CopyOnWriteArrayList<>();

  /** Who changes anything; taken before {@link #openness}. */
  private final ReentrantLock commits = new ReentrantLock();

  /** Read-locked by who reads the table, so that it is not closed meanwhile. */
  private final ReentrantReadWriteLock openness = new ReentrantReadWriteLock();

  private final ScheduledExecutorService leaseTimer;
  private volatile @Nullable String failure;
  private volatile boolean closed;

  /**
   * @param clockMs a clock that never goes back
   * @param onFailure called once, when a write failed: what the store holds on disk is then unknown
   *     and the process must end (rule D10)
   */
  LocalStateBackend(Table table, LongSupplier clockMs, Consumer<String> onFailure) {
    this.table = table;
    this.leases = new LeaseTable(clockMs);
    this.onFailure = onFailure;
    table.leases().forEach(leases::begin);
    leaseTimer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("state-leases").factory());
    var _ =
        leaseTimer.scheduleWithFixedDelay(
            this::expireLeases,
            StateLimits.LEASE_CHECK_INTERVAL_MS,
            StateLimits.LEASE_CHECK_INTERVAL_MS,
            TimeUnit.MILLISECONDS);
  }

  @Override
  public Optional<Entry> get(Keyspace keyspace, String key) {
    Address address = new Address(keyspace, key);
    return read(() -> Optional.ofNullable(table.get(address)).map(row -> row.toEntry(key)));
  }

  @Override
  public List<Entry> scan(Keyspace keyspace, String prefix, String after, int limit) {
    StateLimits.checkPage(limit);
    return read(() -> table.scan(keyspace, prefix, after, limit));
  }

  @Override
  public List<String> scanKeys(Keyspace keyspace, String prefix, String after, int limit) {
    StateLimits.checkPage(limit);
    return read(() -> table.scanKeys(keyspace, prefix, after, limit));
  }

  private <T> T read(Supplier<T> table) {
    expireLeases();
    openness.readLock().lock();
    try {
      if (closed) {
        throw new StateException("the store is closed");
      }
      if (failure != null) {
        throw new StateException(failure);
      }
      return table.get();
    } finally {
      openness.readLock().unlock();
    }
  }

  @Override
  public CommitOutcome commit(List<Guard> guards, List<Operation> operations) {
    StateLimits.checkCommit(guards, operations);
    expireLeases();
    commits.lock();
    try {
      checkOpen();
      if (failure != null) {
        return new CommitOutcome.Unknown(failure);
      }
      if (!guards.stream().allMatch(this::holds) || !namesLiveLeases(operations)) {
        return new CommitOutcome.Refused();
      }
      PendingCommit commit = new PendingCommit(table, leases);
      operations.forEach(commit::add);
      return apply(commit);
    } finally {
      commits.unlock();
    }
  }

  private boolean holds(Guard guard) {
    Row row = table.get(Address.of(guard));
    return switch (guard) {
      case Guard.Absent _ -> row == null;
      case Guard.CreateRevision created ->
          row != null && row.createRevision() == created.revision();
      case Guard.ModifyRevision modified ->
          row != null && row.modifyRevision() == modified.revision();
      case Guard.Value value -> row != null && row.value().equals(value.value());
    };
  }

  private boolean namesLiveLeases(List<Operation> operations) {
    return operations.stream()
        .flatMap(
            operation ->
                operation instanceof Operation.PutLeased put ? Stream.of(put) : Stream.empty())
        .allMatch(put -> leases.isAlive(put.leaseId()));
  }

  /** With {@link #commits} held. */
  private CommitOutcome apply(PendingCommit commit) {
    if (commit.isEmpty()) {
      return new CommitOutcome.Done(table.revision());
    }
    try {
      table.apply(commit.revision(), commit.writes());
    } catch (StateException e) {
      String message = String.valueOf(e.getMessage());
      failure = message;
      onFailure.accept(message);
      return new CommitOutcome.Unknown(message);
    }
    commit.changedLeases().values().forEach(leases::replace);
    commit.changes().forEach((address, change) -> tellWatches(address, change));
    return new CommitOutcome.Done(commit.revision());
  }

  private void tellWatches(Address address, Change change) {
    watches.forEach(watch -> watch.offer(address, change));
  }

  @Override
  public Watch watch(Keyspace keyspace, String prefix, Consumer<Change> listener) {
    commits.lock();
    try {
      checkOpen();
      WatchQueue watch = new WatchQueue(keyspace, prefix, listener, watches::remove);
      watches.add(watch);
      return watch;
    } finally {
      commits.unlock();
    }
  }

  @Override
  public Lease grantLease(long ttlMs) {
    StateLimits.checkLease(ttlMs);
    commits.lock();
    try {
      checkOpen();
      PendingCommit commit = new PendingCommit(table, leases);
      LeaseRow lease = new LeaseRow(commit.revision(), ttlMs, Set.of());
      commit.putLease(lease);
      if (failure != null || !(apply(commit) instanceof CommitOutcome.Done)) {
        throw new StateException(String.valueOf(failure));
      }
      leases.begin(lease);
      return new LocalLease(lease.id());
    } finally {
      commits.unlock();
    }
  }

  private void expireLeases() {
    leases.due().forEach(id -> endLease(id, true));
  }

  private void endLease(long id, boolean onlyIfDue) {
    commits.lock();
    try {
      LeaseRow lease = leases.row(id);
      if (lease == null || closed || failure != null || (onlyIfDue && !leases.due().contains(id))) {
        return;
      }
      PendingCommit commit = new PendingCommit(table, leases);
      commit.endLease(lease);
      leases.end(id);
      var _ = apply(commit);
    } finally {
      commits.unlock();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
  }

  @Override
  public void close() {
    commits.lock();
    try {
      if (closed) {
        return;
      }
      leaseTimer.shutdownNow();
      watches.forEach(WatchQueue::close);
      openness.writeLock().lock();
      try {
        closed = true;
        table.close();
      } finally {
        openness.writeLock().unlock();
      }
    } finally {
      commits.unlock();
    }
  }

  private final class LocalLease implements Lease {
    private final long id;

    private LocalLease(long id) {
      this.id = id;
    }

    @Override
    public long id() {
      return id;
    }

    @Override
    public boolean keepAlive() {
      return leases.keepAlive(id);
    }

    @Override
    public void revoke() {
      endLease(id, false);
    }
  }
}

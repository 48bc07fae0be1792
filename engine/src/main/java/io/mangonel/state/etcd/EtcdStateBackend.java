package io.mangonel.state.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.CompactOption;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.grpc.Status;
import io.mangonel.core.Bytes;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import io.mangonel.state.StateLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store of any number of schedulers. Reads are linearizable; a commit is one transaction, sent
 * once. Leases have a channel of their own, so that a renewal waits behind no large value.
 */
public final class EtcdStateBackend implements StateBackend {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdStateBackend.class);
  private static final String NO_SPACE = "database space exceeded";

  private final EtcdAccess access;
  private final EtcdKeys keys;
  private final EtcdConnection connection;
  private final EtcdConnection leaseConnection;
  private final EtcdSpace space;
  private final Set<EtcdWatch> watches = ConcurrentHashMap.newKeySet();
  private final AtomicLong compactTo = new AtomicLong();

  /** How long an answer to a commit is waited for. */
  private volatile long commitMs = EtcdLimits.COMMIT_MS;

  private volatile boolean closed;

  private EtcdStateBackend(EtcdAccess access) {
    this.access = access;
    this.keys = new EtcdKeys(access.settings().prefix());
    this.connection = new EtcdConnection(access);
    this.leaseConnection = new EtcdConnection(access);
    this.space = new EtcdSpace(access, connection);
  }

  /**
   * Waits for an etcd that does not answer yet: at the boot of a machine it often comes later.
   *
   * @throws StateException when no endpoint answers for long, or, at once, when etcd does not let
   *     this process in; the message is for a person
   */
  public static StateBackend open(EtcdAccess access) {
    return open(access, EtcdLimits.START_MS);
  }

  static StateBackend open(EtcdAccess access, long waitMs) {
    EtcdStateBackend store = new EtcdStateBackend(access);
    try {
      store.awaitAnswer(waitMs);
      return store;
    } catch (StateException e) {
      store.close();
      throw e;
    }
  }

  private void awaitAnswer(long waitMs) {
    ByteSequence any = keys.key(Keyspace.SCHEDULERS, "0");
    long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs);
    boolean told = false;
    while (true) {
      long leftMs = TimeUnit.NANOSECONDS.toMillis(untilNs - System.nanoTime());
      try {
        var _ = answer(any, GetOption.DEFAULT, Math.clamp(leftMs, 1, EtcdLimits.ANSWER_MS));
        return;
      } catch (EtcdCalls.FailedCall e) {
        Optional<String> refusal = EtcdRefusals.of(e);
        if (refusal.isPresent()) {
          throw new StateException("etcd at " + access + " " + refusal.get(), e);
        }
        leftMs = TimeUnit.NANOSECONDS.toMillis(untilNs - System.nanoTime());
        if (leftMs <= EtcdLimits.START_PAUSE_MS || !EtcdCalls.pause(EtcdLimits.START_PAUSE_MS)) {
          throw unreadable(e);
        }
        if (!told) {
          told = true;
          LOG.warn(
              "etcd at {} does not answer yet, this waits {} s for it: {}: {}",
              access,
              TimeUnit.MILLISECONDS.toSeconds(leftMs),
              e.code(),
              e.description());
        }
      }
    }
  }

  @Override
  public Optional<Entry> get(Keyspace keyspace, String key) {
    GetResponse found = read(keys.key(keyspace, key), GetOption.DEFAULT);
    return found.getKvs().stream().findFirst().map(row -> entry(keyspace, row));
  }

  @Override
  public List<Entry> scan(Keyspace keyspace, String prefix, String after, int limit) {
    return page(keyspace, prefix, after, limit, false, row -> entry(keyspace, row));
  }

  @Override
  public List<String> scanKeys(Keyspace keyspace, String prefix, String after, int limit) {
    return page(keyspace, prefix, after, limit, true, row -> keys.keyOf(keyspace, row.getKey()));
  }

  private <T> List<T> page(
      Keyspace keyspace,
      String prefix,
      String after,
      int limit,
      boolean keysOnly,
      Function<KeyValue, T> map) {
    StateLimits.checkPage(limit);
    ByteSequence end = keys.end(keyspace, prefix);
    for (int attempt = 1; ; attempt++) {
      try {
        return oneMoment(keys.from(keyspace, prefix, after), end, limit, keysOnly).stream()
            .map(map)
            .toList();
      } catch (EtcdCalls.FailedCall e) {
        if (!e.compacted() || attempt == EtcdLimits.SCAN_ATTEMPTS_MAX) {
          throw unreadable(e);
        }
      }
    }
  }

  /**
   * One transaction that only reads: etcd asks its quorum once and shows one moment. When that is
   * more than a message takes, the scans go one by one: they come in pieces.
   */
  @Override
  public List<List<Entry>> scanAll(List<Page> pages) {
    Op[] reads = pages.stream().map(this::read).toArray(Op[]::new);
    try {
      return found(
          pages,
          answer(
              () -> connection.client().getKVClient().txn().Then(reads).commit(),
              EtcdLimits.ANSWER_MS));
    } catch (EtcdCalls.FailedCall e) {
      return switch (e.code()) {
        case RESOURCE_EXHAUSTED -> StateBackend.super.scanAll(pages);
        default -> throw unreadable(e);
      };
    }
  }

  private List<List<Entry>> found(List<Page> pages, TxnResponse answer) {
    List<List<Entry>> found = new ArrayList<>();
    for (int i = 0; i < pages.size(); i++) {
      Keyspace keyspace = pages.get(i).keyspace();
      found.add(
          answer.getGetResponses().get(i).getKvs().stream()
              .map(row -> entry(keyspace, row))
              .toList());
    }
    return found;
  }

  private Op read(Page page) {
    return Op.get(
        keys.from(page.keyspace(), page.prefix(), page.after()),
        GetOption.builder()
            .withRange(keys.end(page.keyspace(), page.prefix()))
            .withLimit(page.limit())
            .build());
  }

  /**
   * In pieces that fit into a message, all of the revision of the first. No order is asked for:
   * etcd answers in that of the keys, and asked for one it reads all to the end, whatever the
   * limit.
   */
  private List<KeyValue> oneMoment(ByteSequence from, ByteSequence end, int limit, boolean keysOnly)
      throws EtcdCalls.FailedCall {
    List<KeyValue> rows = new ArrayList<>();
    ByteSequence next = from;
    long revision = 0;
    while (true) {
      int wanted = limit - rows.size();
      GetOption option =
          GetOption.builder()
              .withRange(end)
              .withKeysOnly(keysOnly)
              .withLimit(keysOnly ? wanted : Math.min(wanted, EtcdLimits.PAGE_ENTRIES))
              .withRevision(revision)
              .build();
      GetResponse piece = answer(next, option);
      rows.addAll(piece.getKvs());
      if (!piece.isMore() || rows.size() >= limit || piece.getKvs().isEmpty()) {
        return rows;
      }
      revision = piece.getHeader().getRevision();
      next = rows.getLast().getKey().concat(ByteSequence.from(new byte[1]));
    }
  }

  private GetResponse read(ByteSequence key, GetOption option) {
    try {
      return answer(key, option);
    } catch (EtcdCalls.FailedCall e) {
      throw unreadable(e);
    }
  }

  private GetResponse answer(ByteSequence key, GetOption option) throws EtcdCalls.FailedCall {
    return answer(key, option, EtcdLimits.ANSWER_MS);
  }

  private GetResponse answer(ByteSequence key, GetOption option, long timeoutMs)
      throws EtcdCalls.FailedCall {
    return answer(() -> connection.client().getKVClient().get(key, option), timeoutMs);
  }

  private <T> T answer(Supplier<CompletableFuture<T>> read, long timeoutMs)
      throws EtcdCalls.FailedCall {
    if (closed) {
      throw new StateException("the store is closed");
    }
    try {
      return EtcdCalls.ask(read, timeoutMs);
    } catch (EtcdCalls.FailedCall e) {
      connection.failed(e);
      throw e;
    }
  }

  private StateException unreadable(EtcdCalls.FailedCall e) {
    return new StateException(
        "etcd at " + access + " does not answer: " + e.code() + ": " + e.description(), e);
  }

  private Entry entry(Keyspace keyspace, KeyValue row) {
    return new Entry(
        keys.keyOf(keyspace, row.getKey()),
        Bytes.of(row.getValue().getBytes()),
        row.getCreateRevision(),
        row.getModRevision());
  }

  @Override
  public CommitOutcome commit(List<Guard> guards, List<Operation> operations) {
    return commitThenScan(guards, operations, List.of()).outcome();
  }

  /** Pages that are too large for one message make the outcome unknown. */
  @Override
  public Committed commitThenScan(
      List<Guard> guards, List<Operation> operations, List<Page> pages) {
    StateLimits.checkCommit(guards, operations, pages);
    checkOpen();
    Cmp[] compares = guards.stream().map(this::compare).toArray(Cmp[]::new);
    Op[] then =
        Stream.concat(operations.stream().map(this::operation), pages.stream().map(this::read))
            .toArray(Op[]::new);
    try {
      TxnResponse answer =
          EtcdCalls.await(
              connection.client().getKVClient().txn().If(compares).Then(then).commit(), commitMs);
      commitMs = EtcdLimits.COMMIT_MS;
      return answer.isSucceeded()
          ? new Committed(
              new CommitOutcome.Done(answer.getHeader().getRevision()), found(pages, answer))
          : new Committed(new CommitOutcome.Refused(), List.of());
    } catch (EtcdCalls.FailedCall e) {
      connection.failed(e);
      if (e.code() == Status.Code.DEADLINE_EXCEEDED) {
        commitMs = Math.min(EtcdLimits.CALL_MS, 2 * commitMs);
      }
      return new Committed(outcome(e), List.of());
    }
  }

  /**
   * Only what etcd says before it proposes a transaction tells that nothing changed. {@code
   * NOSPACE} it says then, too, and also after it has applied the one that goes beyond the quota.
   */
  private CommitOutcome outcome(EtcdCalls.FailedCall e) {
    String message = "etcd at " + access + ": " + e.code() + ": " + e.description();
    return switch (e.code()) {
      case RESOURCE_EXHAUSTED ->
          e.description().contains(NO_SPACE)
              ? new CommitOutcome.NoSpace(message)
              : new CommitOutcome.Unknown(message);
      case NOT_FOUND -> new CommitOutcome.Refused(); // A lease is gone.
      case INVALID_ARGUMENT -> throw new IllegalArgumentException(message, e);
      default -> new CommitOutcome.Unknown(message);
    };
  }

  private Cmp compare(Guard guard) {
    ByteSequence key = keys.key(guard.keyspace(), guard.key());
    return switch (guard) {
      case Guard.Absent _ -> new Cmp(key, Cmp.Op.EQUAL, CmpTarget.version(0));
      case Guard.CreateRevision created ->
          new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(real(created.revision())));
      case Guard.ModifyRevision modified ->
          new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(real(modified.revision())));
      case Guard.Value value -> // Never holds of an absent key.
          new Cmp(key, Cmp.Op.EQUAL, CmpTarget.value(ByteSequence.from(bytes(value.value()))));
    };
  }

  /** To etcd an absent key has the revision 0; to us it has none. */
  private static long real(long revision) {
    return revision == 0 ? -1 : revision;
  }

  private Op operation(Operation operation) {
    ByteSequence key = keys.key(operation.keyspace(), operation.key());
    return switch (operation) {
      case Operation.Put put ->
          Op.put(key, ByteSequence.from(bytes(put.value())), PutOption.DEFAULT);
      case Operation.PutLeased put ->
          Op.put(
              key,
              ByteSequence.from(bytes(put.value())),
              PutOption.builder().withLeaseId(put.leaseId()).build());
      case Operation.Delete _ -> Op.delete(key, DeleteOption.DEFAULT);
    };
  }

  private static byte[] bytes(Bytes value) {
    return value.toByteArray();
  }

  @Override
  public Lease grantLease(long ttlMs) {
    StateLimits.checkLease(ttlMs);
    checkOpen();
    long ttlS = Math.ceilDiv(ttlMs, 1_000L);
    try {
      long id =
          EtcdCalls.ask( // One that was granted unheard ends by itself.
                  () -> leaseConnection.client().getLeaseClient().grant(ttlS), EtcdLimits.ANSWER_MS)
              .getID();
      return new EtcdLease(access, leaseConnection, id);
    } catch (EtcdCalls.FailedCall e) {
      leaseConnection.failed(e);
      throw new StateException(
          "etcd at " + access + " grants no lease: " + e.code() + ": " + e.description(), e);
    }
  }

  @Override
  public Watch watch(Keyspace keyspace, String prefix, Consumer<Change> listener) {
    checkOpen();
    EtcdWatch watch =
        new EtcdWatch(
            new EtcdWatch.Range(keyspace, prefix, keys), connection, listener, watches::remove);
    watches.add(watch);
    watch.begin(read(keys.from(keyspace, prefix, ""), GetOption.DEFAULT).getHeader().getRevision());
    return watch;
  }

  /** A failure costs nothing: the next call compacts as much. */
  @Override
  public void compact() {
    long revision =
        read(keys.key(Keyspace.SCHEDULERS, "0"), GetOption.DEFAULT).getHeader().getRevision();
    long before = compactTo.getAndSet(revision);
    if (before == 0) {
      return;
    }
    try {
      EtcdCalls.await(
          connection.client().getKVClient().compact(before, CompactOption.DEFAULT),
          EtcdLimits.ANSWER_MS);
    } catch (EtcdCalls.FailedCall e) {
      connection.failed(e);
      if (!e.compacted()) {
        LOG.warn("etcd at {} is not compacted: {}: {}", access, e.code(), e.description());
      }
    }
    space.defragment();
  }

  @Override
  public Optional<Space> space() {
    checkOpen();
    return space.measure();
  }

  @Override
  public void reclaim() {
    checkOpen();
    space.reclaim();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    watches.forEach(EtcdWatch::close);
    space.close();
    connection.close();
    leaseConnection.close();
  }
}

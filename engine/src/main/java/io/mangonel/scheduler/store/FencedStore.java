package io.mangonel.scheduler.store;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.owner.Event;
import io.mangonel.core.record.Commit;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.CommitOutcome;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateBackend.Guard;
import io.mangonel.state.StateBackend.Lease;
import io.mangonel.state.StateBackend.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The store as one scheduler incarnation may write it: every transaction requires the incarnation's
 * key as it was created (rule D1). One thread at a time commits.
 */
public final class FencedStore {
  private static final int SCAN_LIMIT = 1_000;
  private static final int CANCEL_VERSION = 1;

  private final StateBackend backend;
  private final Incarnation self;
  private final SchedulerRecord record;
  private final Lease lease;
  private final long createRevision;
  private final ChangeEncoder encoder;

  private @Nullable Mapped last;

  /** A commit as it was first sent: it is sent again the same (rule D2). */
  private record Mapped(Commit commit, List<Guard> guards, List<Operation> operations) {}

  private FencedStore(
      StateBackend backend,
      Incarnation self,
      SchedulerRecord record,
      Lease lease,
      long createRevision) {
    this.backend = backend;
    this.self = self;
    this.record = record;
    this.lease = lease;
    this.createRevision = createRevision;
    this.encoder = new ChangeEncoder(self);
  }

  /**
   * Registers a scheduler that is alone on its store: keys of its predecessors are deleted, by
   * creation revision, so nothing they sent can still be done.
   *
   * @param address host:port of its gRPC server
   * @throws IllegalStateException when the store refuses: another process uses it
   */
  public static FencedStore registerAlone(
      StateBackend backend, Incarnation self, String address, long nowMs, long leaseTtlMs) {
    for (Entry old : backend.scan(Keyspace.SCHEDULERS, "", "", SCAN_LIMIT)) {
      require(
          backend.commit(
              List.of(
                  new Guard.CreateRevision(Keyspace.SCHEDULERS, old.key(), old.createRevision())),
              List.of(new Operation.Delete(Keyspace.SCHEDULERS, old.key()))),
          "remove the key of scheduler " + old.key());
    }
    var record = new SchedulerRecord(address, nowMs, 0);
    Lease lease = backend.grantLease(leaseTtlMs);
    require(
        backend.commit(
            List.of(new Guard.Absent(Keyspace.SCHEDULERS, self.value())),
            List.of(
                new Operation.PutLeased(
                    Keyspace.SCHEDULERS, self.value(), record.encode(), lease.id()))),
        "write the key of scheduler " + self);
    long createRevision =
        backend
            .get(Keyspace.SCHEDULERS, self.value())
            .orElseThrow(() -> new IllegalStateException("the key of " + self + " is gone"))
            .createRevision();
    return new FencedStore(backend, self, record, lease, createRevision);
  }

  private static void require(CommitOutcome outcome, String what) {
    if (!(outcome instanceof CommitOutcome.Done)) {
      throw new IllegalStateException("cannot " + what + ": " + outcome);
    }
  }

  public Incarnation self() {
    return self;
  }

  /** Creation revision of this incarnation's key. */
  public long createRevision() {
    return createRevision;
  }

  /** Tells the encoder where the headers of loaded jobs are; before the first commit. */
  public void loadPlanned(JobId job) {
    encoder.loadPlanned(job);
  }

  /** Sends a commit; a commit equal to the last one is sent exactly as then. */
  public Commit.Outcome commit(Commit commit) {
    Mapped mapped = last;
    if (mapped == null || mapped.commit.count() != commit.count()) {
      mapped = map(commit);
      last = mapped;
    }
    return switch (backend.commit(mapped.guards, mapped.operations)) {
      case CommitOutcome.Done _ -> Commit.Outcome.DONE;
      case CommitOutcome.Refused _ -> Commit.Outcome.REFUSED;
      case CommitOutcome.Unknown _ -> Commit.Outcome.UNKNOWN;
      case CommitOutcome.NoSpace _ -> Commit.Outcome.NO_SPACE;
    };
  }

  private Mapped map(Commit commit) {
    List<Operation> operations = new ArrayList<>(encoder.encode(commit.changes()));
    operations.add(
        new Operation.PutLeased(
            Keyspace.SCHEDULERS,
            self.value(),
            record.withCount(commit.count() + 1).encode(),
            lease.id()));
    return new Mapped(
        commit,
        List.of(
            created(),
            new Guard.Value(
                Keyspace.SCHEDULERS, self.value(), record.withCount(commit.count()).encode())),
        List.copyOf(operations));
  }

  /**
   * A transaction beside the count: for what no other scheduler writes and no order binds, such as
   * the deletion of what is behind an ended job.
   */
  CommitOutcome commitUncounted(List<Operation> operations) {
    return backend.commit(List.of(created()), operations);
  }

  /** Asks for the end of a job: a claim reads it (rule D7). */
  public void markCancelled(JobId job) {
    var mark = new RecordWriter().number(CANCEL_VERSION).text("cancelled on request").toBytes();
    var _ = commitUncounted(List.of(new Operation.Put(Keyspace.CANCELS, job.value(), mark)));
  }

  private Guard created() {
    return new Guard.CreateRevision(Keyspace.SCHEDULERS, self.value(), createRevision);
  }

  /** This incarnation's key as it is now. */
  public Event.FenceRead readFence() {
    Optional<Entry> key = backend.get(Keyspace.SCHEDULERS, self.value());
    return key.map(
            entry ->
                new Event.FenceRead(
                    entry.createRevision(), SchedulerRecord.decode(entry.value()).count()))
        .orElseGet(() -> new Event.FenceRead(-1, 0));
  }

  /** Renews the lease; false when it is gone, and with it everything this incarnation owned. */
  public boolean keepAlive() {
    return lease.keepAlive();
  }

  /** Lets the key go: an orderly end. */
  public void release() {
    lease.revoke();
  }
}

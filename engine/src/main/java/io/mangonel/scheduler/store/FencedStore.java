package io.mangonel.scheduler.store;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.UnreadableRecordException;
import io.mangonel.core.owner.Event;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.SubmitHolder;
import io.mangonel.core.suspicion.Lineage;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateBackend.CommitOutcome;
import io.mangonel.state.StateBackend.Committed;
import io.mangonel.state.StateBackend.Entry;
import io.mangonel.state.StateBackend.Guard;
import io.mangonel.state.StateBackend.Lease;
import io.mangonel.state.StateBackend.Operation;
import io.mangonel.state.StateBackend.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The store as one scheduler incarnation may write it: every transaction requires the incarnation's
 * key as it was created (rule D1). One thread at a time commits.
 */
public final class FencedStore {
  private static final int SCAN_LIMIT = 1_000;
  private static final int CANCEL_VERSION = 1;
  private static final int CLAIM_ATTEMPTS_MAX = 5;

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
    var record = new SchedulerRecord(address, nowMs, 0, leaseTtlMs, Lineage.NONE);
    return register(backend, self, record);
  }

  private static String addressOf(Entry scheduler) {
    try {
      return SchedulerRecord.decode(scheduler.value()).address();
    } catch (UnreadableRecordException e) {
      return ""; // Of a newer version: its lease tells.
    }
  }

  private static FencedStore register(
      StateBackend backend, Incarnation self, SchedulerRecord record) {
    Lease lease = backend.grantLease(record.leaseTtlMs());
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

  /**
   * Registers one of several schedulers. A predecessor at the same address is gone, for its port is
   * ours: its key is deleted, by creation revision, so that nobody waits for its lease (rule T2).
   *
   * @param address where executors, clients and other schedulers find it
   * @throws StateException when the store does not answer
   * @throws IllegalStateException when it refuses
   */
  public static FencedStore registerAmong(
      StateBackend backend, Incarnation self, String address, long nowMs, long leaseTtlMs) {
    return registerAmong(backend, self, Lineage.NONE, address, nowMs, leaseTtlMs);
  }

  /**
   * As the other.
   *
   * @param formerly who this process was when it lost its key: then no other key is deleted than
   *     that one, so that two at one address do not fence each other for ever
   */
  public static FencedStore registerAmong(
      StateBackend backend,
      Incarnation self,
      Lineage formerly,
      String address,
      long nowMs,
      long leaseTtlMs) {
    List<Entry> present = backend.scan(Keyspace.SCHEDULERS, "", "", SCAN_LIMIT);
    boolean alone = true;
    for (Entry other : present) {
      boolean predecessor =
          formerly
              .last()
              .map(was -> other.key().equals(was.value()))
              .orElseGet(() -> addressOf(other).equals(address));
      if (!predecessor) {
        alone = false;
      } else {
        var _ =
            backend.commit(
                List.of(
                    new Guard.CreateRevision(
                        Keyspace.SCHEDULERS, other.key(), other.createRevision())),
                List.of(new Operation.Delete(Keyspace.SCHEDULERS, other.key())));
      }
    }
    if (alone && backend.space().filter(StateBackend.Space::takesNothing).isPresent()) {
      backend.reclaim(); // A full store grants no lease, and nobody else is there to make space.
    }
    Lineage before =
        formerly
            .last()
            .flatMap(was -> suspectedBy(backend, was))
            .map(formerly::wrongedBy)
            .orElse(formerly);
    return register(backend, self, new SchedulerRecord(address, nowMs, 0, leaseTtlMs, before));
  }

  private static Optional<Incarnation> suspectedBy(StateBackend backend, Incarnation scheduler) {
    return backend
        .get(Keyspace.SUSPICIONS, scheduler.value())
        .map(note -> SuspicionRecord.decode(note.value()).by());
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

  /** What this process was before, as its key says. */
  public Lineage lineage() {
    return record.before();
  }

  /** Tells the encoder where the headers of loaded jobs are; before the first commit. */
  public void loadPlanned(JobId job) {
    encoder.loadPlanned(job);
  }

  /** Sends a commit; a commit equal to the last one is sent exactly as then. */
  public Commit.Outcome commit(Commit commit) {
    Mapped mapped = last;
    if (mapped == null || mapped.commit.next() != commit.next()) {
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
            record.withCount(commit.next()).encode(),
            lease.id()));
    List<Guard> guards = new ArrayList<>();
    guards.add(created());
    guards.add(
        new Guard.Value(
            Keyspace.SCHEDULERS, self.value(), record.withCount(commit.count()).encode()));
    contestable(commit).forEach(made -> guards.add(new Guard.Absent(Keyspace.SUBMITS, key(made))));
    return new Mapped(commit, List.copyOf(guards), List.copyOf(operations));
  }

  /** Jobs that another submit may have been faster with (rule D6). */
  private static List<Change.JobCreated> contestable(Commit commit) {
    return commit.changes().stream()
        .flatMap(change -> change instanceof Change.JobCreated made ? Stream.of(made) : Stream.of())
        .filter(Change.JobCreated::contestable)
        .toList();
  }

  private static String key(Change.JobCreated made) {
    return Keys.submit(made.request().principal(), made.request().idempotencyKey());
  }

  /**
   * A transaction beside the count: for what no other scheduler writes and no order binds, such as
   * the deletion of what is behind an ended job.
   */
  CommitOutcome commitUncounted(List<Operation> operations) {
    return backend.commit(List.of(created()), operations);
  }

  /**
   * Makes this scheduler the owner of jobs whose owner has no key, in their next epochs (rule D3).
   *
   * @param owner as their headers have it; our own for a claim whose outcome was never known
   * @param seen what a look showed of them a moment ago; what has changed since, or if their owner
   *     was suspected since, is read anew
   * @throws StateException when the store does not answer
   */
  public Claimed claim(Incarnation owner, List<JobId> jobs, Survey seen, long nowMs) {
    List<StoredState.Header> shown =
        jobs.stream()
            .flatMap(job -> Optional.ofNullable(seen.headers().get(job)).stream())
            .filter(header -> header.owner().equals(owner))
            .toList();
    boolean all = shown.size() == jobs.size() && !owner.equals(self);
    boolean suspected = seen.suspected().contains(owner);
    List<Guard> still =
        suspected ? List.of() : List.of(new Guard.Absent(Keyspace.SUSPICIONS, owner.value()));
    Optional<List<List<Entry>>> read =
        all ? claimed(new Orphans(owner, suspected, shown), still, nowMs) : Optional.empty();
    return read.map(pages -> new Claimed(jobs, pages))
        .orElseGet(() -> new Claimed(claim(owner, jobs, nowMs), List.of()));
  }

  /**
   * Jobs that are ours now.
   *
   * @param pages what the store has of them, if it was read with the claim; for {@link StoredState}
   */
  public record Claimed(List<JobId> jobs, List<List<Entry>> pages) {
    public Claimed {
      jobs = List.copyOf(jobs);
      pages = List.copyOf(pages);
    }
  }

  /** As the other, when nothing is known of them. */
  public List<JobId> claim(Incarnation owner, List<JobId> jobs, long nowMs) {
    List<StoredState.Header> found = new ArrayList<>();
    StoreReads reads = JobRanges.headers(backend, jobs);
    for (JobId job : jobs) {
      header(job, reads).filter(header -> header.owner().equals(owner)).ifPresent(found::add);
    }
    List<JobId> ids = found.stream().map(StoredState.Header::job).toList();
    if (found.isEmpty() || owner.equals(self)) {
      return ids;
    }
    boolean suspected = suspected(owner);
    if (claimed(new Orphans(owner, suspected, found), List.of(), nowMs).isPresent()) {
      return ids;
    }
    // Another was faster with one of them.
    return found.size() == 1
        ? List.of()
        : found.stream()
            .filter(one -> claimed(owner, suspected, one, nowMs))
            .map(StoredState.Header::job)
            .toList();
  }

  /** Jobs of one owner that is gone, as they were read. */
  private record Orphans(Incarnation owner, boolean suspected, List<StoredState.Header> headers) {}

  private static Optional<StoredState.Header> header(JobId job, StoreReads reads) {
    return new JobReader(reads)
        .header(job)
        .flatMap(header -> StoredState.readable(header.keyspace(), header.entry()));
  }

  /**
   * Deletes the key of a scheduler that is gone by suspicion (rule T1), if it is still the same
   * key, and leaves a note of who did. Sent again as it is until its outcome is known (rule D2).
   *
   * @return false when the key was not there any more, this scheduler has none, or nobody knows
   */
  public boolean removeSuspected(StoredState.Scheduler peer) {
    String key = peer.incarnation().value();
    List<Guard> guards =
        List.of(
            created(), new Guard.CreateRevision(Keyspace.SCHEDULERS, key, peer.createRevision()));
    List<Operation> operations =
        List.of(
            new Operation.Delete(Keyspace.SCHEDULERS, key),
            new Operation.PutLeased(
                Keyspace.SUSPICIONS, key, new SuspicionRecord(self).encode(), lease.id()));
    for (int attempt = 0; attempt < CLAIM_ATTEMPTS_MAX; attempt++) {
      switch (backend.commit(guards, operations)) {
        case CommitOutcome.Done _ -> {
          return true;
        }
        case CommitOutcome.Refused _, CommitOutcome.NoSpace _ -> {
          return false;
        }
        case CommitOutcome.Unknown _ -> {}
      }
    }
    return false;
  }

  private boolean claimed(
      Incarnation owner, boolean suspected, StoredState.Header one, long nowMs) {
    return claimed(new Orphans(owner, suspected, List.of(one)), List.of(), nowMs).isPresent();
  }

  /**
   * @param still what else must hold
   * @return empty when they are not ours; else what was read of them, if it was
   */
  private Optional<List<List<Entry>>> claimed(Orphans orphans, List<Guard> still, long nowMs) {
    List<StoredState.Header> headers = orphans.headers;
    List<Guard> guards = new ArrayList<>(still);
    guards.add(created());
    guards.add(new Guard.Absent(Keyspace.SCHEDULERS, orphans.owner.value()));
    List<Operation> operations = new ArrayList<>();
    operations.add(
        new Operation.PutLeased(
            Keyspace.TAKEOVERS,
            self.value(),
            new TakeoverRecord(orphans.owner, nowMs, headers.size(), orphans.suspected).encode(),
            lease.id()));
    for (StoredState.Header header : headers) {
      Keyspace keyspace = header.planned() ? Keyspace.ACTIVE_JOBS : Keyspace.QUEUED_JOBS;
      String key = Keys.header(header.job());
      guards.add(new Guard.ModifyRevision(keyspace, key, header.revision()));
      operations.add(
          new Operation.Put(keyspace, key, new JobHeader(self, header.epoch() + 1).encode()));
    }
    List<Page> pages = JobRanges.pages(headers.stream().map(StoredState.Header::job).toList());
    for (int attempt = 0; attempt < CLAIM_ATTEMPTS_MAX; attempt++) {
      Committed committed = backend.commitThenScan(guards, operations, pages);
      switch (committed.outcome()) {
        case CommitOutcome.Done _ -> {
          return Optional.of(committed.pages());
        }
        case CommitOutcome.Refused _ -> {
          // Perhaps by an earlier sending of the same.
          boolean ours = attempt > 0 && headers.stream().allMatch(this::isOurs);
          return ours ? Optional.of(List.of()) : Optional.empty();
        }
        case CommitOutcome.Unknown _ -> {} // Sent again as it is (rule D2).
        case CommitOutcome.NoSpace _ -> {
          return Optional.empty(); // Done or not, as below.
        }
      }
    }
    return Optional.empty(); // Done after all, it is found as ours that we do not know.
  }

  /** Whether the key of a scheduler was deleted by suspicion, and not long ago. */
  public boolean suspected(Incarnation scheduler) {
    return suspectedBy(backend, scheduler).isPresent();
  }

  private boolean isOurs(StoredState.Header header) {
    return header(header.job(), new StoreReads.Direct(backend))
        .filter(now -> now.owner().equals(self))
        .isPresent();
  }

  /** Asks for the end of a job: a claim reads it (rule D7). Returns whether the wish is stored. */
  public boolean markCancelled(JobId job) {
    var mark = new RecordWriter().number(CANCEL_VERSION).text("cancelled on request").toBytes();
    return commitUncounted(List.of(new Operation.Put(Keyspace.CANCELS, job.value(), mark)))
        instanceof CommitOutcome.Done;
  }

  private Guard created() {
    return new Guard.CreateRevision(Keyspace.SCHEDULERS, self.value(), createRevision);
  }

  /**
   * This incarnation's key as it is now, and then who holds the idempotency keys of the last
   * commit.
   */
  public Event.FenceRead readFence() {
    Optional<Entry> key = backend.get(Keyspace.SCHEDULERS, self.value());
    List<SubmitHolder> holders = holders();
    return key.map(
            entry ->
                new Event.FenceRead(
                    entry.createRevision(), SchedulerRecord.decode(entry.value()).count(), holders))
        .orElseGet(() -> new Event.FenceRead(-1, 0));
  }

  private List<SubmitHolder> holders() {
    Mapped sent = last;
    List<SubmitHolder> holders = new ArrayList<>();
    for (Change.JobCreated made :
        sent == null ? List.<Change.JobCreated>of() : contestable(sent.commit)) {
      backend
          .get(Keyspace.SUBMITS, key(made))
          .map(entry -> SubmitRecord.decode(entry.value()))
          .filter(submit -> !submit.job().equals(made.job()))
          .ifPresent(
              submit -> {
                encoder.forget(made.job());
                boolean same = submit.isOf(made.request());
                holders.add(new SubmitHolder(made.job(), submit.job(), same));
              });
    }
    return holders;
  }

  /** Renews the lease; false when it is gone, and with it everything this incarnation owned. */
  public boolean keepAlive() {
    return lease.keepAlive();
  }

  /**
   * Begins an orderly end: deletes the key, which is the moment that others wait for. That goes the
   * way of every commit, and is done sooner than the end of a lease.
   */
  public void letGo() {
    var _ = commitUncounted(List.of(new Operation.Delete(Keyspace.SCHEDULERS, self.value())));
  }

  /** Ends the lease, with the key if it is still there. */
  public void release() {
    lease.revoke();
  }
}

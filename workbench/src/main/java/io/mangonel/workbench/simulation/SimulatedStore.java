package io.mangonel.workbench.simulation;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.owner.Event;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.record.StoredJob;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.store.FencedStore;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.state.Keyspace;
import io.mangonel.state.StateBackend.CommitOutcome;
import io.mangonel.state.StateBackend.Guard;
import io.mangonel.state.StateBackend.Operation;
import io.mangonel.workbench.simulation.store.SimulatedStateBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The durable state twice: in a store, written and read by the product's own encoding, and as the
 * meaning of its changes. Each time it is read both must say the same.
 */
final class SimulatedStore {
  /** Longer than a run: a scheduler that loses its lease while others go on is another subject. */
  private static final long LEASE_TTL_MS = 1_000_000;

  /** All that is stored of a job. */
  static final class Stored {
    final JobRequest request;
    long epoch;
    StoredJob.@Nullable Plan plan;
    @Nullable Bytes snapshot;
    long snapshotSequence;
    int snapshotChunks;
    Bytes pieces = Bytes.EMPTY; // Of a snapshot that is being written.
    int bodyBytes;
    final TreeMap<Long, List<GraphTransition>> log = new TreeMap<>();
    @Nullable TerminalRecord end;

    Stored(JobRequest request, long epoch) {
      this.request = request;
      this.epoch = epoch;
    }
  }

  final Map<JobId, Stored> jobs = new TreeMap<>();
  final Map<ExecutorId, ExecutorInfo> executors = new TreeMap<>();
  long fenceRevision;
  long fenceCount;

  private final Consumer<Change> durable;
  private final World world;
  private final SimulatedStateBackend backend;
  private final FaultyStateBackend faulty;
  private final StoredState reader;
  private @Nullable FencedStore fenced;
  private @Nullable Commit sent; // The latest of the scheduler that has the key.

  /**
   * @param durable gets every change once it is in the store
   */
  SimulatedStore(World world, Consumer<Change> durable) {
    this.world = world;
    this.durable = durable;
    this.backend = new SimulatedStateBackend(world::nowMs, world::after);
    this.faulty = new FaultyStateBackend(backend, world, this::settle);
    this.reader = new StoredState(backend);
  }

  /** A new scheduler replaces the key of the one before. */
  FencedStore register(Incarnation self) {
    fenced = null;
    sent = null;
    var registered = new ArrayList<FencedStore>();
    faulty.spare(
        () ->
            registered.add(
                FencedStore.registerAlone(faulty, self, "h:1", world.nowMs(), LEASE_TTL_MS)));
    FencedStore store = registered.getFirst();
    fenceRevision = store.createRevision();
    fenceCount = 0;
    fenced = store;
    return store;
  }

  Commit.Outcome commit(FencedStore sender, Commit commit) {
    if (sender == fenced) {
      sent = commit;
    }
    return sender.commit(commit);
  }

  /** What the key says was done is done in meaning too. */
  private void settle(List<Guard> guards, CommitOutcome outcome) {
    FencedStore store = fenced;
    if (store == null) {
      return;
    }
    Oracle.check(
        !(outcome instanceof CommitOutcome.Done) || guards.stream().anyMatch(this::ofPresentKey),
        "D1: done for a scheduler that is gone: " + guards);
    faulty.spare(
        () -> {
          Event.FenceRead key = store.readFence();
          Oracle.check(key.createRevision() == fenceRevision, "the key is another's: " + key);
          if (key.count() == fenceCount) {
            return;
          }
          Commit commit = sent;
          if (commit == null || commit.count() != fenceCount || key.count() != commit.next()) {
            throw new AssertionError("D1: " + key + " after " + fenceCount + " of " + commit);
          }
          fenceCount = commit.next();
          commit.changes().forEach(this::apply);
          commit.changes().forEach(durable);
        });
  }

  private boolean ofPresentKey(Guard guard) {
    return guard instanceof Guard.CreateRevision key
        && key.keyspace() == Keyspace.SCHEDULERS
        && key.revision() == fenceRevision;
  }

  /** Another scheduler makes a job under an idempotency key, if it is the first. */
  boolean submittedElsewhere(JobId job, JobRequest request) {
    var elsewhere = new SimulatedStateBackend(world::nowMs, world::after);
    var other =
        FencedStore.registerAlone(
            elsewhere, new Incarnation("other"), "h:2", world.nowMs(), LEASE_TTL_MS);
    var made = other.commit(new Commit(0, List.of(new Change.JobCreated(job, 1, request))));
    Oracle.check(made == Commit.Outcome.DONE, "elsewhere: " + made);
    var submit = elsewhere.scan(Keyspace.SUBMITS, "", "", 1).getFirst();
    return backend.commit(
            List.of(new Guard.Absent(Keyspace.SUBMITS, submit.key())),
            List.of(new Operation.Put(Keyspace.SUBMITS, submit.key(), submit.value())))
        instanceof CommitOutcome.Done;
  }

  /** Whether the wish to end the job is in the store, whatever the product reads. */
  boolean cancelStored(JobId job) {
    return backend.get(Keyspace.CANCELS, job.value()).isPresent();
  }

  private void apply(Change change) {
    switch (change) {
      case Change.JobCreated(var job, long epoch, var request) ->
          Oracle.check(jobs.put(job, new Stored(request, epoch)) == null, "created twice: " + job);
      case Change.PlanChunkWritten(var job, int index, var chunk) -> {
        int before = index == 0 ? 0 : stored(job).bodyBytes; // Planned again from the start.
        stored(job).bodyBytes = before + chunk.length();
      }
      case Change.PlanWritten(var job, var plan) -> stored(job).plan = plan;
      case Change.JobClaimed(var job, long epoch) -> {
        Oracle.check(epoch > stored(job).epoch, "epoch did not rise: " + job);
        stored(job).epoch = epoch;
      }
      case Change.Transitions entry -> {
        Stored job = stored(entry.job());
        long last = job.log.isEmpty() ? job.snapshotSequence : job.log.lastKey();
        Oracle.check(entry.sequence() == last + 1, "gap in the log of " + entry.job());
        Oracle.check(job.end == null, "log entry after the end of " + entry.job());
        job.log.put(entry.sequence(), entry.transitions());
      }
      case Change.SnapshotChunkWritten(var id, _, int index, var chunk) -> {
        Stored job = stored(id);
        job.pieces = index == 0 ? chunk : joined(job.pieces, chunk);
      }
      case Change.SnapshotWritten snapshot -> {
        Stored job = stored(snapshot.job());
        job.snapshot = job.pieces;
        job.snapshotSequence = snapshot.sequence();
        job.snapshotChunks = snapshot.chunks();
        job.log.headMap(snapshot.sequence(), true).clear();
      }
      case Change.LogTrimmed(var job, _, long last) ->
          Oracle.check(last <= stored(job).snapshotSequence, "trimmed too much: " + job);
      case Change.SnapshotDropped(var job, long sequence, _, _) ->
          Oracle.check(sequence < stored(job).snapshotSequence, "dropped what counts: " + job);
      case Change.JobEnded(var job, _, var record, _, _, _) -> {
        Oracle.check(stored(job).end == null, "ended twice: " + job);
        stored(job).end = record;
      }
      case Change.JobForgotten _ -> {}
      case Change.ExecutorWritten(var info) -> executors.put(info.id(), info);
      case Change.ExecutorDeleted(var executor) -> executors.remove(executor);
    }
  }

  private static Bytes joined(Bytes first, Bytes second) {
    byte[] all = Arrays.copyOf(first.toByteArray(), first.length() + second.length());
    System.arraycopy(second.toByteArray(), 0, all, first.length(), second.length());
    return Bytes.of(all);
  }

  private Stored stored(JobId job) {
    Stored stored = jobs.get(job);
    if (stored == null) {
      throw new AssertionError("not stored: " + job);
    }
    return stored;
  }

  /** Jobs that have ended and whose details are still there. */
  List<StoredState.Ended> ended() {
    return reader.endedWithDetails();
  }

  /** What a scheduler reads without writing. */
  StoredState reader() {
    return reader;
  }

  /** What a starting scheduler loads, as it is read from the store. */
  List<StoredState.Claimable> load() {
    StoredState.Jobs read = reader.jobs();
    Oracle.check(read.unreadable().isEmpty(), "unreadable: " + read.unreadable());
    var found = new TreeMap<JobId, StoredJob>();
    read.claimable().forEach(job -> found.put(job.job().job(), job.job()));
    found.replaceAll((_, job) -> job.withCancelRequested(false)); // cancelStored tells.
    var open = new TreeMap<JobId, StoredJob>();
    jobs.forEach((id, job) -> check(id, job, open));
    same("open jobs", found, open);
    same("executors", reader.executors(), List.copyOf(executors.values()));
    return read.claimable();
  }

  private void check(JobId id, Stored job, Map<JobId, StoredJob> open) {
    same("request of " + id, reader.request(id).orElse(null), job.request);
    var end = reader.ended(id).map(StoredState.Ended::record).orElse(null);
    same("end of " + id, end, job.end);
    if (job.end != null) {
      return;
    }
    if (job.plan != null) {
      same("plan body of " + id, reader.planBody(id).orElse(Bytes.EMPTY).length(), job.bodyBytes);
    }
    var log = List.copyOf(job.log.values());
    open.put(
        id,
        new StoredJob(
            id,
            job.epoch,
            job.request,
            job.plan,
            job.snapshot,
            job.snapshotSequence,
            job.snapshotChunks,
            log,
            false));
  }

  private static void same(String what, @Nullable Object read, @Nullable Object written) {
    if (!Objects.equals(read, written)) {
      throw new AssertionError(what + ": read " + read + ", not " + written);
    }
  }
}

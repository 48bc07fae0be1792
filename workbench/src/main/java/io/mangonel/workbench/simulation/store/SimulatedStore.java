package io.mangonel.workbench.simulation.store;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.GraphTransition;
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
import io.mangonel.state.StateLimits;
import io.mangonel.workbench.simulation.world.Network;
import io.mangonel.workbench.simulation.world.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The durable state twice: in a store, written and read by the product's own encoding, and as the
 * meaning of its changes. Each time it is read both must say the same.
 */
public final class SimulatedStore {
  /** Longer than a run: one that is alone loses its key to its successor only. */
  private static final long LONE_LEASE_TTL_MS = 1_000_000;

  /** All that is stored of a job. */
  public static final class Stored {
    public final JobRequest request;
    public long epoch;
    public Incarnation owner;
    public long ownedSinceMs;
    public StoredJob.@Nullable Plan plan;
    public @Nullable TerminalRecord end;
    final Map<Long, Incarnation> epochOwners = new TreeMap<>();
    @Nullable Bytes snapshot;
    long snapshotSequence;
    int snapshotChunks;
    Bytes pieces = Bytes.EMPTY; // Of a snapshot that is being written.
    int bodyBytes;
    final TreeMap<Long, List<GraphTransition>> log = new TreeMap<>();

    Stored(JobRequest request, long epoch, Incarnation owner, long nowMs) {
      this.ownedSinceMs = nowMs;
      this.request = request;
      this.epoch = epoch;
      this.owner = owner;
      epochOwners.put(epoch, owner);
    }

    /** Who made this epoch; null when nobody did yet. */
    public @Nullable Incarnation ownerOf(long asked) {
      return epochOwners.get(asked);
    }

    /** How often it was made or claimed before {@code owner} had it. */
    public long epochBefore(Incarnation owner) {
      return owner.equals(epochOwners.get(epoch)) ? epoch - 1 : epoch;
    }
  }

  /** One scheduler's key, and what it sent under it. */
  private static final class Fence {
    long count;
    @Nullable Commit sent; // The latest.
  }

  /** Who is told what became of the store. */
  public interface Listener {
    /** A change of a scheduler is in the store. */
    void durable(Change change, Incarnation by);

    /** The key of a scheduler was deleted by suspicion. */
    void suspected(Incarnation peer, Incarnation by);

    /** A job has another owner, whose key is there; the one before has none. */
    void claimed(JobId job, Incarnation before, Incarnation now);
  }

  public final Map<JobId, Stored> jobs = new TreeMap<>();
  public final Map<ExecutorId, ExecutorInfo> executors = new TreeMap<>();

  private final Listener listener;
  private final World world;
  private final Network network;
  private final SimulatedStateBackend backend;
  private final StoredState truth;
  private final Set<Incarnation> registrations = new TreeSet<>(); // Of executors, ever.
  private final Map<Incarnation, Fence> fences = new TreeMap<>();

  public SimulatedStore(World world, Network network, Listener listener) {
    this.world = world;
    this.network = network;
    this.listener = listener;
    this.backend = new SimulatedStateBackend(world::nowMs, world::after);
    this.truth = new StoredState(backend);
  }

  /** The store as a scheduler process sees it. */
  public FaultyStateBackend view(String name) {
    return new FaultyStateBackend(backend, world, network, name, this::settle);
  }

  /** A lone scheduler replaces the key of the one before. */
  public FencedStore registerAlone(FaultyStateBackend view, Incarnation self) {
    var made = new ArrayList<FencedStore>();
    view.spare(
        () ->
            made.add(
                FencedStore.registerAlone(view, self, "h:1", world.nowMs(), LONE_LEASE_TTL_MS)));
    FencedStore store = made.getFirst();
    registered(store);
    return store;
  }

  /** A scheduler has its key; from now on it may commit. */
  public void registered(FencedStore store) {
    fences.put(store.self(), new Fence());
  }

  /** How many commits the key counts. */
  public long count(Incarnation scheduler) {
    return fence(scheduler).count;
  }

  private Fence fence(Incarnation scheduler) {
    Fence fence = fences.get(scheduler);
    if (fence == null) {
      throw new AssertionError("never registered, or replaced: " + scheduler);
    }
    return fence;
  }

  /** Whether this run of an executor was registered; another scheduler may have given it up. */
  public boolean wasRegistered(Incarnation executor) {
    return registrations.contains(executor);
  }

  /** Whether it is written who suspected it: the note goes with the key of who did. */
  public boolean noted(Incarnation suspected) {
    return backend.get(Keyspace.SUSPICIONS, suspected.value()).isPresent();
  }

  /** Rule T2: nobody waits for the lease of a predecessor at this address. */
  public void checkAlone(Incarnation scheduler, String address) {
    truth
        .schedulers()
        .forEach(
            one ->
                check(
                    one.incarnation().equals(scheduler) || !one.record().address().equals(address),
                    "T2: left its predecessor's key: " + scheduler + " after " + one));
  }

  /** Whether the scheduler has its key. */
  public boolean present(Incarnation scheduler) {
    return backend.get(Keyspace.SCHEDULERS, scheduler.value()).isPresent();
  }

  public Commit.Outcome commit(FencedStore sender, Commit commit) {
    Fence fence = fences.get(sender.self());
    if (fence != null) {
      fence.sent = commit;
    }
    return sender.commit(commit);
  }

  /** What the keys say was done is done in meaning too. */
  private void settle(List<Guard> guards, List<Operation> operations, CommitOutcome outcome) {
    var counts = new TreeMap<Incarnation, Long>();
    truth.schedulers().forEach(one -> counts.put(one.incarnation(), one.record().count()));
    boolean onlyKeys = operations.stream().allMatch(op -> op.keyspace() == Keyspace.SCHEDULERS);
    if (outcome instanceof CommitOutcome.Done && !onlyKeys && !byPresentKey(guards)) {
      throw new AssertionError("D1: done for a scheduler that is gone: " + guards);
    }
    counts.forEach(this::settle);
    compareOwners();
    if (outcome instanceof CommitOutcome.Done) {
      operations.stream()
          .filter(operation -> operation.keyspace() == Keyspace.SUSPICIONS)
          .map(operation -> new Incarnation(operation.key()))
          .forEach(peer -> listener.suspected(peer, suspecting(guards, peer)));
    }
  }

  private void settle(Incarnation scheduler, long count) {
    Fence fence = fences.get(scheduler);
    if (fence == null || fence.count == count) {
      return;
    }
    Commit commit = fence.sent;
    if (commit == null || commit.count() != fence.count || count != commit.next()) {
      throw new AssertionError(
          "D1: " + scheduler + " has count " + count + " after " + fence.count + " of " + commit);
    }
    fence.count = commit.next();
    commit.changes().forEach(change -> apply(change, scheduler));
    commit.changes().forEach(change -> listener.durable(change, scheduler));
  }

  /** Whose key the transaction requires besides that which it deletes. */
  private static Incarnation suspecting(List<Guard> guards, Incarnation peer) {
    return guards.stream()
        .filter(guard -> guard.keyspace() == Keyspace.SCHEDULERS)
        .map(guard -> new Incarnation(guard.key()))
        .filter(by -> !by.equals(peer))
        .findFirst()
        .orElseThrow(() -> new AssertionError("D1: suspected by nobody: " + peer));
  }

  private boolean byPresentKey(List<Guard> guards) {
    return guards.stream()
        .anyMatch(
            guard ->
                guard instanceof Guard.CreateRevision key
                    && key.keyspace() == Keyspace.SCHEDULERS
                    && backend
                        .get(Keyspace.SCHEDULERS, key.key())
                        .filter(entry -> entry.createRevision() == key.revision())
                        .isPresent());
  }

  /** Rule D3: an owner changes only when it has no key, and to one that has. */
  private void compareOwners() {
    for (StoredState.Header header : truth.headers()) {
      Stored job = stored(header.job());
      Incarnation before = job.owner;
      boolean changed = !header.owner().equals(before);
      if (header.epoch() != job.epoch + (changed ? 1 : 0)) {
        throw new AssertionError("D3: epoch of " + header + " after " + job.epoch);
      }
      if (changed) {
        check(!present(before), "D3: " + before + " has its key, now " + header);
        check(present(header.owner()), "D3: claimed without a key: " + header);
        job.owner = header.owner();
        job.epoch = header.epoch();
        job.epochOwners.put(job.epoch, job.owner);
        job.ownedSinceMs = world.nowMs();
        listener.claimed(header.job(), before, header.owner());
      }
    }
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }

  /** Another scheduler makes a job under an idempotency key, if it is the first. */
  public boolean submittedElsewhere(JobId job, JobRequest request) {
    var elsewhere = new SimulatedStateBackend(world::nowMs, world::after);
    var other =
        FencedStore.registerAlone(
            elsewhere, new Incarnation("other"), "h:2", world.nowMs(), LONE_LEASE_TTL_MS);
    var made = other.commit(new Commit(0, List.of(new Change.JobCreated(job, 1, request))));
    check(made == Commit.Outcome.DONE, "elsewhere: " + made);
    var submit = elsewhere.scan(Keyspace.SUBMITS, "", "", 1).getFirst();
    return backend.commit(
            List.of(new Guard.Absent(Keyspace.SUBMITS, submit.key())),
            List.of(new Operation.Put(Keyspace.SUBMITS, submit.key(), submit.value())))
        instanceof CommitOutcome.Done;
  }

  /** Whether the wish to end the job is in the store, whatever the product reads. */
  public boolean cancelStored(JobId job) {
    return backend.get(Keyspace.CANCELS, job.value()).isPresent();
  }

  private void apply(Change change, Incarnation by) {
    if (change instanceof Change.OfJob ofJob && !(change instanceof Change.JobForgotten)) {
      Stored job = jobs.get(ofJob.job());
      if (job != null && change instanceof Change.JobClaimed && !present(job.owner)) {
        job.owner = by; // One that is alone claims so.
      }
      check(job == null || job.owner.equals(by), "D3: " + by + " wrote what is not its: " + change);
    }
    switch (change) {
      case Change.JobCreated(var job, long epoch, var request) ->
          check(
              jobs.put(job, new Stored(request, epoch, by, world.nowMs())) == null,
              "created twice: " + job);
      case Change.PlanChunkWritten(var job, int index, var chunk) -> {
        int before = index == 0 ? 0 : stored(job).bodyBytes; // Planned again from the start.
        stored(job).bodyBytes = before + chunk.length();
      }
      case Change.PlanWritten(var job, var plan) -> stored(job).plan = plan;
      case Change.JobClaimed(var job, long epoch) -> {
        check(epoch > stored(job).epoch, "epoch did not rise: " + job);
        stored(job).epoch = epoch;
        stored(job).epochOwners.put(epoch, by);
      }
      case Change.Transitions entry -> {
        Stored job = stored(entry.job());
        long last = job.log.isEmpty() ? job.snapshotSequence : job.log.lastKey();
        check(entry.sequence() == last + 1, "gap in the log of " + entry.job());
        check(job.end == null, "log entry after the end of " + entry.job());
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
          check(last <= stored(job).snapshotSequence, "trimmed too much: " + job);
      case Change.SnapshotDropped(var job, long sequence, _, _) ->
          check(sequence < stored(job).snapshotSequence, "dropped what counts: " + job);
      case Change.JobEnded(var job, _, var record, _, _, _) -> {
        check(stored(job).end == null, "ended twice: " + job);
        stored(job).end = record;
      }
      case Change.JobForgotten(var job) ->
          check(stored(job).end != null, "forgotten before its end: " + job);
      case Change.ExecutorWritten(var info) -> {
        executors.put(info.id(), info);
        registrations.add(info.incarnation());
      }
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

  /** All entries, but for revisions; for comparing two stores. */
  public String dump() {
    var text = new StringBuilder();
    for (Keyspace keyspace : Keyspace.values()) {
      for (var entry : backend.scan(keyspace, "", "", StateLimits.SCAN_ENTRIES_MAX)) {
        text.append(keyspace).append(' ').append(entry.key()).append(' ').append(entry.value());
        text.append('\n');
      }
    }
    return text.toString();
  }

  /** What the store really says, whoever asks. */
  public StoredState truth() {
    return truth;
  }

  /** All of it, as it would be read by a scheduler that starts. */
  public void checkAll() {
    StoredState.Jobs read = truth.jobs();
    check(read.unreadable().isEmpty(), "unreadable: " + read.unreadable());
    var open = new TreeSet<JobId>();
    read.claimable().forEach(job -> checkOpen(job.job()));
    read.claimable().forEach(job -> open.add(job.job().job()));
    var meant = new TreeSet<>(jobs.keySet());
    meant.removeIf(id -> stored(id).end != null);
    same("open jobs", open, meant);
    same("executors", truth.executors(), List.copyOf(executors.values()));
    jobs.forEach(this::checkParts);
  }

  /** A job as a scheduler read it that takes it over now. */
  public void checkOpen(StoredJob read) {
    Stored job = stored(read.job());
    var meant =
        new StoredJob(
            read.job(),
            job.epoch,
            job.request,
            job.plan,
            job.snapshot,
            job.snapshotSequence,
            job.snapshotChunks,
            List.copyOf(job.log.values()),
            false);
    check(job.end == null, "D7: read as open, but it has ended: " + read.job());
    same("open job", read.withCancelRequested(false), meant); // cancelStored tells.
  }

  private void checkParts(JobId id, Stored job) {
    same("request of " + id, truth.request(id).orElse(null), job.request);
    var end = truth.ended(id).map(StoredState.Ended::record).orElse(null);
    same("end of " + id, end, job.end);
    if (job.end == null && job.plan != null) {
      same("plan body of " + id, truth.planBody(id).orElse(Bytes.EMPTY).length(), job.bodyBytes);
    }
  }

  private static void same(String what, @Nullable Object read, @Nullable Object written) {
    if (!Objects.equals(read, written)) {
      throw new AssertionError(what + ": read " + read + ", not " + written);
    }
  }
}

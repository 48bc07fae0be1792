package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.graph.GraphTransition;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.Commit;
import io.mangonel.core.record.RecordCodec;
import io.mangonel.core.record.SubmitHolder;
import io.mangonel.core.task.JobId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes changes durable in their order: one commit in flight, the next gathers (rules D1, D2, D9),
 * and holds back what must wait for them (rule D5).
 *
 * <p>Changes are numbered from 1; {@link #durable()} is the last one that is safely in the store.
 */
final class Committer {
  /** The store's outcome decides the next state; only {@code IDLE} takes a new commit. */
  private enum State {
    IDLE,
    /** The commit is to be sent, for the first time or again. */
    SEND,
    SENT,
    /** Unknown, or no space: sent again at {@link #retryAtMs}. */
    PAUSED,
    /** Refused: the key is being read. */
    READING,
    /** As {@code PAUSED}, for the read. */
    READING_PAUSED,
    FENCED
  }

  private record Held(long afterChange, Effect effect) {
    boolean isOf(Set<JobId> jobs) {
      return effect instanceof Effect.OfJob ofJob && jobs.contains(ofJob.job());
    }
  }

  private static final int FENCE_OPERATIONS = 1;

  /** A log entry larger than this is closed: the next transition opens another. */
  private static final int ENTRY_BYTES = 128 << 10;

  /** A transition's time in its entry. */
  private static final int TIME_BYTES = Long.BYTES;

  private final Limits limits;
  private final long fenceRevision;
  private final Deque<Pending> gathering = new ArrayDeque<>();
  private final Map<JobId, Pending> openEntries = new TreeMap<>();
  private final Deque<Held> held = new ArrayDeque<>();
  private State state = State.IDLE;
  private @Nullable Commit current;
  private long currentLast; // The number of its last change.
  private int currentChanges;
  private int currentBytes;
  private long currentSinceMs;
  private int gatheringChanges;
  private int gatheringBytes;
  private long count;
  private long highestNext; // Of all commits ever sent.
  private long numbered;
  private long durable;
  private long retryAtMs;
  private boolean readFence;
  private boolean full;

  Committer(long fenceRevision, Limits limits) {
    this.fenceRevision = fenceRevision;
    this.limits = limits;
  }

  /** Gathered, not yet in a commit. */
  private static final class Pending {
    final long number;
    final long addedAtMs;
    final Change change; // Of an entry: without its transitions.
    final List<GraphTransition> transitions = new ArrayList<>();
    final List<Long> atMs = new ArrayList<>();
    int bytes;
    boolean dropped;

    Pending(long number, long addedAtMs, Change change) {
      this.number = number;
      this.addedAtMs = addedAtMs;
      this.change = change;
      this.bytes = change.bytes() + Change.OVERHEAD_BYTES;
    }

    int weight() {
      return Math.max(1, transitions.size());
    }

    Change frozen() {
      return change instanceof Change.Transitions entry
          ? new Change.Transitions(entry.job(), entry.epoch(), entry.sequence(), transitions, atMs)
          : change;
    }
  }

  /** Gathers a change; returns its number. */
  long add(Change change, long nowMs) {
    if (change instanceof Change.OfJob ofJob) {
      openEntries.remove(ofJob.job());
    }
    return gather(change, nowMs).number;
  }

  /** Gathers a transition into the job's open log entry, or into a new one. */
  void add(Job job, GraphTransition transition, long nowMs) {
    Pending entry = openEntries.get(job.id);
    if (entry == null || entry.bytes > ENTRY_BYTES) {
      var change =
          new Change.Transitions(job.id, job.epoch, job.log().nextSequence(), List.of(), List.of());
      entry = gather(change, nowMs);
      openEntries.put(job.id, entry);
    } else {
      gatheringChanges++;
    }
    int bytes = sizeOf(transition) + TIME_BYTES;
    job.log().grew(bytes);
    entry.transitions.add(transition);
    entry.atMs.add(nowMs);
    entry.bytes += bytes;
    gatheringBytes += bytes;
  }

  static int sizeOf(GraphTransition transition) {
    var out = new RecordWriter();
    transition.write(out);
    return out.length();
  }

  private Pending gather(Change change, long nowMs) {
    var pending = new Pending(++numbered, nowMs, change);
    gathering.add(pending);
    gatheringChanges++;
    gatheringBytes += pending.bytes;
    return pending;
  }

  /** The number of the last change that was gathered. */
  long gathered() {
    return numbered;
  }

  /** Holds an effect until everything gathered so far is durable. */
  void afterCommit(Effect effect) {
    held.add(new Held(numbered, effect));
  }

  /** The number of the last durable change. */
  long durable() {
    return durable;
  }

  /** The effects that need not wait any longer. */
  List<Effect> release() {
    var released = new ArrayList<Effect>();
    while (!held.isEmpty() && held.peek().afterChange <= durable) {
      released.add(held.remove().effect());
    }
    return released;
  }

  /** Whether launches may run ahead of the store any further (rule D9). */
  boolean mayLaunch(long nowMs) {
    return state != State.FENCED
        && gatheringChanges + currentChanges <= limits.uncommittedChangesMax()
        && gatheringBytes + currentBytes <= limits.uncommittedBytesMax()
        && nowMs - oldestMs(nowMs) <= limits.uncommittedAgeMaxMs();
  }

  private long oldestMs(long nowMs) {
    if (current != null) {
      return currentSinceMs;
    }
    return gathering.isEmpty() ? nowMs : gathering.peek().addedAtMs;
  }

  boolean fenced() {
    return state == State.FENCED;
  }

  /** Whether nothing is left to be made durable. */
  boolean settled() {
    return fenced() || (state == State.IDLE && gathering.isEmpty());
  }

  /** Whether the store said that it is full. */
  boolean full() {
    return full;
  }

  /** The commit to be sent now, if any. */
  Optional<Commit> nextCommit() {
    if (state == State.IDLE && !gathering.isEmpty()) {
      takeGathered();
    }
    if (state != State.SEND) {
      return Optional.empty();
    }
    state = State.SENT;
    return Optional.ofNullable(current);
  }

  private void takeGathered() {
    var changes = new ArrayList<Change>();
    int operations = FENCE_OPERATIONS;
    int bytes = 0;
    int weight = 0;
    currentSinceMs = gathering.element().addedAtMs;
    while (!gathering.isEmpty()) {
      Pending next = gathering.element();
      if (next.dropped) {
        takeDropped();
        continue;
      }
      if (!changes.isEmpty()
          && (operations + next.change.operations() > limits.commitOperationsMax()
              || bytes + next.bytes > limits.commitBytesMax())) {
        break;
      }
      gathering.remove();
      if (next.change instanceof Change.Transitions entry) {
        openEntries.remove(entry.job(), next);
      }
      operations += next.change.operations();
      bytes += next.bytes;
      weight += next.weight();
      changes.add(next.frozen());
      currentLast = next.number;
    }
    gatheringChanges -= weight;
    gatheringBytes -= bytes;
    currentChanges = weight;
    currentBytes = bytes;
    if (changes.isEmpty()) {
      settle();
    } else {
      current = new Commit(count, ++highestNext, changes);
      state = State.SEND;
    }
  }

  private void takeDropped() {
    Pending next = gathering.remove();
    gatheringChanges -= next.weight();
    gatheringBytes -= next.bytes;
    currentLast = next.number;
  }

  /** Whether the key is to be read now; true once per reading. */
  boolean takeReadFence() {
    boolean read = readFence;
    readFence = false;
    return read;
  }

  void answered(long answeredCount, Commit.Outcome outcome, long nowMs) {
    if (state != State.SENT || answeredCount != count) {
      return;
    }
    full = outcome == Commit.Outcome.NO_SPACE;
    switch (outcome) {
      case DONE -> done();
      case UNKNOWN, NO_SPACE -> {
        state = State.PAUSED;
        retryAtMs = nowMs + limits.commitRetryMs();
      }
      case REFUSED -> read();
    }
  }

  /**
   * The key tells what a refusal meant.
   *
   * @param holders whose idempotency keys are another's, of the jobs that the commit creates
   * @return those of them that are not created: their changes are dropped, the rest is sent
   */
  List<SubmitHolder> fenceRead(
      long createRevision, long readCount, List<SubmitHolder> holders, long nowMs) {
    Commit refused = current;
    if (state != State.READING) {
      return List.of();
    }
    boolean mine = createRevision == fenceRevision;
    if (mine && refused == null) {
      state = State.IDLE; // It was only doubted.
    } else if (refused == null) {
      fence();
    } else if (mine && readCount == refused.next()) {
      done(); // An earlier sending of the same commit.
    } else if (mine && readCount == count && !holders.isEmpty()) {
      drop(refused, holders);
      return holders;
    } else if (mine && readCount == count && contestable(refused)) {
      state = State.PAUSED; // Whoever held a key has let it go.
      retryAtMs = nowMs + limits.commitRetryMs();
    } else {
      fence();
    }
    return List.of();
  }

  private void fence() {
    state = State.FENCED;
    held.clear();
  }

  /** Nothing is sent any more, and nothing that waits is released: others are to have the jobs. */
  void giveUp() {
    fence();
  }

  /** A list was without our key: it is read, unless a commit is about to tell. */
  void doubt() {
    if (state == State.IDLE) {
      read();
    }
  }

  private static boolean contestable(Commit commit) {
    return commit.changes().stream()
        .anyMatch(change -> change instanceof Change.JobCreated made && made.contestable());
  }

  /** Another submit was first (rule D6): nothing of these jobs is stored, the rest goes on. */
  private void drop(Commit refused, List<SubmitHolder> holders) {
    var lost = new TreeMap<JobId, SubmitHolder>();
    holders.forEach(holder -> lost.put(holder.job(), holder));
    gathering.forEach(pending -> pending.dropped |= pending.change.isOf(lost.keySet()));
    openEntries.keySet().removeAll(lost.keySet());
    var kept = held.stream().filter(h -> !h.isOf(lost.keySet())).map(h -> moved(h, lost)).toList();
    held.clear();
    held.addAll(kept);
    Commit rest = refused.without(lost.keySet(), ++highestNext);
    if (rest.changes().isEmpty()) {
      settle();
    } else {
      current = rest;
      state = State.SEND;
    }
  }

  /** Who was told to wait for a job that is not made waits for the one that is. */
  private static Held moved(Held waiting, Map<JobId, SubmitHolder> lost) {
    if (waiting.effect instanceof Effect.JobExists(var job, var existing)) {
      SubmitHolder holder = lost.get(existing);
      return holder == null ? waiting : new Held(waiting.afterChange, taken(job, holder));
    }
    return waiting;
  }

  /** What the submit of a job is told whose key another holds. */
  static Effect taken(JobId job, SubmitHolder holder) {
    return holder.sameRequest()
        ? new Effect.JobExists(job, holder.holder())
        : new Effect.JobRefused(
            job,
            "the idempotency key was used for another statement, which is job " + holder.holder(),
            false);
  }

  void fenceUnreadable(long nowMs) {
    if (state == State.READING) {
      state = State.READING_PAUSED;
      retryAtMs = nowMs + limits.commitRetryMs();
    }
  }

  void tick(long nowMs) {
    if (nowMs < retryAtMs) {
      return;
    }
    if (state == State.PAUSED) {
      state = State.SEND;
    } else if (state == State.READING_PAUSED) {
      read();
    }
  }

  private void read() {
    state = State.READING;
    readFence = true;
  }

  private void done() {
    if (current != null) {
      count = current.next();
    }
    settle();
  }

  private void settle() {
    durable = currentLast;
    current = null;
    currentChanges = 0;
    currentBytes = 0;
    state = State.IDLE;
  }

  void encode(RecordWriter out) {
    out.text(state.name()).number(count).number(numbered).number(durable).number(retryAtMs);
    out.flag(readFence).flag(full).number(highestNext).number(currentLast);
    out.list(
        current == null ? List.of() : current.changes(),
        (o, change) -> o.bytes(RecordCodec.encode(change)));
    out.list(
        gathering,
        (o, pending) ->
            o.number(pending.number)
                .number(pending.addedAtMs)
                .flag(pending.dropped)
                .bytes(RecordCodec.encode(pending.frozen())));
    out.list(held, (o, h) -> o.number(h.afterChange).text(h.effect.toString()));
  }
}

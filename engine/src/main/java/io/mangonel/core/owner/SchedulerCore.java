package io.mangonel.core.owner;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.Incarnation;
import io.mangonel.core.graph.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One scheduler as a state machine: events in, {@link Ready} out. Confined to the event loop's
 * thread; no IO, clock or randomness, so that a run is a function of its events and can be
 * replayed.
 *
 * <p>The shell's loop: take up to N events, {@code step} each, then {@code ready()} once; send the
 * commit, perform the effects, enqueue every outcome as an event. Times are milliseconds since 1970
 * by a clock that never goes back within the process (start time plus monotonic time).
 *
 * <p>Start-up: write this scheduler's key with count 0 and a new incarnation, read its creation
 * revision, make a core, step an {@code ExecutorLoaded} for each registration and a {@code
 * JobLoaded} for each queued and active job, and then everything else.
 */
public final class SchedulerCore {
  private final Incarnation self;
  private final List<Effect> effects = new ArrayList<>();
  private long steppedAtMs;

  /**
   * @param self this scheduler's incarnation
   * @param fenceRevision creation revision of its key, whose count is 0
   */
  public SchedulerCore(Incarnation self, long fenceRevision, Limits limits) {
    this.self = self;
  }

  /**
   * Takes an event.
   *
   * @param nowMs not before that of the step before
   */
  public void step(Event event, long nowMs) {
    if (nowMs < steppedAtMs) {
      throw new IllegalArgumentException("time went back from " + steppedAtMs + " to " + nowMs);
    }
    steppedAtMs = nowMs;
  }

  /** Drains what the steps since the last call decided. */
  public Ready ready() {
    var ready = new Ready(null, effects);
    effects.clear();
    return ready;
  }

  public Incarnation self() {
    return self;
  }

  /** A job that has not ended, or that ended within its retention. */
  public Optional<JobView> job(JobId job) {
    return Optional.empty();
  }

  /** Every job of {@link #job}, in order of submission. */
  public List<JobView> jobs() {
    return List.of();
  }

  public List<ExecutorView> executors() {
    return List.of();
  }

  /** All state, canonically: equal states give equal bytes. For comparing and hashing only. */
  public Bytes encode() {
    return Bytes.EMPTY;
  }
}

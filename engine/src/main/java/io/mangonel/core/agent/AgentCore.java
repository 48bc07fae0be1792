package io.mangonel.core.agent;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.ExecutorId;
import io.mangonel.core.graph.Incarnation;
import java.util.ArrayList;
import java.util.List;

/**
 * One executor as a state machine. The only authority over its slots: it grants, expires and takes
 * back reservations by itself. Confined to one thread; no IO, clock or randomness.
 *
 * <p>The shell's loop: {@code step} each event, then {@code ready()}, then perform the effects.
 * Times are milliseconds of a clock that never goes back within the process. {@code
 * ExecutorReservation.expiresAtMs} is by the clock of whoever holds the record: send the time left.
 */
public final class AgentCore {
  private final ExecutorId executor;
  private final List<AgentEffect> effects = new ArrayList<>();
  private long steppedAtMs;

  /**
   * @param pull whether schedulers are polled in turn instead of asking for slots
   */
  public AgentCore(
      ExecutorId executor, Incarnation incarnation, int slots, boolean pull, Limits limits) {
    this.executor = executor;
  }

  /**
   * Takes an event.
   *
   * @param nowMs not before that of the step before
   */
  public void step(AgentEvent event, long nowMs) {
    if (nowMs < steppedAtMs) {
      throw new IllegalArgumentException("time went back from " + steppedAtMs + " to " + nowMs);
    }
    steppedAtMs = nowMs;
  }

  /** Drains what the steps since the last call decided. */
  public List<AgentEffect> ready() {
    var ready = List.copyOf(effects);
    effects.clear();
    return ready;
  }

  public ExecutorId executor() {
    return executor;
  }

  /** Slots that neither run a task nor are reserved. */
  public int freeSlots() {
    return 0;
  }

  /** All state, canonically: equal states give equal bytes. For comparing and hashing only. */
  public Bytes encode() {
    return Bytes.EMPTY;
  }
}

package io.mangonel.core.agent;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.TaskAttemptId;
import java.util.NavigableSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The lane: one slot beside the others, for small jobs. It is lent ahead to one scheduler after the
 * other, so that a small task is launched without a question. Whoever has it keeps it while it is
 * alone or uses it, but when others are there no longer than a turn.
 */
final class Lane {
  private final ExecutorId executor;
  private final Incarnation incarnation;
  private final long ttlMs;
  private @Nullable ExecutorReservation held;
  private @Nullable Incarnation holder;
  private @Nullable TaskAttemptId running;
  private boolean closed;
  private long turnSinceMs;
  private long lent; // Reservations ever made: an id is used once.

  /**
   * @param ttlMs life of a reservation, and a turn
   */
  Lane(ExecutorId executor, Incarnation incarnation, long ttlMs) {
    this.executor = executor;
    this.incarnation = incarnation;
    this.ttlMs = ttlMs;
  }

  /** The reservation to send to its holder now: a new one, or one with more time. */
  Optional<Loan> lend(NavigableSet<Incarnation> schedulers, long nowMs) {
    if (closed || running != null || schedulers.isEmpty()) {
      return Optional.empty();
    }
    ExecutorReservation mine = held;
    Incarnation to = holder;
    if (mine == null || to == null) {
      Incarnation next = next(schedulers);
      return Optional.of(new Loan(next, reserve(next, nowMs)));
    }
    boolean alone = schedulers.size() == 1;
    if (alone && mine.expiresAtMs() - nowMs <= ttlMs / 2) {
      ExecutorReservation longer = mine.endingAt(nowMs + ttlMs);
      held = longer;
      return Optional.of(new Loan(to, longer));
    }
    return Optional.empty();
  }

  /** What a scheduler gets. */
  record Loan(Incarnation scheduler, ExecutorReservation reservation) {}

  private Incarnation next(NavigableSet<Incarnation> schedulers) {
    Incarnation before = holder;
    Incarnation next = before == null ? null : schedulers.higher(before);
    return next == null ? schedulers.first() : next;
  }

  private ExecutorReservation reserve(Incarnation scheduler, long nowMs) {
    if (!scheduler.equals(holder)) {
      holder = scheduler;
      turnSinceMs = nowMs;
    }
    String id = incarnation + "/lane/" + ++lent;
    var reservation =
        new ExecutorReservation(id, executor, incarnation, Optional.empty(), nowMs + ttlMs, true);
    held = reservation;
    return reservation;
  }

  /** Turns the reservation into the running task; false when it is not live. */
  boolean consume(Incarnation scheduler, String reservation, TaskAttemptId attempt) {
    if (!release(scheduler, reservation)) {
      return false;
    }
    running = attempt;
    return true;
  }

  boolean release(Incarnation scheduler, String reservation) {
    ExecutorReservation mine = held;
    if (mine == null || !mine.id().equals(reservation) || !scheduler.equals(holder)) {
      return false;
    }
    held = null;
    return true;
  }

  boolean runs(TaskAttemptId attempt) {
    return attempt.equals(running);
  }

  /** False when the attempt ran on another slot. */
  boolean ended(TaskAttemptId attempt) {
    boolean mine = runs(attempt);
    if (mine) {
      running = null;
    }
    return mine;
  }

  /** The lane for the scheduler that has just used it, unless its turn is over. */
  Optional<ExecutorReservation> keep(
      Incarnation scheduler, NavigableSet<Incarnation> schedulers, long nowMs) {
    boolean turn = schedulers.size() == 1 || nowMs - turnSinceMs < ttlMs;
    boolean may = !closed && held == null && running == null && turn;
    return may && schedulers.contains(scheduler) && scheduler.equals(holder)
        ? Optional.of(reserve(scheduler, nowMs))
        : Optional.empty();
  }

  void expire(long nowMs) {
    if (held != null && held.expiresAtMs() <= nowMs) {
      held = null;
    }
  }

  void forget(Incarnation scheduler) {
    if (scheduler.equals(holder)) {
      held = null;
    }
  }

  void close() {
    closed = true;
    held = null;
  }

  void encode(RecordWriter out) {
    out.text(held == null ? "" : held.id()).number(held == null ? 0 : held.expiresAtMs());
    out.text(holder == null ? "" : holder.value()).flag(closed).number(turnSinceMs).number(lent);
    out.text(running == null ? "" : running.toString());
  }
}

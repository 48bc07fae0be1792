package io.mangonel.core.task;

import java.util.Optional;

/**
 * A task slot of an executor incarnation that is held for one scheduler until {@code expiresAtMs},
 * optionally for one job. The executor is the authority: it granted the id and takes the slot back
 * by itself.
 *
 * @param lane whether it is of the lane: a slot beside the others that only small jobs may use, and
 *     that a scheduler may hold ahead
 */
public record ExecutorReservation(
    String id,
    ExecutorId executor,
    Incarnation incarnation,
    Optional<JobId> job,
    long expiresAtMs,
    boolean lane) {
  /** Of an ordinary slot. */
  public ExecutorReservation(
      String id,
      ExecutorId executor,
      Incarnation incarnation,
      Optional<JobId> job,
      long expiresAtMs) {
    this(id, executor, incarnation, job, expiresAtMs, false);
  }

  /** The same by another clock, or with more time. */
  public ExecutorReservation endingAt(long ms) {
    return new ExecutorReservation(id, executor, incarnation, job, ms, lane);
  }
}

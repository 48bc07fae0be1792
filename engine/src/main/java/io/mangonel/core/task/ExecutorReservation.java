package io.mangonel.core.task;

import java.util.Optional;

/**
 * A task slot of an executor incarnation that is held for one scheduler until {@code expiresAtMs},
 * optionally for one job. The executor is the authority: it granted the id and takes the slot back
 * by itself.
 */
public record ExecutorReservation(
    String id,
    ExecutorId executor,
    Incarnation incarnation,
    Optional<JobId> job,
    long expiresAtMs) {}

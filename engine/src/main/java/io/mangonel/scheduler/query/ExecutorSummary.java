package io.mangonel.scheduler.query;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;

/**
 * One executor as this scheduler sees it.
 *
 * @param address host:port of its gRPC server
 * @param running tasks of this scheduler's jobs on it
 * @param state {@code alive}, or {@code silent}: it gets no work
 * @param heartbeatAgeMs since its last heartbeat
 */
public record ExecutorSummary(
    ExecutorId id,
    Incarnation incarnation,
    String address,
    int slots,
    int running,
    String state,
    long heartbeatAgeMs,
    String duckdbVersion) {}

package io.mangonel.scheduler.query;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import org.jspecify.annotations.Nullable;

/**
 * One executor as this scheduler sees it.
 *
 * @param threads and {@code memoryBytes}: of its DuckDB; null when it has not said so since this
 *     scheduler started
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
    @Nullable Integer threads,
    @Nullable Long memoryBytes,
    int running,
    String state,
    long heartbeatAgeMs,
    String duckdbVersion) {}

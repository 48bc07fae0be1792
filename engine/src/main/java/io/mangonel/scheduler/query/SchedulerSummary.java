package io.mangonel.scheduler.query;

import io.mangonel.core.task.Incarnation;
import org.jspecify.annotations.Nullable;

/**
 * One scheduler, as the store has it.
 *
 * @param address host:port of its gRPC server
 * @param startedMs milliseconds since 1970
 * @param commits transactions it has done
 * @param leaseTtlMs how long its key outlives its last sign of life; 0 when it did not say
 * @param jobs that it owns and that have not ended
 * @param takeoverMs when it last took over jobs of another, or null
 * @param self whether it is the one that answers
 */
public record SchedulerSummary(
    Incarnation incarnation,
    String address,
    long startedMs,
    long commits,
    long leaseTtlMs,
    int jobs,
    @Nullable Long takeoverMs,
    boolean self) {}

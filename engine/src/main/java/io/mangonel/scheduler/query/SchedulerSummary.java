package io.mangonel.scheduler.query;

import io.mangonel.core.task.Incarnation;

/**
 * One scheduler, as the store has it.
 *
 * @param address host:port of its gRPC server
 * @param startedMs milliseconds since 1970
 * @param commits transactions it has done
 * @param self whether it is the one that answers
 */
public record SchedulerSummary(
    Incarnation incarnation, String address, long startedMs, long commits, boolean self) {}

package io.mangonel.core.owner;

import io.mangonel.core.graph.ExecutorId;
import io.mangonel.core.graph.Incarnation;

/**
 * An executor's registration.
 *
 * @param host where its gRPC service is
 * @param slots its task slots
 * @param fingerprint its engine version
 * @param pull whether it polls for work; such an executor is never asked for slots
 */
public record ExecutorInfo(
    ExecutorId id,
    Incarnation incarnation,
    String host,
    int port,
    int slots,
    String fingerprint,
    boolean pull) {}

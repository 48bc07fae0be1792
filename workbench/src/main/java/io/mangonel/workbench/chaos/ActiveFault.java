package io.mangonel.workbench.chaos;

import java.util.function.BooleanSupplier;

/**
 * A fault that is there until it is healed.
 *
 * @param target whose lane it is on
 * @param holdMs how long it is to be there
 * @param excusing whether tasks may run again for it although they had finished: executors that
 *     nobody reaches, or that stand still, are given up after a while, with what they hold
 * @param fired whether it has done something so far
 * @param heal takes it away
 */
record ActiveFault(
    FaultKind kind,
    String target,
    long holdMs,
    boolean excusing,
    BooleanSupplier fired,
    Runnable heal) {}

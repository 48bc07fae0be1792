package io.mangonel.core.owner;

/**
 * An executor as people see it.
 *
 * @param alive whether it is launched on
 * @param runningTasks attempts of this scheduler that run there
 * @param silentMs time since its last heartbeat
 */
public record ExecutorView(ExecutorInfo info, boolean alive, int runningTasks, long silentMs) {}

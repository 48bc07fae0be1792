package io.mangonel.core.graph;

/**
 * How often something may fail before the job does.
 *
 * @param attemptsMax failures of a task
 * @param stageAttemptsMax attempts of a stage
 * @param executorDeathsMax deaths of executors while they ran a task
 */
public record GraphLimits(int attemptsMax, int stageAttemptsMax, int executorDeathsMax) {}

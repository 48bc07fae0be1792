package io.mangonel.executor;

import java.nio.file.Path;

/**
 * Every limit of the executor's shell. Times in milliseconds.
 *
 * @param agent those of the executor's decisions
 * @param task those of one attempt
 * @param spillBytesMax what DuckDB may put into its temporary files
 * @param fetchCacheBytesMax fetched files of other executors that are kept
 * @param eventsMax events that wait for the loop; callers block beyond it
 * @param eventsPerRound events taken at once
 * @param callWaitMs how long a call waits for the loop's answer
 * @param discoveryFirstMs while no scheduler is known, the first pause between two questions; it
 *     grows to {@code discoveryMs}
 * @param discoveryMs time between two questions to the same scheduler address
 * @param schedulerGoneMs a scheduler that did not answer for this long is gone until it answers
 * @param schedulersMax scheduler addresses remembered
 * @param statusCallsMax status messages under way to one scheduler. Each waits until it is durable,
 *     and the next small answer must not wait for that (rule D12); heartbeats have room beside them
 * @param stopMs how long running tasks get to end when the executor stops
 * @param readInPlace whether files of executors on the same machine are read without a copy
 */
public record Limits(
    io.mangonel.core.agent.Limits agent,
    io.mangonel.executor.task.Limits task,
    long spillBytesMax,
    long fetchCacheBytesMax,
    int eventsMax,
    int eventsPerRound,
    long callWaitMs,
    long discoveryFirstMs,
    long discoveryMs,
    long schedulerGoneMs,
    int schedulersMax,
    int statusCallsMax,
    long stopMs,
    boolean readInPlace) {

  /** Spilled data may take this share of what is free on its disk when the executor starts. */
  private static final double SPILL_SHARE = 0.8;

  /** Limits for a work directory on a disk with this much room. */
  public static Limits of(Path workDirectory) {
    long freeBytes = Math.max(1L << 30, workDirectory.toFile().getUsableSpace());
    return new Limits(
        io.mangonel.core.agent.Limits.DEFAULTS,
        io.mangonel.executor.task.Limits.DEFAULTS,
        (long) (freeBytes * SPILL_SHARE),
        Math.min(io.mangonel.shuffle.Limits.CACHE_BYTES_DEFAULT, freeBytes / 4),
        10_000,
        500,
        5_000,
        50,
        1_000,
        10_000,
        100,
        256,
        5_000,
        true);
  }

  /** For tests of executors without a disk in common. */
  public Limits withoutReadInPlace() {
    return with(agent, false);
  }

  /** The same but for {@link #agent}. */
  public Limits withAgent(io.mangonel.core.agent.Limits value) {
    return with(value, readInPlace);
  }

  /** A copy: what may be changed is a parameter. */
  private Limits with(io.mangonel.core.agent.Limits newAgent, boolean newReadInPlace) {
    return new Limits(
        newAgent,
        task,
        spillBytesMax,
        fetchCacheBytesMax,
        eventsMax,
        eventsPerRound,
        callWaitMs,
        discoveryFirstMs,
        discoveryMs,
        schedulerGoneMs,
        schedulersMax,
        statusCallsMax,
        stopMs,
        newReadInPlace);
  }
}

package io.mangonel.core.agent;

/**
 * Every limit of the executor's side. Times in milliseconds.
 *
 * @param tickMs the longest time between two ticks
 * @param heartbeatMs time between heartbeats
 * @param reservationTtlMs life of a reservation that the executor makes by itself: a follow-up, or
 *     an offer
 * @param waitsMax schedulers that may wait for slots
 * @param requestsMax answered slot requests that are remembered, to answer a repetition
 * @param outboxMax statuses without an acknowledgement; at this many, launches are refused
 * @param outboxWindow statuses sent at once to one scheduler
 * @param outboxBytesMax inline bytes in the outbox; at this many, launches are refused
 * @param statusRetryMs a status without an acknowledgement is sent again after this time
 * @param jobMemoryMs how long a removed job's epoch is remembered (rule T8)
 */
public record Limits(
    long tickMs,
    long heartbeatMs,
    long reservationTtlMs,
    int waitsMax,
    int requestsMax,
    int outboxMax,
    int outboxWindow,
    long outboxBytesMax,
    long statusRetryMs,
    long jobMemoryMs) {
  public static final Limits DEFAULTS =
      new Limits(50, 500, 3_000, 1_000, 1_000, 10_000, 100, 64 << 20, 500, 600_000);
}

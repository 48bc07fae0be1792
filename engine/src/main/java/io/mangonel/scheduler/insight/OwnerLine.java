package io.mangonel.scheduler.insight;

/**
 * Who owned a job from when on.
 *
 * @param scheduler its incarnation
 * @param sinceMs when it first wrote about the job in this epoch, milliseconds since 1970
 */
public record OwnerLine(long epoch, String scheduler, long sinceMs) {}

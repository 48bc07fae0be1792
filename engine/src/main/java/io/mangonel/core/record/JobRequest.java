package io.mangonel.core.record;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A submitted statement and all that any scheduler needs to plan it.
 *
 * @param sql one statement
 * @param settings the session's settings when it was submitted
 * @param workingDirectory what relative paths are relative to
 * @param session id of the session it came from
 * @param principal who asked
 * @param fingerprint the engine version it must run on; executors of another get none of it
 * @param submittedAtMs milliseconds since 1970
 * @param idempotencyKey the same principal's submit under the same key is the same job (rule D6);
 *     empty for none
 * @param timeoutMs from its submit on, the job fails after this time; 0 for never
 */
public record JobRequest(
    String sql,
    SortedMap<String, String> settings,
    String workingDirectory,
    String session,
    String principal,
    String fingerprint,
    long submittedAtMs,
    String idempotencyKey,
    long timeoutMs) {
  public JobRequest {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /** Without a timeout. */
  public JobRequest(
      String sql,
      SortedMap<String, String> settings,
      String workingDirectory,
      String session,
      String principal,
      String fingerprint,
      long submittedAtMs,
      String idempotencyKey) {
    this(
        sql,
        settings,
        workingDirectory,
        session,
        principal,
        fingerprint,
        submittedAtMs,
        idempotencyKey,
        0);
  }

  /** Whether the other, under the same idempotency key, is this one sent again. */
  public boolean asksTheSame(JobRequest other) {
    return sql.equals(other.sql)
        && workingDirectory.equals(other.workingDirectory)
        && settings.equals(other.settings);
  }

  /** When its time is over; {@link Long#MAX_VALUE} when it never is. */
  public long deadlineMs() {
    boolean ends = timeoutMs > 0 && timeoutMs < Long.MAX_VALUE - submittedAtMs;
    return ends ? submittedAtMs + timeoutMs : Long.MAX_VALUE;
  }
}

package io.mangonel.scheduler.query;

import io.mangonel.scheduler.limits.ShellLimits;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A statement as a client sends it.
 *
 * @param sql one statement
 * @param principal who asks; {@code anonymous} without authentication
 * @param sessionId the session whose settings apply and which {@code SET} changes, or null for none
 * @param idempotencyKey a statement sent again by the same principal under the same key is the same
 *     job (rule D6), or null for none
 * @param workingDirectory what relative paths are relative to, absolute
 * @param settings settings of this statement alone; they win over the session's
 * @param values of the statement's parameters, each an expression as SQL
 * @param brokenSends how many schedulers ended, or went out of reach, while its client waited for
 *     their first answer to it
 * @param firstSend whether its client made the idempotency key, and has sent nothing under it yet:
 *     then no other scheduler can have it, and it may be answered ahead of the store (rule D12)
 */
public record StatementRequest(
    String sql,
    String principal,
    @Nullable String sessionId,
    @Nullable String idempotencyKey,
    String workingDirectory,
    SortedMap<String, String> settings,
    List<String> values,
    int brokenSends,
    boolean firstSend) {
  public StatementRequest {
    settings = new TreeMap<>(settings);
    values = List.copyOf(values);
  }

  /** A statement without parameters. */
  public StatementRequest(
      String sql,
      String principal,
      @Nullable String sessionId,
      @Nullable String idempotencyKey,
      String workingDirectory,
      SortedMap<String, String> settings) {
    this(
        sql, principal, sessionId, idempotencyKey, workingDirectory, settings, List.of(), 0, false);
  }

  /** Whether planning it may be what ended schedulers (rule T14). */
  boolean suspect() {
    return brokenSends >= ShellLimits.UNSUSPECTED_SENDS_MAX;
  }

  /** The same statement with other values for its parameters. */
  public StatementRequest withValues(List<String> others) {
    return new StatementRequest(
        sql,
        principal,
        sessionId,
        idempotencyKey,
        workingDirectory,
        settings,
        others,
        brokenSends,
        firstSend);
  }
}

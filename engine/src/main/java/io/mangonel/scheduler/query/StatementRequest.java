package io.mangonel.scheduler.query;

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
 */
public record StatementRequest(
    String sql,
    String principal,
    @Nullable String sessionId,
    @Nullable String idempotencyKey,
    String workingDirectory,
    SortedMap<String, String> settings,
    List<String> values) {
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
    this(sql, principal, sessionId, idempotencyKey, workingDirectory, settings, List.of());
  }

  /** The same statement with other values for its parameters. */
  public StatementRequest withValues(List<String> others) {
    return new StatementRequest(
        sql, principal, sessionId, idempotencyKey, workingDirectory, settings, others);
  }
}

package io.mangonel.scheduler.query;

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
 */
public record StatementRequest(
    String sql,
    String principal,
    @Nullable String sessionId,
    @Nullable String idempotencyKey,
    String workingDirectory,
    SortedMap<String, String> settings) {
  public StatementRequest {
    settings = new TreeMap<>(settings);
  }
}

package io.mangonel.planner;

import java.util.List;
import java.util.SortedMap;

/**
 * A statement and all that its meaning depends on.
 *
 * @param sql one statement
 * @param settings the session's settings: DuckDB's by their names, ours by theirs ({@code
 *     mangonel_join_mode})
 * @param views the catalogue's views, by name, in order of creation: {@code CREATE VIEW} statements
 * @param workingDirectory what relative paths are relative to
 * @param executors how many executors are alive, at least 1
 * @param slots their task slots together, at least {@code executors}
 */
public record PlanRequest(
    String sql,
    SortedMap<String, String> settings,
    List<ViewDefinition> views,
    String workingDirectory,
    int executors,
    int slots) {
  public PlanRequest {
    views = List.copyOf(views);
  }

  /**
   * @param name as the user wrote it, unquoted
   * @param createSql a {@code CREATE VIEW} statement with absolute paths
   */
  public record ViewDefinition(String name, String createSql) {}
}

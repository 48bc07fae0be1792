package io.mangonel.planner;

import io.mangonel.planner.names.Definition;
import io.mangonel.planner.names.Definitions;
import java.util.List;
import java.util.SortedMap;

/**
 * A statement and all that its meaning depends on.
 *
 * @param sql one statement
 * @param settings the session's settings: DuckDB's by their names, ours by theirs ({@code
 *     mangonel_join_mode})
 * @param definitions what names mean, in order of creation: schemas, views, macros
 * @param workingDirectory what relative paths are relative to
 * @param executors how many executors are alive, at least 1
 * @param slots their task slots together, at least {@code executors}
 */
public record PlanRequest(
    String sql,
    SortedMap<String, String> settings,
    Definitions definitions,
    String workingDirectory,
    int executors,
    int slots) {
  /** Another statement in its place. */
  PlanRequest withSql(String other) {
    return new PlanRequest(other, settings, definitions, workingDirectory, executors, slots);
  }

  /** With definitions that nobody found by name yet. */
  public PlanRequest(
      String sql,
      SortedMap<String, String> settings,
      List<Definition> definitions,
      String workingDirectory,
      int executors,
      int slots) {
    this(sql, settings, Definitions.of(definitions), workingDirectory, executors, slots);
  }
}

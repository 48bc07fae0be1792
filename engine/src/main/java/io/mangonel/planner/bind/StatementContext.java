package io.mangonel.planner.bind;

import java.util.List;
import java.util.SortedMap;

/**
 * All that the meaning of a statement depends on, but its text and the files.
 *
 * @param views in order of creation
 * @param workingDirectory absolute; what relative paths are relative to
 */
public record StatementContext(
    SortedMap<String, String> settings, List<ViewText> views, String workingDirectory) {
  public StatementContext {
    views = List.copyOf(views);
  }

  /**
   * @param createSql a {@code CREATE VIEW} statement
   */
  public record ViewText(String name, String createSql) {}
}

package io.mangonel.planner.bind;

import io.mangonel.planner.database.SessionSettings;
import java.util.List;
import java.util.SortedMap;

/**
 * All that the meaning of a statement depends on, but its text and the files.
 *
 * @param definitions what names mean, in order of creation; schemas have no commas and no quotes in
 *     their names
 * @param workingDirectory absolute; what relative paths are relative to
 */
public record StatementContext(
    SortedMap<String, String> settings, List<Definition> definitions, String workingDirectory) {
  public StatementContext {
    definitions = List.copyOf(definitions);
  }

  /** Where names without a schema are looked up. */
  String currentSchema() {
    return settings.getOrDefault(SessionSettings.SCHEMA, Definition.MAIN);
  }
}

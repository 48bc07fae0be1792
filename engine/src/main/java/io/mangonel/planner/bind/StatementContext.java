package io.mangonel.planner.bind;

import io.mangonel.planner.database.SessionSettings;
import io.mangonel.planner.names.Definition;
import io.mangonel.planner.names.Definitions;
import java.util.SortedMap;

/**
 * All that the meaning of a statement depends on, but its text and the files.
 *
 * @param definitions what names mean, in order of creation; schemas have no commas and no quotes in
 *     their names
 * @param workingDirectory absolute; what relative paths are relative to
 */
public record StatementContext(
    SortedMap<String, String> settings, Definitions definitions, String workingDirectory) {

  /** Where names without a schema are looked up. */
  String currentSchema() {
    return settings.getOrDefault(SessionSettings.SCHEMA, Definition.MAIN);
  }
}

package io.mangonel.planner.names;

import io.mangonel.planner.text.DefinitionKind;

/**
 * A name of a catalogue or of a session and what it means.
 *
 * @param schema where it is; its own name for a schema
 * @param name as the user wrote it, unquoted; names are the same in any case
 * @param createSql a CREATE statement with absolute paths, without a schema
 * @param temporary whether it belongs to the session alone; it goes before all others
 */
public record Definition(
    DefinitionKind kind, String schema, String name, String createSql, boolean temporary) {
  /** The schema that is always there. */
  public static final String MAIN = "main";

  /** What users call the database that all schemas are in. */
  public static final String DATABASE = "mangonel";

  /** A view in {@link #MAIN} that all sessions share. */
  public static Definition view(String name, String createSql) {
    return new Definition(DefinitionKind.VIEW, MAIN, name, createSql, false);
  }

  /** Whether both are one thing by different spellings. */
  public boolean isNamed(DefinitionKind otherKind, String otherSchema, String otherName) {
    return kind == otherKind
        && schema.equalsIgnoreCase(otherSchema)
        && name.equalsIgnoreCase(otherName);
  }
}

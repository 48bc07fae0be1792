package io.mangonel.planner.names;

import io.mangonel.planner.ir.Sql;
import java.util.List;

/**
 * A definition that a statement needs, in pieces.
 *
 * @param end what follows the last body
 */
public record NeededDefinition(Definition definition, List<Body> bodies, String end) {
  /** Where what is temporary is, in the databases that are made for statements. */
  public static final String TEMPORARY_SCHEMA = "mangonel_temporary";

  public NeededDefinition {
    bodies = List.copyOf(bodies);
  }

  /**
   * A part that can name tables and files.
   *
   * @param before what stands between it and the part before
   * @param text what was parsed
   * @param prefix what was put in front of it to parse it
   */
  public record Body(String before, String text, String prefix, ParsedStatement parsed) {}

  /** For messages. */
  public String title() {
    return definition.kind().title() + " \"" + definition.name() + "\"";
  }

  public String schema() {
    return definition.temporary() ? TEMPORARY_SCHEMA : definition.schema();
  }

  /**
   * The statement that makes it.
   *
   * @param edited the bodies' texts, with their prefixes
   */
  public String createSql(List<String> edited) {
    var sql = new StringBuilder("CREATE OR REPLACE ");
    sql.append(
        switch (definition.kind()) {
          case SCHEMA -> "SCHEMA ";
          case VIEW -> "VIEW ";
          case MACRO, TABLE_MACRO -> "MACRO ";
        });
    sql.append(Sql.identifier(schema())).append('.').append(Sql.identifier(definition.name()));
    for (int i = 0; i < bodies.size(); i++) {
      Body body = bodies.get(i);
      sql.append(body.before).append(edited.get(i).substring(body.prefix.length()));
    }
    return sql.append(end).toString();
  }
}

package io.mangonel.catalog;

import io.mangonel.planner.names.Definition;
import io.mangonel.planner.text.DefinitionKind;
import java.util.Locale;

/** Where the catalogue's definitions are in the store; names are the same in any case. */
final class CatalogKeys {
  /** Written with each change: its revision tells readers that there was none. */
  static final String CHANGES = "changes";

  private CatalogKeys() {}

  static String of(Definition definition) {
    return definition.kind() == DefinitionKind.SCHEMA
        ? ofSchema(definition.name())
        : of(definition.kind(), definition.schema(), definition.name());
  }

  static String ofSchema(String name) {
    return "schema/" + lower(name);
  }

  /** In {@code main} as it was before there were schemas. A schema's name has no slash. */
  static String of(DefinitionKind kind, String schema, String name) {
    String title =
        switch (kind) {
          case SCHEMA -> throw new IllegalArgumentException("a schema is in no schema");
          case VIEW -> "view";
          case MACRO -> "macro";
          case TABLE_MACRO -> "table-macro";
        };
    return schema.equalsIgnoreCase(Definition.MAIN)
        ? title + "/" + lower(name)
        : "in/" + lower(schema) + "/" + title + "/" + lower(name);
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}

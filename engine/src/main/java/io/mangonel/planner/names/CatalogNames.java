package io.mangonel.planner.names;

import java.util.Locale;
import java.util.Set;

/** Names by which a statement reads the catalogue itself, or its session. */
final class CatalogNames {
  /** Kinds of SHOW that list. */
  static final Set<String> SHOWS = Set.of("SHOW_SPECIAL", "SHOW_FROM");

  private static final Set<String> SCHEMAS = Set.of("information_schema", "pg_catalog");

  private static final Set<String> TABLES =
      Set.of("sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema");

  /** As tables and as functions. */
  private static final Set<String> LISTS =
      Set.of(
          "duckdb_columns",
          "duckdb_constraints",
          "duckdb_databases",
          "duckdb_functions",
          "duckdb_indexes",
          "duckdb_keywords",
          "duckdb_schemas",
          "duckdb_sequences",
          "duckdb_settings",
          "duckdb_tables",
          "duckdb_types",
          "duckdb_variables",
          "duckdb_views",
          "pragma_database_list",
          "pragma_show",
          "pragma_table_info");

  private static final Set<String> OF_SESSION =
      Set.of("current_schema", "current_database", "current_catalog");

  private CatalogNames() {}

  static boolean isTable(String schema, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return SCHEMAS.contains(schema.toLowerCase(Locale.ROOT))
        || (schema.isEmpty() && (TABLES.contains(lower) || LISTS.contains(lower)));
  }

  static boolean isTableFunction(String name) {
    return LISTS.contains(name.toLowerCase(Locale.ROOT));
  }

  /** Whether it means where names are looked up. */
  static boolean isOfSession(String name) {
    return OF_SESSION.contains(name.toLowerCase(Locale.ROOT));
  }
}

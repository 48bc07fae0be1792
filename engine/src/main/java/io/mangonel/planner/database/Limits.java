package io.mangonel.planner.database;

/** Every bound of the planning database and its caches. */
public final class Limits {
  /** Rows of a table that the planning database holds. */
  public static final int SAMPLE_ROWS_MAX = 50_000;

  /** Places of a big Parquet table that the sample is taken from. */
  public static final int SAMPLE_CHUNKS = 8;

  /** Columns of a sample that one statement measures. */
  public static final int SAMPLE_COLUMNS_MAX = 64;

  /** Tables that the planning database holds; the least recently used one goes first. */
  public static final int SHADOW_TABLES_MAX = 256;

  /** Sets of views that the planning database holds. */
  public static final int SCOPES_MAX = 64;

  /** Files of one table. */
  public static final int TABLE_FILES_MAX = 100_000;

  /** CSV files whose dialects are compared before they are read by several tasks. */
  public static final int CSV_FILES_SNIFFED_MAX = 1_000;

  /** Parsed statements, described statements, counted filters and file listings kept, each. */
  public static final int CACHE_ENTRIES_MAX = 2_000;

  /** Plans kept as JSON, and the characters of the longest of them: 64 MB in all. */
  public static final int CACHED_PLANS_MAX = 256;

  public static final int CACHED_PLAN_CHARACTERS_MAX = 256 * 1024;

  /** Parquet footers kept. */
  public static final int FOOTERS_MAX = 50_000;

  /** Statements planned at once. */
  public static final int CONNECTIONS = 4;

  /** Wait for one of the connections, or for a table that another statement is loading. */
  public static final long CONNECTION_WAIT_MS = 30_000;

  /** Time for one statement on the planning database. */
  public static final int STATEMENT_TIMEOUT_SECONDS = 60;

  /** Depth of a JSON document: each expression and subquery is several of its levels. */
  public static final int JSON_DEPTH_MAX = 20_000;

  /**
   * Characters of DuckDB's answer that are read: the tree of it takes ten times as much. (A list of
   * 50,000 constants is 7.5 million.)
   */
  public static final int JSON_CHARACTERS_MAX = 48_000_000;

  /** Statements longer than this are not kept in caches. */
  public static final int CACHED_SQL_CHARACTERS_MAX = 64 * 1024;

  /** Rows and characters of an answer about the catalogue: it is part of a plan. */
  public static final int CATALOG_ROWS_MAX = 20_000;

  public static final int CATALOG_CHARACTERS_MAX = 8_000_000;

  /** Memory of the planning database, and of the catalogue's. */
  public static final String MEMORY_MAX = "1GB";

  /** A directory that changed this recently may change again without a new modification time. */
  public static final long LISTING_SETTLED_MS = 2_000;

  private Limits() {}
}

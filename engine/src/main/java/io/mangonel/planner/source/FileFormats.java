package io.mangonel.planner.source;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Which names mean files, and which table functions read them. */
public final class FileFormats {
  static final String PARQUET = "read_parquet";
  static final String CSV = "read_csv";
  static final String JSON = "read_json";

  /** Table functions that read files, with the one that does the same for several tasks. */
  private static final Map<String, String> FUNCTIONS =
      Map.of(
          "read_parquet", PARQUET,
          "parquet_scan", PARQUET,
          "read_csv", CSV,
          "read_csv_auto", CSV,
          "read_json", JSON,
          "read_json_auto", JSON,
          "read_ndjson", "read_ndjson",
          "read_ndjson_auto", "read_ndjson",
          "read_ndjson_objects", "read_ndjson_objects",
          "read_json_objects", "read_json_objects");

  private static final Map<String, String> EXTENSIONS =
      Map.of(
          "parquet", PARQUET, "csv", CSV, "tsv", CSV, "json", JSON, "jsonl", JSON, "ndjson", JSON);

  private static final List<String> COMPRESSIONS = List.of(".gz", ".zst");

  private FileFormats() {}

  public static Optional<String> canonicalFunction(String name) {
    return Optional.ofNullable(FUNCTIONS.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The function that reads a table of this name, when DuckDB takes it for a file. */
  public static Optional<String> functionOf(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (String compression : COMPRESSIONS) {
      if (lower.endsWith(compression)) {
        lower = lower.substring(0, lower.length() - compression.length());
      }
    }
    int dot = lower.lastIndexOf('.');
    return Optional.ofNullable(EXTENSIONS.get(dot < 0 ? "" : lower.substring(dot + 1)));
  }

  public static boolean isGlob(String pattern) {
    return pattern.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
  }
}

package io.mangonel.planner.write;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** A format that DuckDB writes, and what a statement may say of it. */
enum FileForm {
  PARQUET(
      "parquet",
      "BLOOM_FILTER_FALSE_POSITIVE_RATIO COMPRESSION_LEVEL "
          + "DICTIONARY_SIZE_LIMIT FIELD_IDS KV_METADATA PARQUET_VERSION "
          + "ROW_GROUP_SIZE ROW_GROUP_SIZE_BYTES STRING_DICTIONARY_PAGE_SIZE_LIMIT "
          + "WRITE_BLOOM_FILTER"),
  CSV(
      "csv",
      "DATEFORMAT DELIM DELIMITER ESCAPE FORCE_QUOTE HEADER NULL NULLSTR "
          + "PREFIX QUOTE SEP SUFFIX TIMESTAMPFORMAT"),
  JSON("json", "ARRAY DATEFORMAT TIMESTAMPFORMAT");

  /** By the endings of files; others are CSV, as in DuckDB. */
  private static final Map<String, FileForm> BY_ENDING =
      Map.of("parquet", PARQUET, "json", JSON, "jsonl", JSON, "ndjson", JSON);

  /** Endings of compressed files. */
  private static final Map<String, String> COMPRESSIONS = Map.of("gz", "gzip", "zst", "zstd");

  private final String word;

  /** Names of options, with a space between two. */
  private final String own;

  FileForm(String word, String own) {
    this.word = word;
    this.own = own;
  }

  /** DuckDB's word for it. */
  String word() {
    return word;
  }

  static Optional<FileForm> named(String word) {
    for (FileForm form : values()) {
      if (form.word.equals(word.toLowerCase(Locale.ROOT))) {
        return Optional.of(form);
      }
    }
    return Optional.empty();
  }

  static FileForm ofPath(String path) {
    String file = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    if (COMPRESSIONS.containsKey(ending(file))) {
      file = file.substring(0, file.lastIndexOf('.'));
    }
    return BY_ENDING.getOrDefault(ending(file), CSV);
  }

  /** How a text file of this name is compressed, by its ending. */
  static Optional<String> compressionOf(String path) {
    return Optional.ofNullable(COMPRESSIONS.get(ending(path.toLowerCase(Locale.ROOT))));
  }

  private static String ending(String file) {
    return file.substring(file.lastIndexOf('.') + 1);
  }

  /** The ending of files in a directory, without its first dot. */
  String extension(String compression) {
    if (this == PARQUET) {
      return word;
    }
    return switch (compression.toLowerCase(Locale.ROOT)) {
      case "gzip" -> word + ".gz";
      case "zstd" -> word + ".zst";
      default -> word;
    };
  }

  boolean understands(String option) {
    return options(own).contains(option);
  }

  private static List<String> options(String names) {
    return List.of(names.split(" ", -1));
  }

  /** All that a COPY may say, for people. */
  String options() {
    var all = new TreeSet<>(options(own));
    all.addAll(CopyTarget.OPTIONS);
    return String.join(", ", all);
  }
}

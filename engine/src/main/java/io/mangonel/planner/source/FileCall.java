package io.mangonel.planner.source;

import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.text.Token;
import io.mangonel.planner.text.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Files as a statement asks for them.
 *
 * @param function the table function that reads them
 * @param patterns absolute paths and globs
 * @param options what follows them inside the call, with its leading comma; empty for none
 */
public record FileCall(String function, List<String> patterns, String options) {
  /** Options of read_parquet that mean the same when the files are read by several tasks. */
  private static final List<String> PARQUET_OPTIONS =
      List.of(
          "binary_as_string",
          "compression",
          "encryption_config",
          "file_row_number",
          "filename",
          "hive_partitioning",
          "hive_types",
          "hive_types_autocast",
          "parquet_version",
          "schema");

  public FileCall {
    patterns = List.copyOf(patterns);
  }

  public String sql() {
    return function + "(" + list(patterns) + options + ")";
  }

  public static String list(List<String> paths) {
    return paths.size() == 1
        ? Sql.literal(paths.getFirst())
        : paths.stream().map(Sql::literal).collect(Collectors.joining(", ", "[", "]"));
  }

  /** A name that says what it is: a path, or the call. */
  String displayName() {
    return patterns.size() == 1 && options.isEmpty() ? patterns.getFirst() : sql();
  }

  /** Whether tasks may read parts of the files with these options. */
  boolean hasOnlySplittableOptions() {
    return PARQUET_OPTIONS.containsAll(optionNames());
  }

  boolean hasOption(String name) {
    return optionNames().contains(name);
  }

  private List<String> optionNames() {
    var names = new ArrayList<String>();
    List<Token> tokens = Tokens.of(options);
    int depth = 0;
    for (int i = 0; i + 1 < tokens.size(); i++) {
      Token token = tokens.get(i);
      boolean opens = "([{".contains(token.value());
      depth += opens ? 1 : ")]}".contains(token.value()) ? -1 : 0;
      if (depth == 0 && token.isSymbol(',')) {
        names.add(tokens.get(i + 1).value().toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }
}

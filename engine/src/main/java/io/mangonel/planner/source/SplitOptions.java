package io.mangonel.planner.source;

import io.mangonel.planner.database.Limits;
import io.mangonel.planner.database.PlanningConnection;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.source.FileListing.Stamp;
import io.mangonel.planner.stage.StageInput.Column;
import io.mangonel.planner.text.Token;
import io.mangonel.planner.text.Tokens;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The options with which a task reads some of the files as DuckDB would read them among all. What
 * DuckDB detects from all files together is written down.
 *
 * @param options with a leading comma; empty for none
 * @param whole why that cannot be done, or null
 */
record SplitOptions(String options, @Nullable String whole) {
  static SplitOptions of(
      PlanningConnection connection, FileCall call, List<Stamp> files, List<Column> columns)
      throws SQLException {
    if (call.function().equals(FileFormats.PARQUET)) {
      boolean splittable = files.size() == 1 || call.hasOnlySplittableOptions();
      String reason = "its Parquet files are read with options that need all of them at once";
      return splittable
          ? new SplitOptions(call.options() + hive(call, files, columns), null)
          : new SplitOptions(call.options(), reason);
    }
    if (files.size() == 1) {
      return new SplitOptions(call.options(), null);
    }
    if (call.function().equals(FileFormats.CSV)) {
      return csv(connection, call, files);
    }
    String reason = "the columns of several JSON files are found in all of them together";
    return new SplitOptions(call.options(), reason);
  }

  /** The partition columns that DuckDB found in the paths, with the types it gave them. */
  private static String hive(FileCall call, List<Stamp> files, List<Column> columns) {
    var keys = new TreeSet<String>();
    for (String segment : files.getFirst().path().split("/", -1)) {
      if (segment.indexOf('=') > 0) {
        keys.add(segment.substring(0, segment.indexOf('=')));
      }
    }
    if (keys.isEmpty() || call.hasOption("hive_partitioning") || call.hasOption("hive_types")) {
      return "";
    }
    var types = new ArrayList<String>();
    for (Column column : columns) {
      if (keys.contains(column.name())) {
        types.add(Sql.literal(column.name()) + ": " + Sql.literal(column.type()));
      }
    }
    return types.isEmpty()
        ? ", hive_partitioning = false"
        : ", hive_partitioning = true, hive_types = {" + String.join(", ", types) + "}";
  }

  /** The dialect and the types that were detected, when they are the same in every file. */
  private static SplitOptions csv(PlanningConnection connection, FileCall call, List<Stamp> files) {
    String different = "its CSV files differ, or are read with options that need all at once";
    if (files.size() > Limits.CSV_FILES_SNIFFED_MAX || files.getFirst().path().indexOf('=') >= 0) {
      return new SplitOptions(call.options(), different);
    }
    String agreed = null;
    try {
      for (Stamp file : files) {
        String prompt =
            connection
                .rows(
                    "SELECT \"Prompt\" FROM sniff_csv("
                        + Sql.literal(file.path())
                        + call.options()
                        + ")")
                .getFirst()
                .getFirst();
        String options = optionsOf(String.valueOf(prompt));
        if (agreed != null && !agreed.equals(options)) {
          return new SplitOptions(call.options(), different);
        }
        agreed = options;
      }
    } catch (SQLException e) {
      // Options that the sniffer does not take.
      return new SplitOptions(call.options(), different);
    }
    return new SplitOptions(agreed == null ? "" : agreed, null);
  }

  /** From {@code FROM read_csv('path', a=1, b=2);} the part {@code , a=1, b=2}. */
  private static String optionsOf(String prompt) {
    List<Token> tokens = Tokens.of(prompt);
    int end = prompt.lastIndexOf(')');
    boolean hasOptions = tokens.size() > 4 && tokens.get(4).isSymbol(',');
    return hasOptions ? prompt.substring(tokens.get(4).start(), end) : "";
  }
}

package io.mangonel.planner;

import io.trino.tpch.TpchColumn;
import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** TPC-H's tables, as CREATE TABLE statements and as statements that load a small scale factor. */
final class TpchTables {
  private TpchTables() {}

  static List<String> create() {
    return TpchTable.getTables().stream().map(TpchTables::create).toList();
  }

  /** Writes files into the directory and gives the statements that load them. */
  static List<String> load(Path directory, double scaleFactor) throws IOException {
    List<String> statements = new ArrayList<>();
    for (TpchTable<?> table : TpchTable.getTables()) {
      Path file = directory.resolve(table.getTableName() + ".tbl");
      try (var writer = Files.newBufferedWriter(file)) {
        for (TpchEntity entity : table.createGenerator(scaleFactor, 1, 1)) {
          writer.write(entity.toLine());
          writer.newLine();
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      statements.add(
          "INSERT INTO "
              + table.getTableName()
              + " SELECT "
              + columns(table)
              + " FROM read_csv('"
              + file
              + "', delim = '|', header = false, quote = '', all_varchar = true)");
    }
    return statements;
  }

  /** A line ends in a delimiter, which makes one column too many. */
  private static String columns(TpchTable<?> table) {
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < table.getColumns().size(); i++) {
      columns.add("#" + (i + 1));
    }
    return String.join(", ", columns);
  }

  private static String create(TpchTable<?> table) {
    List<String> columns = new ArrayList<>();
    for (TpchColumn<?> column : table.getColumns()) {
      columns.add(column.getColumnName() + " " + type(column));
    }
    return "CREATE TABLE " + table.getTableName() + " (" + String.join(", ", columns) + ")";
  }

  private static String type(TpchColumn<?> column) {
    return switch (column.getType().getBase()) {
      case INTEGER -> "INTEGER";
      case IDENTIFIER -> "BIGINT";
      case DATE -> "DATE";
      case DOUBLE -> "DECIMAL(15,2)";
      case VARCHAR -> "VARCHAR";
    };
  }
}

package io.mangonel.planner.source;

import io.mangonel.planner.cost.TableSource.ColumnStatistics;
import io.mangonel.planner.database.Limits;
import io.mangonel.planner.database.PlanningConnection;
import io.mangonel.planner.ir.Sql;
import io.mangonel.planner.source.FileListing.Stamp;
import io.mangonel.planner.source.ParquetFooters.Footer;
import io.mangonel.planner.source.ParquetFooters.Range;
import io.mangonel.planner.stage.StageInput.Column;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Fills a table of the planning database with some rows of its files, and measures them. */
final class TableSample {
  private static final int CHUNK_ROWS = Limits.SAMPLE_ROWS_MAX / Limits.SAMPLE_CHUNKS;

  /** Above this growth from chunk to chunk a column is taken to keep growing at that rate. */
  private static final double GROWING = 0.9;

  private final PlanningConnection connection;
  private final String table;

  /**
   * @param table the table's name, qualified and quoted
   */
  TableSample(PlanningConnection connection, String table) {
    this.connection = connection;
    this.table = table;
  }

  /** The first rows of a call; all of them when there are few. */
  void createFromStart(String call) throws SQLException {
    connection.execute(
        "CREATE TABLE " + table + " AS SELECT * FROM " + call + " LIMIT " + Limits.SAMPLE_ROWS_MAX);
  }

  /** Rows from places all over big Parquet files: only the pages there are read. */
  void createFromPlaces(String call, List<Stamp> files, List<Footer> footers) throws SQLException {
    connection.execute("CREATE TABLE " + table + " AS SELECT * FROM " + call + " LIMIT 0");
    var places = new ArrayList<String>();
    for (int file = 0; file < files.size(); file++) {
      long row = 0;
      for (long rows : footers.get(file).rowGroups()) {
        places.add(
            Sql.literal(files.get(file).path())
                + ") WHERE file_row_number BETWEEN "
                + row
                + " AND "
                + (row + CHUNK_ROWS - 1));
        row += rows;
      }
    }
    int chunks = Math.min(Limits.SAMPLE_CHUNKS, places.size());
    for (int i = 0; i < chunks; i++) {
      String place = places.get((int) ((long) i * places.size() / chunks));
      connection.execute("INSERT INTO " + table + " BY NAME SELECT * FROM read_parquet(" + place);
    }
  }

  List<Column> columns() throws SQLException {
    return connection.describe(table);
  }

  long rows() throws SQLException {
    return count("SELECT count(*) FROM " + table);
  }

  /** Average length of a row as text, in bytes: to guess how many rows a text file has. */
  double textBytesPerRow(List<Column> columns) throws SQLException {
    var lengths = new ArrayList<String>();
    for (Column column : columns) {
      String name = Sql.identifier(column.name());
      lengths.add("coalesce(avg(strlen(" + name + "::VARCHAR)), 0) + 1");
    }
    String sum = String.join(" + ", lengths);
    String answer = connection.rows("SELECT " + sum + " FROM " + table).getFirst().getFirst();
    return answer == null ? 1 : Math.max(1, Double.parseDouble(answer));
  }

  /**
   * @param rows rows of the whole table
   */
  SortedMap<String, ColumnStatistics> statistics(
      List<Column> columns, List<Footer> footers, double rows) throws SQLException {
    var statistics = new TreeMap<String, ColumnStatistics>();
    double sampled = (double) rows();
    if (sampled == 0) {
      return statistics;
    }
    List<Column> measured = columns.stream().filter(column -> !isNested(column.type())).toList();
    for (int from = 0; from < measured.size(); from += Limits.SAMPLE_COLUMNS_MAX) {
      int to = Math.min(measured.size(), from + Limits.SAMPLE_COLUMNS_MAX);
      measure(measured.subList(from, to), footers, sampled, rows, statistics);
    }
    return statistics;
  }

  /**
   * One statement for several columns: with small tables most of the time goes into planning it.
   */
  private void measure(
      List<Column> columns,
      List<Footer> footers,
      double sampled,
      double rows,
      SortedMap<String, ColumnStatistics> statistics)
      throws SQLException {
    var questions = new ArrayList<String>();
    for (int i = 0; i < columns.size(); i++) {
      questions.add("SELECT " + i + ", " + question(columns.get(i), rows <= sampled));
    }
    for (List<@Nullable String> row : connection.rows(String.join(" UNION ALL ", questions))) {
      Column column = columns.get((int) number(row.getFirst()));
      double distinct = number(row.get(1));
      double size = isText(column) ? number(row.get(4)) : width(column.type());
      double estimate =
          rows <= sampled
              ? distinct
              : extrapolate(distinct, number(row.get(2)), number(row.get(3)), sampled, rows);
      statistics.put(column.name(), limited(column, footers, estimate, size, rows));
    }
  }

  /**
   * What to select to learn how many values there are, how many of them occur once, how many there
   * are in all chunks together, and how long they are.
   *
   * @param whole when all rows are in the sample nothing is guessed: only number and length count
   */
  private String question(Column column, boolean whole) {
    String value = Sql.identifier(column.name()) + " AS the_value";
    String bytes = isText(column) ? "coalesce(avg(strlen(the_value::VARCHAR)), 0)" : "0.0";
    if (whole) {
      return "count(*), 0, 0, "
          + bytes
          + " FROM (SELECT "
          + value
          + " FROM "
          + table
          + " GROUP BY 1)";
    }
    // Grouped twice instead of count(DISTINCT chunk), which keeps a set for each value.
    return "count(*), count(*) FILTER (n = 1), sum(chunks), "
        + bytes
        + " FROM (SELECT the_value, sum(n) AS n, count(*) AS chunks FROM (SELECT "
        + value
        + ", rowid // "
        + CHUNK_ROWS
        + " AS chunk, count(*) AS n FROM "
        + table
        + " GROUP BY 1, 2) GROUP BY 1)";
  }

  private static double number(@Nullable String value) {
    return Double.parseDouble(String.valueOf(value));
  }

  private static boolean isText(Column column) {
    return width(column.type()) == 0;
  }

  private static ColumnStatistics limited(
      Column column, List<Footer> footers, double distinct, double size, double rows) {
    double estimate = distinct;
    Range range = null;
    for (Footer footer : footers) {
      Range here = footer.ranges().get(column.name());
      range = here == null ? range : range == null ? here : range.and(here);
    }
    if (range != null && isCountable(column.type())) {
      estimate = Math.min(estimate, range.largest() - range.smallest() + 1);
    }
    return new ColumnStatistics(Math.clamp(estimate, 1, Math.max(1, rows)), Math.max(1, size));
  }

  /**
   * Distinct values of the whole column. When nearly every chunk brings new values (a key, a sorted
   * column), their number grows with the rows; otherwise the values that occur once tell how many
   * were not seen (the "Duj1" estimator of Haas et al., 1995).
   */
  private static double extrapolate(
      double distinct, double once, double summed, double sampled, double rows) {
    double chunks = Math.max(1, sampled / CHUNK_ROWS);
    double perChunk = summed / chunks;
    double growth = chunks > 1 ? Math.log(distinct / perChunk) / Math.log(chunks) : 0;
    if (growth > GROWING) {
      return perChunk * Math.pow(rows / CHUNK_ROWS, growth);
    }
    double seen = sampled / rows;
    return distinct / Math.max(seen, 1 - (1 - seen) * once / sampled);
  }

  private long count(String sql) throws SQLException {
    return Long.parseLong(String.valueOf(connection.rows(sql).getFirst().getFirst()));
  }

  private static boolean isNested(String type) {
    return type.endsWith("]") || (type.contains("(") && !type.startsWith("DECIMAL"));
  }

  private static boolean isCountable(String type) {
    return type.endsWith("INT") || type.endsWith("INTEGER") || type.equals("DATE");
  }

  /** Bytes of a value of a type of fixed width; 0 for text. */
  private static double width(String type) {
    String upper = type.toUpperCase(Locale.ROOT);
    return switch (upper) {
      case "BOOLEAN", "TINYINT", "UTINYINT" -> 1;
      case "SMALLINT", "USMALLINT" -> 2;
      case "INTEGER", "UINTEGER", "FLOAT", "DATE" -> 4;
      case "HUGEINT", "UHUGEINT", "UUID", "INTERVAL" -> 16;
      case "VARCHAR", "BLOB", "JSON", "BIT", "BIGNUM" -> 0;
      default -> upper.startsWith("ENUM") ? 4 : 8;
    };
  }
}

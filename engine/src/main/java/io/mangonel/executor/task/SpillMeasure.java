package io.mangonel.executor.task;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.duckdb.DuckDBConnection;
import org.duckdb.ProfilerPrintFormat;

/** What DuckDB measured of a statement, if the task's settings have it measure. */
final class SpillMeasure {
  private static final Pattern PEAK = Pattern.compile("\"peak_temp_dir_size\": *([0-9]+)");

  private SpillMeasure() {}

  /**
   * The most bytes that the instance, with all its connections, had on disk while the last
   * statement of this one ran; 0 when it was not measured.
   */
  static long bytes(DuckDBConnection connection) throws SQLException {
    Matcher matcher = PEAK.matcher(connection.getProfilingInformation(ProfilerPrintFormat.JSON));
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }
}

package io.mangonel.cli.format;

/**
 * What is said below a table.
 *
 * @param rows of the whole answer; {@link #AS_WRITTEN} when all were written, {@link #UNKNOWN} when
 *     there are more and nobody knows how many
 * @param run how it was run, like {@code 12 ms, 1 stage}; empty to say nothing
 */
public record Footer(long rows, String run) {
  public static final long AS_WRITTEN = -1;
  public static final long UNKNOWN = -2;

  static final Footer PLAIN = new Footer(AS_WRITTEN, "");

  /**
   * One line without its end.
   *
   * @param shownRows rows that were written
   * @param shownColumns columns that were written of {@code columns}
   */
  String text(long shownRows, int shownColumns, int columns) {
    long all = Math.max(rows, shownRows);
    StringBuilder text = new StringBuilder("(");
    text.append(rows == UNKNOWN ? "more than " : "").append(all);
    text.append(all == 1 ? " row" : " rows");
    if (shownRows < all || rows == UNKNOWN) {
      text.append(", ").append(shownRows).append(" shown");
    }
    if (shownColumns < columns) {
      text.append(", ").append(shownColumns).append(" of ").append(columns);
      text.append(" columns shown");
    }
    return text.append(run.isEmpty() ? "" : ", " + run).append(')').toString();
  }
}

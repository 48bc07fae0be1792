package io.mangonel.cli.format;

/**
 * How rows are laid out for a person.
 *
 * @param columnsMax width of the terminal; wider tables are cut to it
 * @param rowsMax rows that are shown, at least 1
 * @param colored whether NULL and the frame may have colours
 * @param expanded a line per value instead of a line per row
 */
public record TableLayout(int columnsMax, long rowsMax, boolean colored, boolean expanded) {
  /** For a file: everything, plain. */
  public static final TableLayout WHOLE =
      new TableLayout(Integer.MAX_VALUE, Long.MAX_VALUE, false, false);

  public TableLayout withExpanded(boolean wanted) {
    return new TableLayout(columnsMax, rowsMax, colored, wanted);
  }
}

package io.mangonel.cli.format;

import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * The widths of a table's columns.
 *
 * @param widths of the columns that are shown, from the first
 * @param columns that there are
 */
record Widths(List<Integer> widths, int columns) {
  /** Texts are not cut to less. */
  private static final int TEXT_MIN = 8;

  /** A column takes a space on either side, and all but the first a line. */
  private static final int FRAME = 3;

  /** The column that stands for those that are left out. */
  private static final int MORE = FRAME + 1;

  Widths {
    widths = List.copyOf(widths);
  }

  boolean isWhole() {
    return widths.size() == columns;
  }

  /**
   * Makes the table fit: long texts are cut first, then columns are left out from the right.
   *
   * @param wanted the widths that show everything
   * @param totalMax width of the terminal
   */
  static Widths fit(List<Field> fields, int[] wanted, int totalMax) {
    for (int shown = wanted.length; shown > 1; shown--) {
      int more = shown < wanted.length ? MORE : 0;
      int[] widths = Arrays.copyOf(wanted, shown);
      if (shrink(fields, widths, totalMax - more - frame(shown))) {
        return new Widths(Arrays.stream(widths).boxed().toList(), wanted.length);
      }
    }
    if (wanted.length == 0) {
      return new Widths(List.of(), 0);
    }
    int more = wanted.length > 1 ? MORE : 0;
    int only = Math.max(1, Math.min(wanted[0], totalMax - more - frame(1)));
    return new Widths(List.of(only), wanted.length);
  }

  private static int frame(int columns) {
    return columns * FRAME - 1;
  }

  /** Whether it could be made to fit. The widest texts give first; a number is never cut. */
  private static boolean shrink(List<Field> fields, int[] widths, int totalMax) {
    long total = Arrays.stream(widths).asLongStream().sum();
    long least = 0;
    for (int i = 0; i < widths.length; i++) {
      least += least(fields.get(i), widths[i]);
    }
    if (least > totalMax) {
      return false;
    }
    while (total > totalMax) {
      int widest = -1;
      int second = TEXT_MIN;
      for (int i = 0; i < widths.length; i++) {
        if (widths[i] > least(fields.get(i), widths[i])) {
          if (widest < 0 || widths[i] > widths[widest]) {
            second = widest < 0 ? second : Math.max(second, widths[widest]);
            widest = i;
          } else {
            second = Math.max(second, widths[i]);
          }
        }
      }
      long give = Math.min(total - totalMax, Math.max(1, widths[widest] - second));
      widths[widest] -= (int) give;
      total -= give;
    }
    return true;
  }

  private static int least(Field field, int wanted) {
    return Cells.isNumber(field) ? wanted : Math.min(TEXT_MIN, wanted);
  }
}

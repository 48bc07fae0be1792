package io.mangonel.cli.terminal;

import org.jline.utils.WCWidth;

/** How wide a terminal draws texts. */
public final class TextWidth {
  private static final String ELLIPSIS = "…";

  private TextWidth() {}

  /** Columns of the terminal that the text takes. */
  public static int width(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); ) {
      if (isPlain(text.charAt(i)) && (i + 1 == text.length() || isPlain(text.charAt(i + 1)))) {
        width++;
        i++;
      } else {
        width += Math.max(0, WCWidth.wcwidthForGraphemeCluster(text, i));
        i += Math.max(1, WCWidth.charCountForGraphemeCluster(text, i));
      }
    }
    return width;
  }

  /** Always one column wide and never part of a cluster with what precedes it. */
  private static boolean isPlain(char c) {
    return c >= ' ' && c <= '~';
  }

  /** The text, or as much of its beginning as fits with a mark that something is missing. */
  public static String cut(String text, int widthMax) {
    if (text.length() <= widthMax && text.chars().allMatch(c -> isPlain((char) c))) {
      return text;
    }
    if (width(text) <= widthMax) {
      return text;
    }
    int width = 0;
    int end = 0;
    while (end < text.length()) {
      int next = end + Math.max(1, WCWidth.charCountForGraphemeCluster(text, end));
      int nextWidth = width + Math.max(0, WCWidth.wcwidthForGraphemeCluster(text, end));
      if (nextWidth > widthMax - 1) {
        break;
      }
      width = nextWidth;
      end = next;
    }
    return text.substring(0, end) + ELLIPSIS;
  }
}

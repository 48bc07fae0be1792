package io.mangonel.planner.text;

import io.mangonel.planner.text.TextEdits.Range;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Messages with the line of the statement they are about, in the form DuckDB gives them. */
public final class ErrorText {
  /** Longest part of a line that is shown, in characters; a longer one is cut around the place. */
  private static final int LINE_CHARACTERS_MAX = 100;

  private ErrorText() {}

  /** {@code message}, then the line and a mark below the range; just the message without one. */
  public static String of(String message, String sql, @Nullable Range range) {
    if (range == null || range.start() > sql.length()) {
      return message.strip();
    }
    int lineStart = sql.lastIndexOf('\n', range.start() - 1) + 1;
    int lineEnd = sql.indexOf('\n', range.start());
    lineEnd = lineEnd < 0 ? sql.length() : lineEnd;
    long line = sql.substring(0, lineStart).chars().filter(c -> c == '\n').count() + 1;
    int from = Math.max(lineStart, range.start() - LINE_CHARACTERS_MAX / 2);
    int to = Math.min(lineEnd, from + LINE_CHARACTERS_MAX);
    String prefix = "LINE " + line + ": " + (from > lineStart ? "..." : "");
    String shown = sql.substring(from, to).replace('\t', ' ');
    int width = sql.codePointCount(from, range.start());
    int markEnd = Math.clamp(range.end(), range.start(), to);
    int marks = Math.max(1, sql.codePointCount(range.start(), markEnd));
    return message.strip()
        + "\n\n"
        + prefix
        + shown
        + (to < lineEnd ? "..." : "")
        + "\n"
        + " ".repeat(prefix.length() + width)
        + "^".repeat(marks);
  }

  /** DuckDB counts bytes of UTF-8; an offset beyond the text is its end. */
  public static int characterOf(String sql, int byteOffset) {
    int bytes = 0;
    int i = 0;
    while (i < sql.length() && bytes < byteOffset) {
      int codePoint = sql.codePointAt(i);
      bytes += Character.toString(codePoint).getBytes(StandardCharsets.UTF_8).length;
      i += Character.charCount(codePoint);
    }
    return i;
  }
}

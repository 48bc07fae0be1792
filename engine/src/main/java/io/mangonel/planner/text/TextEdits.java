package io.mangonel.planner.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Replacements in a text that can tell where a position of the new text was in the old one, so that
 * an error in what DuckDB was given is shown in what the user wrote. Positions count characters.
 */
public final class TextEdits {
  /** {@code start} inclusive, {@code end} exclusive, in the old text. */
  private record Edit(int start, int end, String replacement) {}

  private final String original;
  private final List<Edit> edits = new ArrayList<>();

  public TextEdits(String original) {
    this.original = original;
  }

  /** Replacements must not overlap; their order does not matter. */
  public void replace(int start, int end, String replacement) {
    int at = 0;
    while (at < edits.size() && edits.get(at).start < start) {
      at++;
    }
    edits.add(at, new Edit(start, end, replacement));
  }

  public String original() {
    return original;
  }

  public String edited() {
    var result = new StringBuilder();
    int at = 0;
    for (Edit edit : edits) {
      result.append(original, at, edit.start).append(edit.replacement);
      at = edit.end;
    }
    return result.append(original, at, original.length()).toString();
  }

  /** The range of the original that {@code range} of the edited text came from. */
  public Range originalOf(Range range) {
    return new Range(originalOf(range.start(), false), originalOf(range.end(), true));
  }

  private int originalOf(int position, boolean isEnd) {
    int shift = 0;
    for (Edit edit : edits) {
      int start = edit.start + shift;
      int end = start + edit.replacement.length();
      if (position < start || (isEnd && position == start)) {
        break;
      }
      if (position < end || (isEnd && position == end)) {
        return isEnd ? edit.end : edit.start;
      }
      shift += edit.replacement.length() - (edit.end - edit.start);
    }
    return Math.clamp(position - shift, 0, original.length());
  }

  /** Characters from {@code start} inclusive to {@code end} exclusive. */
  public record Range(int start, int end) {
    public Range shifted(int by) {
      return new Range(start + by, end + by);
    }
  }
}

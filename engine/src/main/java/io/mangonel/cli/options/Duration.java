package io.mangonel.cli.options;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as people write them: {@code 500ms}, {@code 30s}, {@code 10m}, {@code 2h}. */
public final class Duration {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

  private Duration() {}

  /** The milliseconds of {@code text}, at least 1; wrong use names {@code option}. */
  public static long parseMs(String option, String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches() || matcher.group(1).matches("0+")) {
      throw CommandFailure.usage(
          option + " must be a time like 500ms, 30s, 10m or 2h, it is '" + text + "'");
    }
    long unitMs =
        switch (matcher.group(2)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          case "d" -> 86_400_000;
          case String unit -> throw new IllegalStateException("unknown unit " + unit);
        };
    return Long.parseLong(matcher.group(1)) * unitMs;
  }
}

package io.mangonel.rows;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Values as DuckDB writes them when it casts them to VARCHAR. */
final class Notations {
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long SECONDS_PER_DAY = 86_400;
  private static final int MONTHS_PER_YEAR = 12;

  /** Numbers with more digits in front of the point are written with an exponent. */
  private static final int FIXED_EXPONENT_MAX = 15;

  private static final int FIXED_EXPONENT_MIN = -4;

  private Notations() {}

  static String floating(double value, String shortest) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return shortest;
    }
    BigDecimal digits = new BigDecimal(shortest).stripTrailingZeros();
    int exponent = digits.precision() - digits.scale() - 1;
    if (exponent >= FIXED_EXPONENT_MIN && exponent <= FIXED_EXPONENT_MAX) {
      String plain = digits.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String mantissa = digits.movePointLeft(exponent).toPlainString();
    return String.format(
        Locale.ROOT, "%se%s%02d", mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  static String date(int days) {
    if (days == Integer.MAX_VALUE) {
      return "infinity";
    }
    return days == -Integer.MAX_VALUE ? "-infinity" : date(LocalDate.ofEpochDay(days));
  }

  private static String date(LocalDate date) {
    boolean beforeChrist = date.getYear() <= 0;
    int year = beforeChrist ? 1 - date.getYear() : date.getYear();
    return String.format(
        Locale.ROOT,
        "%04d-%02d-%02d%s",
        year,
        date.getMonthValue(),
        date.getDayOfMonth(),
        beforeChrist ? " (BC)" : "");
  }

  /**
   * @param nanos since midnight; 24:00:00 is a time, too
   */
  static String time(long nanos) {
    long seconds = nanos / NANOS_PER_SECOND;
    return String.format(
            Locale.ROOT, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
        + fraction(nanos % NANOS_PER_SECOND);
  }

  /**
   * @param ticks since 1970
   */
  static String timestamp(long ticks, long ticksPerSecond) {
    if (ticks == Long.MAX_VALUE) {
      return "infinity";
    }
    if (ticks == -Long.MAX_VALUE) {
      return "-infinity";
    }
    long ticksPerDay = SECONDS_PER_DAY * ticksPerSecond;
    long nanos = Math.floorMod(ticks, ticksPerDay) * (NANOS_PER_SECOND / ticksPerSecond);
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(ticks, ticksPerDay));
    // DuckDB puts the era behind the time.
    String text = date(date);
    return text.endsWith(" (BC)")
        ? text.substring(0, text.length() - 5) + " (BC) " + time(nanos)
        : text + " " + time(nanos);
  }

  static String interval(long months, long days, long nanos) {
    List<String> parts = new ArrayList<>();
    part(parts, months / MONTHS_PER_YEAR, "year");
    part(parts, months % MONTHS_PER_YEAR, "month");
    part(parts, days, "day");
    if (nanos != 0 || parts.isEmpty()) {
      parts.add((nanos < 0 ? "-" : "") + time(Math.abs(nanos)));
    }
    return String.join(" ", parts);
  }

  private static void part(List<String> parts, long count, String unit) {
    if (count != 0) {
      parts.add(count + " " + unit + (count == 1 || count == -1 ? "" : "s"));
    }
  }

  /** Printable ASCII as it is, anything else as {@code \xFF}. */
  static String blob(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte one : bytes) {
      boolean plain = one >= ' ' && one <= '~' && one != '\\' && one != '\'' && one != '"';
      text.append(plain ? String.valueOf((char) one) : String.format("\\x%02X", one));
    }
    return text.toString();
  }

  private static String fraction(long nanos) {
    if (nanos == 0) {
      return "";
    }
    String digits = String.format(Locale.ROOT, ".%09d", nanos);
    int end = digits.length();
    while (digits.charAt(end - 1) == '0') {
      end--;
    }
    return digits.substring(0, end);
  }
}

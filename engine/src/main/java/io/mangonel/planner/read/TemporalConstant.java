package io.mangonel.planner.read;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

/**
 * Dates and times from the integers DuckDB keeps them in: days, micro- or nanoseconds since 1970.
 */
final class TemporalConstant {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** TIME WITH TIME ZONE: the low bits hold this minus the offset, in seconds. */
  private static final int ZONE_SECONDS_MAX = 16 * 60 * 60 - 1;

  private static final int ZONE_BITS = 24;

  /** Beyond, DuckDB's text form differs from java.time's: era and signs. */
  private static final int YEAR_MIN = 1;

  private static final int YEAR_MAX = 9999;

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(Locale.ROOT);

  private TemporalConstant() {}

  static String date(long days) {
    if (days == Integer.MAX_VALUE) {
      return "DATE 'infinity'";
    }
    if (days == -Integer.MAX_VALUE) {
      return "DATE '-infinity'";
    }
    LocalDate date = LocalDate.ofEpochDay(days);
    requireYear(date.getYear());
    return "DATE '" + date + "'";
  }

  static String time(long micros) {
    return "CAST('" + timeText(Math.multiplyExact(micros, 1_000)) + "' AS TIME)";
  }

  static String timeNs(long nanos) {
    return "CAST('" + timeText(nanos) + "' AS TIME_NS)";
  }

  static String timeWithZone(long bits) {
    long seconds = ZONE_SECONDS_MAX - (bits & ((1L << ZONE_BITS) - 1));
    String time = timeText((bits >> ZONE_BITS) * 1_000);
    Duration offset = Duration.ofSeconds(Math.abs(seconds));
    String zone =
        String.format(
            Locale.ROOT,
            "%s%02d:%02d:%02d",
            seconds < 0 ? "-" : "+",
            offset.toHours(),
            offset.toMinutesPart(),
            offset.toSecondsPart());
    return "CAST('" + time + zone + "' AS TIME WITH TIME ZONE)";
  }

  static String timestamp(long micros) {
    return "CAST('" + instant(micros, MICROS_PER_SECOND) + "' AS TIMESTAMP)";
  }

  static String timestampSeconds(long seconds) {
    return "CAST('" + instant(seconds, 1) + "' AS TIMESTAMP_S)";
  }

  static String timestampMillis(long millis) {
    return "CAST('" + instant(millis, 1_000) + "' AS TIMESTAMP_MS)";
  }

  static String timestampNanos(long nanos) {
    return "CAST('" + instant(nanos, NANOS_PER_SECOND) + "' AS TIMESTAMP_NS)";
  }

  static String timestampWithZone(long micros) {
    String text = instant(micros, MICROS_PER_SECOND);
    String zone = Math.abs(micros) == Long.MAX_VALUE ? "" : "+00";
    return "CAST('" + text + zone + "' AS TIMESTAMP WITH TIME ZONE)";
  }

  private static String instant(long value, long perSecond) {
    if (Math.abs(value) == Long.MAX_VALUE) {
      return value > 0 ? "infinity" : "-infinity";
    }
    long seconds = Math.floorDiv(value, perSecond);
    long nanos = Math.floorMod(value, perSecond) * (NANOS_PER_SECOND / perSecond);
    if (Math.abs(seconds) > LocalDate.of(YEAR_MAX, 1, 1).toEpochDay() * 86_400) {
      throw new UnsupportedPlan("constant of a year beyond " + YEAR_MAX);
    }
    LocalDateTime instant = LocalDateTime.ofEpochSecond(seconds, (int) nanos, ZoneOffset.UTC);
    requireYear(instant.getYear());
    return instant.toLocalDate() + " " + TIME.format(instant);
  }

  private static String timeText(long nanos) {
    if (nanos == 86_400 * NANOS_PER_SECOND) {
      return "24:00:00";
    }
    return TIME.format(LocalTime.ofNanoOfDay(nanos));
  }

  private static void requireYear(int year) {
    if (year < YEAR_MIN || year > YEAR_MAX) {
      throw new UnsupportedPlan("constant of the year " + year);
    }
  }
}

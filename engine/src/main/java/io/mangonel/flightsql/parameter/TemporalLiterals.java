package io.mangonel.flightsql.parameter;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.apache.arrow.vector.types.TimeUnit;

/** Times as DuckDB literals, exact to the last digit. */
final class TemporalLiterals {
  private static final long SECONDS_PER_DAY = 86_400;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long NANOS_PER_MICRO = 1_000L;
  private static final int YEAR_MAX = 9_999;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSSSSS", Locale.ROOT);

  private TemporalLiterals() {}

  /** Whether a text of a year of four digits says it. */
  private static boolean isCommon(LocalDate date) {
    return date.getYear() >= 1 && date.getYear() <= YEAR_MAX;
  }

  static String date(long days) {
    LocalDate date = LocalDate.ofEpochDay(days);
    return isCommon(date)
        ? "DATE '" + DATE.format(date) + "'"
        : "(DATE '1970-01-01' + CAST(" + days + " AS INTEGER))";
  }

  static String time(long value, TimeUnit unit) {
    long perSecond = perSecond(unit);
    long nanos = value * (NANOS_PER_SECOND / perSecond);
    boolean fine = nanos % NANOS_PER_MICRO != 0 || unit == TimeUnit.NANOSECOND;
    if (nanos == SECONDS_PER_DAY * NANOS_PER_SECOND) {
      return "TIME '24:00:00'";
    }
    String text = TIME.format(LocalTime.ofNanoOfDay(nanos));
    return fine ? "TIME_NS '" + text + "'" : "TIME '" + text.substring(0, text.length() - 3) + "'";
  }

  /**
   * @param zoned whether it is an instant
   */
  static String timestamp(long value, TimeUnit unit, boolean zoned) {
    long perSecond = perSecond(unit);
    long nanos = Math.floorMod(value, perSecond) * (NANOS_PER_SECOND / perSecond);
    if (zoned && nanos % NANOS_PER_MICRO != 0) {
      throw new UnsupportedParameterException(
          "a timestamp with time zone has microseconds, this value has nanoseconds");
    }
    String type = type(unit, zoned);
    long micros = unit == TimeUnit.MICROSECOND ? value : 0;
    if (micros == Long.MAX_VALUE || micros == -Long.MAX_VALUE) {
      return "CAST('" + (micros > 0 ? "infinity" : "-infinity") + "' AS " + type + ")";
    }
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(value, perSecond), Math.toIntExact(nanos), ZoneOffset.UTC);
    if (isCommon(time.toLocalDate())) {
      String text = DATE.format(time) + " " + TIME.format(time);
      String digits = unit == TimeUnit.NANOSECOND && !zoned ? text : withoutNanos(text);
      return "CAST('" + digits + (zoned ? "+00" : "") + "' AS " + type + ")";
    }
    long exactMicros =
        Math.addExact(
            Math.multiplyExact(Math.floorDiv(value, perSecond), 1_000_000L),
            nanos / NANOS_PER_MICRO);
    String zone = zoned ? " AT TIME ZONE 'UTC'" : "";
    return "CAST((make_timestamp(" + exactMicros + ")" + zone + ") AS " + type + ")";
  }

  private static String withoutNanos(String text) {
    return text.substring(0, text.length() - 3);
  }

  private static String type(TimeUnit unit, boolean zoned) {
    if (zoned) {
      return "TIMESTAMP WITH TIME ZONE";
    }
    return switch (unit) {
      case SECOND -> "TIMESTAMP_S";
      case MILLISECOND -> "TIMESTAMP_MS";
      case MICROSECOND -> "TIMESTAMP";
      case NANOSECOND -> "TIMESTAMP_NS";
    };
  }

  static String interval(long months, long days, long nanos) {
    if (nanos % NANOS_PER_MICRO != 0) {
      throw new UnsupportedParameterException(
          "an interval has microseconds, this value has nanoseconds");
    }
    return "(to_months(CAST("
        + months
        + " AS INTEGER)) + to_days(CAST("
        + days
        + " AS INTEGER)) + to_microseconds(CAST("
        + nanos / NANOS_PER_MICRO
        + " AS BIGINT)))";
  }

  /** The length of time as microseconds. */
  static String duration(long value, TimeUnit unit) {
    long micros =
        unit == TimeUnit.NANOSECOND
            ? value / NANOS_PER_MICRO
            : Math.multiplyExact(value, 1_000_000L / perSecond(unit));
    if (unit == TimeUnit.NANOSECOND && value % NANOS_PER_MICRO != 0) {
      throw new UnsupportedParameterException(
          "an interval has microseconds, this value has nanoseconds");
    }
    return "to_microseconds(CAST(" + micros + " AS BIGINT))";
  }

  private static long perSecond(TimeUnit unit) {
    return switch (unit) {
      case SECOND -> 1L;
      case MILLISECOND -> 1_000L;
      case MICROSECOND -> 1_000_000L;
      case NANOSECOND -> NANOS_PER_SECOND;
    };
  }
}

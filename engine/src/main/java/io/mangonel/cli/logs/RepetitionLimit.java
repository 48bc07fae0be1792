package io.mangonel.cli.logs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Of a warning or an error that repeats, with whatever arguments, only the first few of each minute
 * are logged, and then how many were not.
 */
final class RepetitionLimit extends TurboFilter {
  static final int REPETITIONS_MAX = 20;
  static final long WINDOW_MS = 60_000;
  private static final int MESSAGES_MAX = 1_000;

  private final LongSupplier clockMs;
  private final Map<Message, Count> counts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Message, Count> eldest) {
          return size() > MESSAGES_MAX;
        }
      };

  private record Message(String logger, String format) {}

  private static final class Count {
    private long beganMs;
    private int seen;
  }

  /**
   * @param clockMs monotonic
   */
  RepetitionLimit(LongSupplier clockMs) {
    this.clockMs = clockMs;
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    if (format == null || !level.isGreaterOrEqual(Level.WARN)) {
      return FilterReply.NEUTRAL;
    }
    int hidden;
    boolean over;
    synchronized (counts) {
      long nowMs = clockMs.getAsLong();
      Count count = counts.computeIfAbsent(new Message(logger.getName(), format), _ -> new Count());
      boolean renewed = count.seen == 0 || nowMs - count.beganMs >= WINDOW_MS;
      hidden = renewed ? Math.max(0, count.seen - REPETITIONS_MAX) : 0;
      if (renewed) {
        count.beganMs = nowMs;
        count.seen = 0;
      }
      count.seen++;
      over = count.seen > REPETITIONS_MAX;
    }
    if (hidden > 0) {
      logger.info("{} lines were not logged that began: {}", hidden, format);
    }
    return over ? FilterReply.DENY : FilterReply.NEUTRAL;
  }
}

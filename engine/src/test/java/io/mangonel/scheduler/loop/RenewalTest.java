package io.mangonel.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mangonel.core.owner.Event;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Rule T3: whoever hangs does not renew its lease. */
class RenewalTest {
  private static final long ROUND_MAX_MS = 100;

  private final AtomicLong nowMs = new AtomicLong();
  private final AtomicLong roundAtMs = new AtomicLong();
  private final AtomicLong commitBusyMs = new AtomicLong();
  private final AtomicInteger renewed = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private boolean leased = true;
  private final Renewal renewal =
      new Renewal(
          new Renewal.Signs(nowMs::get, roundAtMs::get, commitBusyMs::get),
          ROUND_MAX_MS,
          () -> {
            renewed.incrementAndGet();
            return leased;
          },
          lost::incrementAndGet);

  @Test
  void aHangingLoopOrCommitterDoesNotRenew() {
    renewal.renew();
    assertThat(renewed).hasValue(1);
    pass(ROUND_MAX_MS);
    pass(1);
    renewal.renew();
    roundAtMs.set(nowMs.get());
    commitBusyMs.set(ROUND_MAX_MS + 1);
    renewal.renew();
    assertThat(renewed).hasValue(1);
    commitBusyMs.set(ROUND_MAX_MS);
    renewal.renew();
    assertThat(renewed).hasValue(2);
    assertThat(lost).hasValue(0);
  }

  /** By SIGSTOP: that no round was made meanwhile is nobody's fault. */
  @Test
  void whoStoodStillHasTimeForARound() {
    var logger = (Logger) LoggerFactory.getLogger(Renewal.class);
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    logger.addAppender(lines);
    try {
      pass(ROUND_MAX_MS + 1);
      renewal.renew();
      pass(1); // The calls that it missed, all at once.
      renewal.renew();
      assertThat(renewed).hasValue(0);
      assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN);
      pass(ROUND_MAX_MS);
      renewal.renew();
      assertThat(renewed).as("its loop hangs").hasValue(0);
      assertThat(lines.list)
          .extracting(ILoggingEvent::getLevel)
          .containsExactly(Level.WARN, Level.ERROR);
      roundAtMs.set(nowMs.get());
      renewal.renew();
      assertThat(renewed).hasValue(1);
      assertThat(lost).hasValue(0);
    } finally {
      logger.detachAppender(lines);
    }
  }

  @Test
  void whoseLeaseEndedHearsOfIt() {
    leased = false;
    renewal.renew();
    assertThat(lost).hasValue(1);
  }

  private void pass(long ms) {
    nowMs.addAndGet(ms);
  }

  /** So that who waits for a place, or for an answer, does not wait for a loop that has ended. */
  @Test
  void aClosedQueueAnswersNothingAtOnce() {
    var queue = new EventQueue();
    queue.close();
    assertThat(queue.ask(core -> core.self())).isEmpty();
    assertThat(queue.offer(new Event.Tick())).isFalse();
    queue.put(new Event.Tick());
    assertThat(queue.size()).isZero();
  }
}

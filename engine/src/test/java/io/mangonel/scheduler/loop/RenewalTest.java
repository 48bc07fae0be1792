package io.mangonel.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.mangonel.core.owner.Event;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Rule T3: whoever hangs does not renew its lease. */
class RenewalTest {
  private static final long ROUND_MAX_MS = 100;

  private final AtomicLong sinceRoundMs = new AtomicLong();
  private final AtomicLong commitBusyMs = new AtomicLong();
  private final AtomicInteger renewed = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private boolean leased = true;
  private final Renewal renewal =
      new Renewal(
          new Renewal.Signs(sinceRoundMs::get, commitBusyMs::get),
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
    sinceRoundMs.set(ROUND_MAX_MS + 1);
    renewal.renew();
    sinceRoundMs.set(0);
    commitBusyMs.set(ROUND_MAX_MS + 1);
    renewal.renew();
    assertThat(renewed).hasValue(1);
    commitBusyMs.set(ROUND_MAX_MS);
    renewal.renew();
    assertThat(renewed).hasValue(2);
    assertThat(lost).hasValue(0);
  }

  @Test
  void whoseLeaseEndedHearsOfIt() {
    leased = false;
    renewal.renew();
    assertThat(lost).hasValue(1);
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

package io.mangonel.scheduler.peer;

import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.scheduler.loop.Clock;
import java.util.List;

/** Reservations as they arrive: with the time they have left, because clocks of machines differ. */
final class ReceivedSlots {
  private ReceivedSlots() {}

  /** The reservation by this process's clock. */
  static ExecutorReservation of(ExecutorReservation sent, Clock clock) {
    return sent.endingAt(clock.nowMs() + sent.expiresAtMs());
  }

  static List<ExecutorReservation> of(List<ExecutorReservation> sent, Clock clock) {
    return sent.stream().map(reservation -> of(reservation, clock)).toList();
  }
}

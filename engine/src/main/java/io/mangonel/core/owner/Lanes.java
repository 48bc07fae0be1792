package io.mangonel.core.owner;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reservations of lanes that this scheduler holds ahead, one of each executor: a small job finds a
 * slot without asking for it. Executors lend them, prolong them and take them back by themselves.
 */
final class Lanes {
  /** So long before its end a reservation is not used any more: the launch takes time. */
  private static final long MARGIN_MS = 200;

  private final Map<ExecutorId, ExecutorReservation> held = new TreeMap<>();
  private final Map<ExecutorId, String> used = new TreeMap<>();

  /** Keeps a reservation, unless it is one that was used and is only now told to be prolonged. */
  void hold(ExecutorReservation reservation) {
    if (!reservation.id().equals(used.get(reservation.executor()))) {
      held.put(reservation.executor(), reservation);
    }
  }

  void use(ExecutorReservation reservation) {
    used.put(reservation.executor(), reservation.id());
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  /** All that can still be used; they are held no more. */
  List<ExecutorReservation> take(long nowMs) {
    var live = held.values().stream().filter(r -> r.expiresAtMs() - nowMs > MARGIN_MS).toList();
    held.clear();
    return live;
  }

  void forget(ExecutorId id) {
    held.remove(id);
    used.remove(id);
  }

  void encode(RecordWriter out) {
    out.list(held.values(), (o, r) -> o.text(r.id()).number(r.expiresAtMs()));
    out.list(used.values(), RecordWriter::text);
  }
}

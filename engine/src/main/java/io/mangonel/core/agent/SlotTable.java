package io.mangonel.core.agent;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The slots of an executor and who stands in line for them. A slot is free, reserved or running; a
 * scheduler stands in line once, and gets one slot each time it is at the head.
 */
final class SlotTable {
  /** A slot held for a scheduler. */
  private record Held(Incarnation scheduler, ExecutorReservation reservation) {}

  /** A place in the line. */
  private record Wait(Incarnation scheduler, int wanted, long ttlMs, long expiresAtMs) {}

  /** The latest request of a scheduler and what it was granted. */
  private record Answered(long request, List<String> granted) {}

  /** What a request got. */
  record Grant(List<ExecutorReservation> granted, int waiting) {}

  private final ExecutorId executor;
  private final Incarnation incarnation;
  private final int slots;
  private final Limits limits;
  private final Map<String, Held> reservations = new TreeMap<>();
  private final Deque<Wait> line = new ArrayDeque<>();
  private final Map<Incarnation, Answered> answered = new TreeMap<>();
  private final Lane lane;
  private int running;
  private boolean closed;
  private long reserved; // Reservations ever made: an id is used once.

  SlotTable(ExecutorId executor, Incarnation incarnation, int slots, Limits limits) {
    this.executor = executor;
    this.incarnation = incarnation;
    this.slots = slots;
    this.limits = limits;
    this.lane = new Lane(executor, incarnation, limits.reservationTtlMs());
  }

  /** The slot beside these. */
  Lane lane() {
    return lane;
  }

  int free() {
    return closed ? 0 : slots - running - reservations.size();
  }

  /** No slot is given to anybody any more. */
  void close() {
    closed = true;
    lane.close();
    reservations.clear();
    line.clear();
    answered.clear();
  }

  int reservedNow() {
    return reservations.size();
  }

  /** Grants what is free and puts the scheduler in line for the rest. */
  Grant request(Incarnation scheduler, long request, int wanted, long ttlMs, long nowMs) {
    if (closed) {
      // Who waits asks others; who is told "none" asks again at once.
      return new Grant(List.of(), wanted);
    }
    Answered before = answered.get(scheduler);
    if (before != null && before.request >= request) {
      return before.request > request ? new Grant(List.of(), 0) : repeat(scheduler, before);
    }
    var granted = new ArrayList<ExecutorReservation>();
    while (granted.size() < wanted && free() > 0) {
      granted.add(reserve(scheduler, Optional.empty(), ttlMs, nowMs));
    }
    var ids = granted.stream().map(ExecutorReservation::id).toList();
    answered.put(scheduler, new Answered(request, ids));
    if (answered.size() > limits.requestsMax()) {
      answered.remove(answered.keySet().iterator().next());
    }
    int waiting = wanted - granted.size();
    standInLine(new Wait(scheduler, waiting, ttlMs, nowMs + ttlMs));
    return new Grant(granted, waitingOf(scheduler));
  }

  private Grant repeat(Incarnation scheduler, Answered before) {
    var live = new ArrayList<ExecutorReservation>();
    for (String id : before.granted) {
      Held held = reservations.get(id);
      if (held != null) {
        live.add(held.reservation);
      }
    }
    return new Grant(live, waitingOf(scheduler));
  }

  private int waitingOf(Incarnation scheduler) {
    return line.stream()
        .filter(wait -> wait.scheduler.equals(scheduler))
        .mapToInt(Wait::wanted)
        .sum();
  }

  /** A scheduler that already stands in line keeps its place. */
  private void standInLine(Wait wait) {
    var others = List.copyOf(line);
    line.clear();
    boolean placed = wait.wanted == 0;
    for (Wait other : others) {
      if (!other.scheduler.equals(wait.scheduler)) {
        line.add(other);
      } else if (!placed) {
        line.add(wait);
        placed = true;
      }
    }
    if (!placed && line.size() < limits.waitsMax()) {
      line.add(wait);
    }
  }

  /** Reserves a free slot. */
  ExecutorReservation reserve(Incarnation scheduler, Optional<JobId> job, long ttlMs, long nowMs) {
    if (free() <= 0) {
      throw new IllegalStateException("no free slot to reserve");
    }
    String id = incarnation + "/" + ++reserved;
    var reservation = new ExecutorReservation(id, executor, incarnation, job, nowMs + ttlMs);
    reservations.put(id, new Held(scheduler, reservation));
    return reservation;
  }

  /** Turns a live reservation of the scheduler into a running task; false when there is none. */
  boolean consume(Incarnation scheduler, String reservation, TaskAttemptId attempt) {
    if (lane.consume(scheduler, reservation, attempt)) {
      return true;
    }
    if (!release(scheduler, reservation)) {
      return false;
    }
    running++;
    return true;
  }

  /** Frees a reservation of the scheduler; false when there is none. */
  boolean release(Incarnation scheduler, String reservation) {
    if (lane.release(scheduler, reservation)) {
      return true;
    }
    Held held = reservations.get(reservation);
    if (held == null || !held.scheduler.equals(scheduler)) {
      return false;
    }
    reservations.remove(reservation);
    return true;
  }

  /** A running task ended. Returns whether it ran in the lane. */
  boolean ended(TaskAttemptId attempt) {
    if (lane.ended(attempt)) {
      return true;
    }
    running--;
    return false;
  }

  /** How many other schedulers stand in line. */
  int othersWaiting(Incarnation scheduler) {
    return (int) line.stream().filter(wait -> !wait.scheduler.equals(scheduler)).count();
  }

  int all() {
    return slots;
  }

  /** Slots held for tasks of the job. */
  int reservedFor(JobId job) {
    return (int)
        reservations.values().stream()
            .filter(held -> held.reservation.job().filter(job::equals).isPresent())
            .count();
  }

  /** Hands free slots to those who stand in line, one at a time. */
  Map<Incarnation, List<ExecutorReservation>> serveLine(long nowMs) {
    var offers = new TreeMap<Incarnation, List<ExecutorReservation>>();
    while (free() > 0 && !line.isEmpty()) {
      Wait head = line.remove();
      offers
          .computeIfAbsent(head.scheduler, _ -> new ArrayList<>())
          .add(reserve(head.scheduler, Optional.empty(), head.ttlMs, nowMs));
      if (head.wanted > 1) {
        line.add(new Wait(head.scheduler, head.wanted - 1, head.ttlMs, head.expiresAtMs));
      }
    }
    return offers;
  }

  /** What a scheduler had is free again, and it stands in line no more. */
  void forget(Incarnation scheduler) {
    reservations.values().removeIf(held -> held.scheduler.equals(scheduler));
    line.removeIf(wait -> wait.scheduler.equals(scheduler));
    answered.remove(scheduler);
    lane.forget(scheduler);
  }

  /** Returns how many reservations came to their end unused. */
  int expire(long nowMs) {
    lane.expire(nowMs);
    int before = reservations.size();
    reservations.values().removeIf(held -> held.reservation.expiresAtMs() <= nowMs);
    line.removeIf(wait -> wait.expiresAtMs <= nowMs);
    return before - reservations.size();
  }

  void encode(RecordWriter out) {
    lane.encode(out);
    out.number(slots).number(running).flag(closed).number(reserved);
    out.list(
        reservations.values(),
        (o, held) ->
            o.text(held.scheduler.value())
                .text(held.reservation.id())
                .text(held.reservation.job().map(JobId::value).orElse(""))
                .number(held.reservation.expiresAtMs()));
    out.list(
        line,
        (o, wait) ->
            o.text(wait.scheduler.value())
                .number(wait.wanted)
                .number(wait.ttlMs)
                .number(wait.expiresAtMs));
    out.list(
        answered.entrySet(),
        (o, entry) ->
            o.text(entry.getKey().value())
                .number(entry.getValue().request)
                .list(entry.getValue().granted, RecordWriter::text));
  }
}

package io.mangonel.core.agent;

import io.mangonel.core.RecordWriter;
import io.mangonel.core.task.Incarnation;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The scheduler incarnations that were last found gone: what they sent before may still arrive, and
 * nobody would use what it gets. Bounded; the oldest is forgotten first.
 */
final class GoneSchedulers {
  private final int most;
  private final Deque<Incarnation> gone = new ArrayDeque<>();

  GoneSchedulers(int most) {
    this.most = most;
  }

  void add(Incarnation scheduler) {
    gone.remove(scheduler);
    gone.add(scheduler);
    if (gone.size() > most) {
      gone.remove();
    }
  }

  /** It is in reach again: it was silent, not dead. */
  void remove(Incarnation scheduler) {
    gone.remove(scheduler);
  }

  boolean contains(Incarnation scheduler) {
    return gone.contains(scheduler);
  }

  void encode(RecordWriter out) {
    out.list(gone, (o, scheduler) -> o.text(scheduler.value()));
  }
}

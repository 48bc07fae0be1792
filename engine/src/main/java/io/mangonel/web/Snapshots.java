package io.mangonel.web;

import io.mangonel.scheduler.query.Answer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Answers that many ask for: one is made at a time for each key, and serves all who ask within
 * {@link WebLimits#SNAPSHOT_MS}. So the work of the scheduler's loop does not grow with the number
 * of open pages. Thread-safe.
 */
final class Snapshots {
  private final Map<String, Slot> slots =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Slot> eldest) {
          return size() > WebLimits.SNAPSHOTS_MAX;
        }
      };

  private static final class Slot {
    private Answer<?> answer = new Answer.Retryable<>("not asked yet");
    private long madeAtNs;
    private boolean made;
  }

  /** The answer to {@code key}, at most {@link WebLimits#SNAPSHOT_MS} old. */
  @SuppressWarnings("unchecked") // A key is always asked with the same kind of answer.
  <T> Answer<T> get(String key, Supplier<Answer<T>> ask) {
    Slot slot;
    synchronized (slots) {
      slot = slots.computeIfAbsent(key, _ -> new Slot());
    }
    synchronized (slot) {
      boolean fresh =
          slot.made && System.nanoTime() - slot.madeAtNs < WebLimits.SNAPSHOT_MS * 1_000_000;
      if (!fresh) {
        slot.answer = ask.get();
        slot.madeAtNs = System.nanoTime();
        slot.made = true;
      }
      return (Answer<T>) slot.answer;
    }
  }

  /** The next who asks gets a new answer: something was changed on request. */
  void forget(String key) {
    synchronized (slots) {
      slots.remove(key);
    }
  }
}

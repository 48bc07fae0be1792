package io.mangonel.core.record;

import java.util.List;

/**
 * One transaction: all of {@code changes} in this order, if and only if this scheduler's key has
 * the creation revision the core was made with and the count {@code count}; it sets the count to
 * {@code count + 1} (rule D1). No other guard: a refusal says something about this scheduler only.
 *
 * <p>Two changes of a commit may touch the same key, as a job that is created and cancelled at
 * once: the later one counts, and the shell sends only that (stores refuse both in a transaction).
 *
 * <p>The shell maps a commit to operations once and sends exactly those again when it gets the same
 * commit again (rule D2). It answers each with one {@code CommitAnswered} event.
 */
public record Commit(long count, List<Change> changes) {
  public Commit {
    changes = List.copyOf(changes);
  }

  /** What became of it. */
  public enum Outcome {
    DONE,
    /** A guard did not hold; nothing changed by this sending. */
    REFUSED,
    /** It may have been done, may be done later, or never. */
    UNKNOWN,
    /** The store is full; nothing changed. */
    NO_SPACE
  }
}

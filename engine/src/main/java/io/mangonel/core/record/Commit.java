package io.mangonel.core.record;

import io.mangonel.core.task.JobId;
import java.util.List;
import java.util.Set;

/**
 * One transaction: all of {@code changes} in this order, if and only if this scheduler's key has
 * the creation revision the core was made with and the count {@code count}, and nobody holds the
 * idempotency key of a job that it creates (rule D6); it sets the count to {@code next} (rule D1).
 *
 * <p>A commit that takes the place of a refused one has the same {@code count} and a higher {@code
 * next}: so the key tells which of the two was done.
 *
 * <p>Two changes of a commit may touch the same key, as a job that is created and cancelled at
 * once: the later one counts, and the shell sends only that (stores refuse both in a transaction).
 *
 * <p>The shell maps a commit to operations once and sends exactly those again when it gets the same
 * commit again (rule D2). It answers each with one {@code CommitAnswered} event.
 */
public record Commit(long count, long next, List<Change> changes) {
  public Commit {
    if (next <= count) {
      throw new IllegalArgumentException("from count " + count + " to " + next);
    }
    changes = List.copyOf(changes);
  }

  /** The first of its count. */
  public Commit(long count, List<Change> changes) {
    this(count, count + 1, changes);
  }

  /** The same count without what is about these jobs. */
  public Commit without(Set<JobId> jobs, long higherNext) {
    return new Commit(
        count, higherNext, changes.stream().filter(change -> !change.isOf(jobs)).toList());
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

package io.mangonel.wire.peer;

import io.mangonel.core.task.JobId;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What a scheduler answers to other schedulers. Called on virtual threads, so each may block, but
 * only within the deadline of its call.
 *
 * @param awaitJob waits for the end of a job, at most for so many milliseconds
 * @param readResult the result of a job is being read elsewhere: it is kept as if it were read here
 * @param reattach a statement is sent again
 * @param moveOn principal and session: what the session sends from now on starts anew
 */
public record PeerEndpoint(
    BiFunction<JobId, Long, JobProgress> awaitJob,
    Consumer<JobId> readResult,
    Function<Resent, Reattached> reattach,
    BiConsumer<String, String> moveOn) {

  /** How far a job is. */
  public enum JobProgress {
    /** It is not the asked scheduler's, or it has only just become so. */
    NOT_OWNED,
    RUNNING,
    /** Durably, or it is about to be. */
    ENDED
  }

  /**
   * A statement as its session sends it.
   *
   * @param hash of what must be the same: statement with its parameters, settings, directory
   */
  public record Resent(String principal, String session, String hash) {}

  /**
   * What there is for it.
   *
   * @param job its job, which nobody else gets
   * @param more whether the session has more jobs that wait for their statement
   */
  public record Reattached(Optional<JobId> job, boolean more) {}
}

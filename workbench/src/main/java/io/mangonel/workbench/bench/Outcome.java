package io.mangonel.workbench.bench;

import io.mangonel.cli.options.CommandFailure;
import io.mangonel.workbench.contest.Answer;
import io.mangonel.workbench.contest.Contestant;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How one query ended. */
sealed interface Outcome {
  /**
   * @param ms from the statement's text to the last row
   * @param cpuMs processor time meanwhile of everything that took part
   */
  record Answered(double ms, long cpuMs, Answer answer) implements Outcome {}

  /** It was cancelled at its time limit. */
  record TimedOut(long limitMs) implements Outcome {}

  /** It failed; the message is the client's. */
  record Failed(String message) implements Outcome {}

  /** Runs a query to its end, at most for {@code limitMs}. */
  static Outcome of(Contestant contestant, String sql, long limitMs) {
    FutureTask<Answered> task = new FutureTask<>(() -> timed(contestant, sql));
    // DuckDB is native code: it would pin a virtual thread's carrier.
    Thread.ofPlatform().daemon().name("query").start(task);
    try {
      return task.get(limitMs, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      return failure(e.getCause());
    } catch (TimeoutException e) {
      return cancelled(contestant, task, limitMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  private static Answered timed(Contestant contestant, String sql)
      throws IOException, SQLException {
    long cpuMs = contestant.cpuMs();
    long startNs = System.nanoTime();
    Answer answer = contestant.answer(sql);
    double ms = (System.nanoTime() - startNs) / 1e6;
    return new Answered(ms, contestant.cpuMs() - cpuMs, answer);
  }

  private static Outcome cancelled(Contestant contestant, FutureTask<Answered> task, long limitMs) {
    contestant.cancel();
    try {
      task.get(Limits.CANCEL_GRACE_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      return new TimedOut(limitMs);
    } catch (TimeoutException e) {
      throw CommandFailure.failed(contestant.name() + " did not end a query that was cancelled");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
    return new TimedOut(limitMs);
  }

  private static Outcome failure(@Nullable Throwable cause) {
    return switch (cause) {
      case CommandFailure e -> new Failed(String.valueOf(e.getMessage()));
      case IOException e -> new Failed(String.valueOf(e.getMessage()));
      case SQLException e -> new Failed(String.valueOf(e.getMessage()));
      case Error e -> throw e;
      case null, default -> throw new IllegalStateException("cannot run a query", cause);
    };
  }
}

package io.mangonel.executor.task;

import io.mangonel.core.task.Failure;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops one task. DuckDB only hears a cancel while a statement executes and ignores it a moment
 * before, so it is repeated until the task has ended.
 */
public final class TaskStop {
  private static final Logger LOG = LoggerFactory.getLogger(TaskStop.class);
  private static final long REPEAT_MS = 20;

  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Statement statement;
  private volatile @Nullable Failure reason;

  /** Guarded by this: who waits for inputs. */
  private @Nullable Thread waiting;

  /** The statement that the task runs now, or null between two. */
  void runs(@Nullable Statement now) {
    statement = now;
  }

  /** Whether a statement runs that a stop would cancel. */
  boolean isRunning() {
    return statement != null;
  }

  /** This thread waits for inputs from now on, and is interrupted when the task has to stop. */
  synchronized void waits() {
    waiting = Thread.currentThread();
    if (reason != null) {
      waiting.interrupt();
    }
  }

  /** It waits no more; an interrupt that came too late is taken back. */
  synchronized void waited() {
    waiting = null;
    boolean _ = Thread.interrupted();
  }

  /** Why the task has to stop, once somebody said so. */
  Optional<Failure> reason() {
    return Optional.ofNullable(reason);
  }

  /** Asks the task to stop; the first reason counts. Returns at once. */
  public synchronized void stop(Failure because) {
    if (reason != null || ended.getCount() == 0) {
      return;
    }
    reason = because;
    if (waiting != null) {
      waiting.interrupt();
    }
    Thread.ofVirtual().name("task-stop").start(this::cancelUntilEnded);
  }

  private void cancelUntilEnded() {
    try {
      do {
        cancelOnce();
      } while (!ended.await(REPEAT_MS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void cancelOnce() {
    Statement running = statement;
    if (running == null) {
      return;
    }
    try {
      running.cancel();
    } catch (SQLException closed) {
      LOG.debug("the statement ended while it was cancelled: {}", closed.getMessage());
    }
  }

  /** The task has ended: nothing is cancelled any more. */
  void end() {
    statement = null;
    ended.countDown();
  }
}

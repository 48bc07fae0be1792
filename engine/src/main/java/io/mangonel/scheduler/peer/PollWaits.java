package io.mangonel.scheduler.peer;

import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.wire.executor.ExecutorMessages.LaunchBatch;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Executors that poll and wait for work: one call each, the latest. Thread-safe. */
public final class PollWaits {
  private record Run(ExecutorId executor, Incarnation incarnation) {}

  private final Map<Run, CompletableFuture<LaunchBatch>> polls = new ConcurrentHashMap<>();

  /** To be called before the offer reaches the loop; then {@link #await}. */
  CompletableFuture<LaunchBatch> open(ExecutorId executor, Incarnation incarnation) {
    var poll = new CompletableFuture<LaunchBatch>();
    var before = polls.put(new Run(executor, incarnation), poll);
    if (before != null) {
      before.cancel(false);
    }
    return poll;
  }

  /** Waits for work; without any in time, a batch without launches. */
  LaunchBatch await(
      ExecutorId executor,
      Incarnation incarnation,
      Incarnation self,
      CompletableFuture<LaunchBatch> poll) {
    var nothing = new LaunchBatch(incarnation, self, List.of(), List.of(), List.of());
    try {
      return poll.get(ShellLimits.POLL_DEADLINE_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // Whoever removes it decides: a batch that comes now would be lost.
      return polls.remove(new Run(executor, incarnation), poll) ? nothing : poll.getNow(nothing);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return nothing;
    } catch (java.util.concurrent.CancellationException | ExecutionException e) {
      return nothing;
    }
  }

  /** Answers the executor's poll with the batch; false when it does not poll now. */
  boolean answer(ExecutorId executor, Incarnation incarnation, LaunchBatch batch) {
    CompletableFuture<LaunchBatch> poll = polls.remove(new Run(executor, incarnation));
    return poll != null && poll.complete(batch);
  }
}

package io.mangonel.scheduler.loop;

import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.SchedulerCore;
import io.mangonel.scheduler.limits.ShellLimits;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * The only way to the event loop. Any thread but the loop's may add; bounded. Closed when the loop
 * has ended: what is added then is dropped, and questions have no answer.
 */
public final class EventQueue implements AutoCloseable {
  private volatile boolean closed;
  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(ShellLimits.QUEUE_ITEMS_MAX);

  sealed interface Item {
    /**
     * @param sinceNs when it was added
     */
    record Step(Event event, long sinceNs) implements Item {}

    record Ask<T>(Function<SchedulerCore, T> question, CompletableFuture<T> answer)
        implements Item {
      void answer(SchedulerCore core) {
        answer.complete(question.apply(core));
      }
    }
  }

  /** A request from outside: false when there is too much to do already. */
  public boolean offer(Event event) {
    return !closed
        && items.size() < ShellLimits.QUEUE_ADMITTED_MAX
        && items.offer(new Item.Step(event, System.nanoTime()));
  }

  /** What the core waits for: an outcome, a timer. Waits while the queue is full. */
  public void put(Event event) {
    putItem(new Item.Step(event, System.nanoTime()));
  }

  /**
   * Asks the state after everything that was added before; empty when the loop does not answer in
   * time, because it is overloaded or has ended.
   */
  public <T> Optional<T> ask(Function<SchedulerCore, T> question) {
    var answer = new CompletableFuture<T>();
    putItem(new Item.Ask<>(question, answer));
    if (closed) { // Perhaps after the queue was emptied for the last time.
      answer.cancel(false);
    }
    try {
      return Optional.of(answer.get(ShellLimits.ASK_DEADLINE_MS, TimeUnit.MILLISECONDS));
    } catch (TimeoutException | CancellationException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a question failed", e);
    }
  }

  /** Items that wait. */
  public int size() {
    return items.size();
  }

  /** Whether the loop has ended: its jobs are another scheduler's. */
  public boolean isClosed() {
    return closed;
  }

  private void putItem(Item item) {
    try {
      while (!closed && !items.offer(item, ShellLimits.CLOSED_CHECK_MS, TimeUnit.MILLISECONDS)) {
        // Full: the loop is behind, or has just ended.
      }
    } catch (InterruptedException e) {
      // Its thread is being ended with the whole scheduler: nobody takes events any more.
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the first item, then takes what else is there; none after {@code waitMs}. */
  List<Item> take(long waitMs) throws InterruptedException {
    Item first = items.poll(Math.max(0, waitMs), TimeUnit.MILLISECONDS);
    if (first == null) {
      return List.of();
    }
    var batch = new java.util.ArrayList<Item>();
    batch.add(first);
    items.drainTo(batch, ShellLimits.BATCH_ITEMS_MAX - 1);
    return batch;
  }

  /** Nobody takes items any more. */
  @Override
  public void close() {
    closed = true;
    for (Item item = items.poll(); item != null; item = items.poll()) {
      if (item instanceof Item.Ask<?> ask) {
        ask.answer.cancel(false);
      }
    }
  }
}

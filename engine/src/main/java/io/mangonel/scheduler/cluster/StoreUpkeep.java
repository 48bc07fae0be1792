package io.mangonel.scheduler.cluster;

import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.task.Incarnation;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.loop.EventQueue;
import io.mangonel.scheduler.store.StoreSweep;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a shared store small (rule D10): measures it, has it forget old revisions, trims it when
 * the core says so. On a thread of its own, for making space may take minutes.
 */
public final class StoreUpkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreUpkeep.class);

  private final StateBackend backend;
  private final Incarnation self;
  private final Members members;
  private final StoreSweep sweep;
  private final EventQueue events;
  private final Consumer<Throwable> onFatal;
  private final AtomicBoolean trimming = new AtomicBoolean();
  private final ScheduledExecutorService thread = thread("scheduler-store");

  /** For it has to be known how full the store is while space is made. */
  private final ScheduledExecutorService measuring = thread("scheduler-store-size");

  private volatile Optional<StateBackend.Space> space = Optional.empty();

  /**
   * @param onFatal gets an error that no code of ours expected
   */
  public StoreUpkeep(
      StateBackend backend,
      Incarnation self,
      Members members,
      StoreSweep sweep,
      EventQueue events,
      Consumer<Throwable> onFatal) {
    this.backend = backend;
    this.self = self;
    this.members = members;
    this.sweep = sweep;
    this.events = events;
    this.onFatal = onFatal;
  }

  private static ScheduledExecutorService thread(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().name(name).daemon().factory());
  }

  public void start() {
    every(measuring, ShellLimits.STORE_MEASURE_MS, this::measure);
    every(thread, ShellLimits.COMPACT_MS, this::compact);
  }

  private void every(ScheduledExecutorService on, long periodMs, Runnable work) {
    var _ =
        on.scheduleWithFixedDelay(() -> guarded(work), periodMs, periodMs, TimeUnit.MILLISECONDS);
  }

  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (StateException e) {
      LOG.warn("the store is not looked after now: {}", e.getMessage());
    } catch (RuntimeException | Error bug) {
      if (!thread.isShutdown()) { // Else the store was closed.
        onFatal.accept(bug);
      }
    }
  }

  private void measure() {
    Optional<StateBackend.Space> now = backend.space();
    space = now;
    now.ifPresent(
        found ->
            events.put(
                new Event.StoreMeasured(
                    found.usedBytes(), found.quotaBytes(), found.takesNothing())));
  }

  /** As it was measured last; empty when it could not be. */
  public Optional<StateBackend.Space> space() {
    return space;
  }

  private void compact() {
    if (members.isFirst(self)) {
      backend.compact();
    }
  }

  /** Never waits. While it is being done, another wish for it is dropped: the core asks again. */
  public void trim(Effect.TrimStore trim) {
    if (trimming.getAndSet(true)) {
      return;
    }
    try {
      thread.execute(
          () -> {
            guarded(() -> trimNow(trim));
            trimming.set(false);
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("closing: nothing is trimmed any more");
    }
  }

  /**
   * Old revisions are the most of it, and gone in a second or two; to find what to delete takes
   * longer. A full store is written anew once in a while only: then what can go goes first.
   */
  private void trimNow(Effect.TrimStore trim) {
    LOG.warn("the store has little space left: {}", space);
    if (trim.first() && space.filter(StateBackend.Space::takesNothing).isEmpty()) {
      backend.reclaim();
      measure();
    }
    sweep.runPressed();
    if (trim.first()) {
      backend.reclaim();
    }
    measure();
  }

  @Override
  public void close() {
    thread.shutdownNow();
    measuring.shutdownNow();
  }
}

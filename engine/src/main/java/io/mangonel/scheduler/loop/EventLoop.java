package io.mangonel.scheduler.loop;

import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.SchedulerCore;
import io.mangonel.core.record.Commit;
import io.mangonel.scheduler.limits.ShellLimits;
import java.util.function.Consumer;

/**
 * One thread that owns all state: it takes events, steps the core with each, hands the commit to
 * the committer and the effects on. It never waits for anything but events.
 */
public final class EventLoop implements AutoCloseable {
  private final SchedulerCore core;
  private final EventQueue queue;
  private final Consumer<Commit> committer;
  private final Consumer<Effect> effects;
  private final Clock clock;
  private final long tickMs;
  private final Thread thread;

  private volatile long roundAtMs;
  private volatile boolean closed;

  /**
   * @param core made, with everything loaded into it
   * @param onFatal gets an error that no code of ours expected: the process has to end
   */
  public EventLoop(
      SchedulerCore core,
      EventQueue queue,
      Consumer<Commit> committer,
      Consumer<Effect> effects,
      Clock clock,
      long tickMs,
      Consumer<Throwable> onFatal) {
    this.core = core;
    this.queue = queue;
    this.committer = committer;
    this.effects = effects;
    this.clock = clock;
    this.tickMs = tickMs;
    this.roundAtMs = clock.nowMs();
    this.thread =
        Thread.ofPlatform()
            .name("scheduler-loop")
            .unstarted(
                () -> {
                  try {
                    run();
                  } catch (Throwable fatal) {
                    onFatal.accept(fatal);
                  }
                });
  }

  public void start() {
    thread.start();
  }

  /** When the last round ended. */
  public long roundAtMs() {
    return roundAtMs;
  }

  private void run() {
    long tickAtMs = clock.nowMs();
    while (!closed) {
      java.util.List<EventQueue.Item> batch;
      try {
        batch = queue.take(tickAtMs - clock.nowMs());
      } catch (InterruptedException e) {
        return;
      }
      long nowMs = clock.nowMs();
      for (EventQueue.Item item : batch) {
        if (item instanceof EventQueue.Item.Step(Event event)) {
          core.step(event, nowMs);
        }
      }
      if (nowMs >= tickAtMs) {
        core.step(new Event.Tick(), nowMs);
        tickAtMs = nowMs + tickMs;
      }
      perform();
      for (EventQueue.Item item : batch) {
        if (item instanceof EventQueue.Item.Ask<?> ask) {
          ask.answer(core);
        }
      }
      roundAtMs = nowMs;
    }
  }

  private void perform() {
    var ready = core.ready();
    Commit commit = ready.commit();
    if (commit != null) {
      committer.accept(commit);
    }
    ready.effects().forEach(effects);
  }

  /** Ends the thread; what is in the queue is not done. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(ShellLimits.CLOSE_GRACE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

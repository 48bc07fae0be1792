package io.mangonel.scheduler.loop;

import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.Ready;
import io.mangonel.core.owner.SchedulerCore;
import io.mangonel.core.record.Commit;
import io.mangonel.scheduler.limits.ShellLimits;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;

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

  private static final double NANOS_PER_SECOND = 1e9;

  private final DoubleConsumer lag;

  private volatile long roundAtMs;
  private volatile boolean closed;

  /** What time it is, and how often the core hears of it. */
  public record Pace(Clock clock, long tickMs) {}

  /**
   * @param core made, with everything loaded into it
   * @param lag gets the seconds that an event has waited
   * @param onFatal gets an error that no code of ours expected: the process has to end
   */
  public EventLoop(
      SchedulerCore core,
      EventQueue queue,
      Consumer<Commit> committer,
      Consumer<Effect> effects,
      Pace pace,
      DoubleConsumer lag,
      Consumer<Throwable> onFatal) {
    this.core = core;
    this.lag = lag;
    this.queue = queue;
    this.committer = committer;
    this.effects = effects;
    this.clock = pace.clock();
    this.tickMs = pace.tickMs();
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
      List<EventQueue.Item> batch;
      try {
        batch = queue.take(tickAtMs - clock.nowMs());
      } catch (InterruptedException e) {
        break;
      }
      observeLag(batch);
      long nowMs = clock.nowMs();
      for (EventQueue.Item item : batch) {
        if (item instanceof EventQueue.Item.Step(Event event, long _)) {
          core.step(event, nowMs);
        }
      }
      if (nowMs >= tickAtMs) {
        core.step(new Event.Tick(), nowMs);
        tickAtMs = nowMs + tickMs;
      }
      perform(core.ready());
      for (EventQueue.Item item : batch) {
        if (item instanceof EventQueue.Item.Ask<?> ask) {
          ask.answer(core);
        }
      }
      roundAtMs = nowMs;
    }
    settle();
  }

  /**
   * What clients were told ahead of the store (rule D12), and what the commit under way does not
   * have, would be lost: so it is committed, in bounded time, while nothing new is taken.
   */
  private void settle() {
    var _ = Thread.interrupted(); // It only ended the wait.
    long untilMs = clock.nowMs() + ShellLimits.SETTLE_MS;
    perform(core.remaining());
    while (!core.settled() && clock.nowMs() < untilMs) {
      List<EventQueue.Item> batch;
      try {
        batch = queue.take(untilMs - clock.nowMs());
      } catch (InterruptedException e) {
        return;
      }
      for (EventQueue.Item item : batch) {
        switch (item) {
          case EventQueue.Item.Step(Event event, long _) -> {
            if (event instanceof Event.CommitAnswered) {
              core.step(event, clock.nowMs());
            }
          }
          case EventQueue.Item.Ask<?> ask -> ask.answer(core);
        }
      }
      perform(core.remaining());
    }
  }

  /** Of the oldest event taken: the others waited less. */
  private void observeLag(List<EventQueue.Item> batch) {
    for (EventQueue.Item item : batch) {
      if (item instanceof EventQueue.Item.Step(Event _, long sinceNs)) {
        lag.accept((System.nanoTime() - sinceNs) / NANOS_PER_SECOND);
        return;
      }
    }
  }

  private void perform(Ready ready) {
    Commit commit = ready.commit();
    if (commit != null) {
      committer.accept(commit);
    }
    ready.effects().forEach(effects);
  }

  /** Ends the thread once all is durable; what is in the queue is not done. */
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

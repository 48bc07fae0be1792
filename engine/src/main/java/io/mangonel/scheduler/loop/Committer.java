package io.mangonel.scheduler.loop;

import io.mangonel.core.owner.Event;
import io.mangonel.core.record.Commit;
import io.mangonel.scheduler.insight.JobHistories;
import io.mangonel.scheduler.insight.SchedulerMetrics;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.scheduler.store.FencedStore;
import io.mangonel.state.StateException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends commits to the store, one at a time, and reports each outcome to the loop. On a platform
 * thread: the embedded store is native code.
 */
public final class Committer implements AutoCloseable {
  /** The core has one commit in flight and reads the fence only without one. */
  private static final int WORK_MAX = 4;

  private final BlockingQueue<Work> work = new ArrayBlockingQueue<>(WORK_MAX);
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
  private static final double NANOS_PER_SECOND = 1e9;

  private final FencedStore store;
  private final EventQueue events;
  private final Clock clock;
  private final Insight insight;
  private final Thread thread;

  private volatile long busySinceMs = Long.MAX_VALUE;
  private long sentCount = -1;

  /** Who watches the commits; called on the committer's thread. */
  public record Insight(JobHistories histories, SchedulerMetrics metrics) {}

  private sealed interface Work {
    record Send(Commit commit) implements Work {}

    record ReadFence() implements Work {}
  }

  /**
   * @param onFatal gets an error of the store that cannot be told as an outcome: the process has to
   *     end
   */
  public Committer(
      FencedStore store,
      EventQueue events,
      Clock clock,
      Insight insight,
      Consumer<Throwable> onFatal) {
    this.insight = insight;
    this.store = store;
    this.events = events;
    this.clock = clock;
    this.thread =
        Thread.ofPlatform()
            .name("scheduler-committer")
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

  /** Never waits; called by the loop. */
  public void commit(Commit commit) {
    work.add(new Work.Send(commit));
  }

  /** Never waits; called by the loop. */
  public void readFence() {
    work.add(new Work.ReadFence());
  }

  /** How long the commit under way has been so; 0 without one. */
  public long busyMs() {
    return Math.max(0, clock.nowMs() - busySinceMs);
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      Work next;
      try {
        next = work.take();
      } catch (InterruptedException e) {
        return;
      }
      busySinceMs = clock.nowMs();
      Event answer =
          switch (next) {
            case Work.Send(Commit commit) -> new Event.CommitAnswered(commit.count(), send(commit));
            case Work.ReadFence() -> readFenceNow();
          };
      busySinceMs = Long.MAX_VALUE;
      events.put(answer);
    }
  }

  private Event readFenceNow() {
    try {
      return store.readFence();
    } catch (StateException e) {
      LOG.warn("this scheduler's key cannot be read now: {}", e.getMessage());
      return new Event.FenceUnreadable();
    }
  }

  private Commit.Outcome send(Commit commit) {
    if (commit.count() != sentCount) { // Else it is sent again, and was seen.
      sentCount = commit.count();
      insight.histories().add(commit, clock.nowMs());
    }
    long startNs = System.nanoTime();
    Commit.Outcome outcome = store.commit(commit);
    insight.metrics().committed(commit, outcome, (System.nanoTime() - startNs) / NANOS_PER_SECOND);
    return outcome;
  }

  /** Waits for the commit under way, then ends. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(ShellLimits.CLOSE_GRACE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.mangonel.executor;

import io.mangonel.core.agent.AgentCore;
import io.mangonel.core.agent.AgentEffect;
import io.mangonel.core.agent.AgentEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that owns the agent: takes events, steps the core, hands its effects on. */
final class AgentLoop {
  private static final Logger LOG = LoggerFactory.getLogger(AgentLoop.class);

  private final AgentCore core;
  private final LongSupplier clockMs;
  private final long tickMs;
  private final Limits limits;
  private final BlockingQueue<AgentEvent> events;
  private @Nullable Thread thread;
  private volatile boolean stopped;

  AgentLoop(AgentCore core, LongSupplier clockMs, long tickMs, Limits limits) {
    this.core = core;
    this.clockMs = clockMs;
    this.tickMs = tickMs;
    this.limits = limits;
    this.events = new ArrayBlockingQueue<>(limits.eventsMax());
  }

  /**
   * @param perform does what the core wants; must neither block nor throw
   * @param died told when the loop ends by a bug: the process is of no more use
   */
  void start(Consumer<List<AgentEffect>> perform, Consumer<String> died) {
    thread = Thread.ofPlatform().name("agent-loop").start(() -> run(perform, died));
  }

  /** Hands in an event; blocks while the queue is full. False once the loop has stopped. */
  boolean submit(AgentEvent event) {
    try {
      while (!stopped) {
        if (events.offer(event, tickMs, TimeUnit.MILLISECONDS)) {
          return true;
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private void run(Consumer<List<AgentEffect>> perform, Consumer<String> died) {
    long tickedAtMs = clockMs.getAsLong();
    List<AgentEvent> round = new ArrayList<>();
    try {
      while (!stopped) {
        AgentEvent first = events.poll(tickMs, TimeUnit.MILLISECONDS);
        if (first != null) {
          round.add(first);
          events.drainTo(round, limits.eventsPerRound() - 1);
        }
        long nowMs = clockMs.getAsLong();
        if (nowMs - tickedAtMs >= tickMs) {
          tickedAtMs = nowMs;
          round.add(new AgentEvent.Tick());
        }
        round.forEach(event -> core.step(event, nowMs));
        round.clear();
        perform.accept(core.ready());
      }
    } catch (InterruptedException stop) {
      LOG.debug("the agent's loop was interrupted");
    } catch (RuntimeException bug) {
      LOG.error("the agent failed by a bug", bug);
      died.accept("internal error: " + bug);
    } finally {
      stopped = true;
    }
  }

  /** Ends the thread after the round it is in. */
  void stop(long waitMs) {
    stopped = true;
    Thread running = thread;
    if (running == null) {
      return;
    }
    try {
      running.join(waitMs);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

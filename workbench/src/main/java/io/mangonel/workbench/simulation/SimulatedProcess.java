package io.mangonel.workbench.simulation;

import io.mangonel.workbench.simulation.world.World;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a scheduler and an executor have in common: they run, stand still, or are dead, and have a
 * clock of their own, which never goes back.
 */
final class SimulatedProcess {
  private final World world;
  private final Deque<Runnable> arrived = new ArrayDeque<>(); // While it stands still.
  private long jumpsMs;
  private boolean stopped;
  private boolean hanging; // Its loop, and nothing else.
  private boolean dead;

  SimulatedProcess(World world) {
    this.world = world;
  }

  void die() {
    dead = true;
    arrived.clear();
  }

  boolean dead() {
    return dead;
  }

  boolean stopped() {
    return stopped && !dead;
  }

  boolean up() {
    return !dead && !stopped;
  }

  /** Whether threads other than its loop run. */
  boolean answers() {
    return !dead && (!stopped || hanging);
  }

  /** What its clock says. */
  long nowMs() {
    return world.nowMs() + jumpsMs;
  }

  /** How far it has jumped ahead of the world's. */
  long jumpsMs() {
    return jumpsMs;
  }

  /**
   * Its clock goes on at once.
   *
   * @param name for the trace
   */
  void jump(Object name, long byMs) {
    world.say("the clock of " + name + " jumps by " + byMs + " ms");
    jumpsMs += byMs;
  }

  /**
   * Stands still; what arrives meanwhile it finds when it goes on.
   *
   * @param name for the trace
   */
  void stop(Object name, long forMs) {
    if (!up()) {
      return;
    }
    world.say(name + " stands still for " + forMs + " ms");
    stopped = true;
    world.after(
        forMs,
        () -> {
          stopped = false;
          hanging = false;
          while (!arrived.isEmpty() && !stopped) {
            arrived.remove().run();
          }
        });
  }

  /**
   * Its loop stands still, and what other threads do goes on.
   *
   * @param name for the trace
   */
  void hang(Object name, long forMs) {
    if (up()) {
      world.say("the loop of " + name + " hangs for " + forMs + " ms");
      stop(name, forMs);
      hanging = true;
    }
  }

  /** Runs it in this process: now, when it goes on, or never. */
  void arrive(Runnable action) {
    if (dead) {
      return;
    }
    if (stopped) {
      arrived.add(action);
    } else {
      action.run();
    }
  }

  /** An outcome that comes later, if the process is still there. */
  void later(long delayMs, Runnable action) {
    world.after(delayMs, () -> arrive(action));
  }

  /** Again and again while it lives, on a thread that is not its loop. */
  void everyBeside(long periodMs, Runnable action) {
    world.after(
        periodMs,
        () -> {
          if (!dead) {
            if (answers()) {
              action.run();
            }
            everyBeside(periodMs, action);
          }
        });
  }

  /** Again and again while it lives; not while it stands still. */
  void every(long periodMs, Runnable action) {
    world.after(
        periodMs,
        () -> {
          if (!dead) {
            if (!stopped) {
              action.run();
            }
            every(periodMs, action);
          }
        });
  }
}

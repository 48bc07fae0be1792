package io.mangonel.workbench.simulation;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a scheduler and an executor have in common: they run, stand still, or are dead. */
final class SimulatedProcess {
  private final World world;
  private final Deque<Runnable> arrived = new ArrayDeque<>(); // While it stands still.
  private boolean stopped;
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
          while (!arrived.isEmpty() && !stopped) {
            arrived.remove().run();
          }
        });
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
}

package io.mangonel.workbench.explore;

import io.mangonel.workbench.simulation.world.Scenario;

/**
 * What may happen in an exploration, beside that everything under way arrives in any order.
 *
 * @param scenario what the oracle forgives
 * @param faultsMax faults in one history
 * @param ticksMax times in one history that a second passes
 * @param executorsDie whether executors die
 * @param messagesAreLost whether messages are lost, and clients cancel
 */
record Scope(
    String name,
    Scenario scenario,
    int faultsMax,
    int ticksMax,
    boolean executorsDie,
    boolean messagesAreLost) {

  /** Only owners change: nothing that was started may start again. */
  static Scope owners(int faultsMax) {
    return new Scope("owners", Scenario.SEVERAL_DIE, faultsMax, 1, false, false);
  }

  /** Executors die, messages are lost, clients cancel, too. */
  static Scope all(int faultsMax) {
    return new Scope("all", Scenario.SEVERAL_WILD, faultsMax, 3, true, true);
  }
}

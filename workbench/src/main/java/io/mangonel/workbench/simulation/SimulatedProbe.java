package io.mangonel.workbench.simulation;

import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.suspicion.SuspicionLimits;
import io.mangonel.core.suspicion.Witness;
import io.mangonel.core.task.Incarnation;
import io.mangonel.workbench.simulation.world.Network;
import io.mangonel.workbench.simulation.world.World;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** How a process looks who is at the address of a scheduler, for itself or as a witness. */
final class SimulatedProbe {
  private static final int ANSWER_MAX_MS = 20;
  private static final long SILENT_MS = 1_000;

  private final Simulation simulation;
  private final World world;
  private final Network network;
  private final SimulatedProcess process;
  private final String name;
  private final Supplier<String> observer;

  /**
   * @param name of the process that looks, in the network, where two may have the same
   * @param observer its name in what it testifies
   */
  SimulatedProbe(
      Simulation simulation, SimulatedProcess process, String name, Supplier<String> observer) {
    this.simulation = simulation;
    this.world = simulation.world;
    this.network = simulation.network;
    this.process = process;
    this.name = name;
    this.observer = observer;
  }

  /** One attempt. */
  void look(Incarnation scheduler, String address, Consumer<Sighting> then) {
    world.after(
        1 + world.random.nextInt(ANSWER_MAX_MS),
        () -> {
          Sighting seen = seen(scheduler, address);
          simulation.oracle.evidence().sighted(observer.get(), scheduler, seen, world.nowMs());
          long answerMs =
              seen == Sighting.SILENT ? SILENT_MS : 1 + world.random.nextInt(ANSWER_MAX_MS);
          process.later(answerMs, () -> then.accept(seen));
        });
  }

  private Sighting seen(Incarnation scheduler, String address) {
    if (network.rejects(name, address)) {
      return Sighting.REFUSED;
    }
    if (!network.bothWays(name, address)) {
      return Sighting.SILENT;
    }
    SimulatedScheduler there = simulation.at(address).orElse(null);
    if (there == null || !there.listens()) {
      return Sighting.REFUSED;
    }
    if (!there.answers()) {
      return Sighting.SILENT;
    }
    return there.self().equals(scheduler) ? Sighting.ALIVE : Sighting.REPLACED;
  }

  /** As often as a witness has to look. */
  void testify(Incarnation scheduler, String address, Consumer<Sighting> then) {
    testify(new Witness(SuspicionLimits.DEFAULTS), scheduler, address, then);
  }

  private void testify(
      Witness witness, Incarnation scheduler, String address, Consumer<Sighting> then) {
    witness
        .nextPauseMs()
        .ifPresentOrElse(
            pauseMs ->
                process.later(
                    pauseMs,
                    () ->
                        look(
                            scheduler,
                            address,
                            seen -> {
                              witness.tried(seen);
                              testify(witness, scheduler, address, then);
                            })),
            () -> then.accept(witness.testimony()));
  }
}

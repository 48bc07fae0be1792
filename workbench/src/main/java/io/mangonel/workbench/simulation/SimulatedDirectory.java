package io.mangonel.workbench.simulation;

import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.task.Incarnation;
import io.mangonel.workbench.simulation.world.World;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which schedulers an executor finds at which addresses, as the product's directory does: it asks
 * who is there, again and again, and learns further addresses from the answers.
 */
final class SimulatedDirectory {
  private static final int FIRST_MAX_MS = 200;
  private static final int LOOK_MAX_MS = 20;
  private static final long NOBODY_MS = 200;
  private static final long DISCOVERY_MS = 1_000;
  private static final long GONE_MS = 10_000;

  private record Seen(@Nullable Incarnation scheduler, long answeredAtMs) {}

  private final Simulation simulation;
  private final World world;
  private final SimulatedExecutor executor;
  private final SimulatedProcess process;
  private final List<String> seeds;
  private final Map<String, Seen> byAddress = new TreeMap<>();
  private final Map<Incarnation, String> byIncarnation = new TreeMap<>();

  SimulatedDirectory(Simulation simulation, SimulatedExecutor executor, SimulatedProcess process) {
    this.simulation = simulation;
    this.world = simulation.world;
    this.executor = executor;
    this.process = process;
    this.seeds = simulation.seeds();
    seeds.forEach(this::learn);
    process.later(world.random.nextInt(FIRST_MAX_MS), this::round);
  }

  /** A scheduler says where schedulers are. */
  void announced(List<String> addresses) {
    addresses.forEach(this::learn);
    lookSoon();
  }

  private void learn(String address) {
    byAddress.putIfAbsent(address, new Seen(null, process.nowMs()));
  }

  private void round() {
    lookNow();
    process.later(byIncarnation.isEmpty() ? NOBODY_MS : DISCOVERY_MS, this::round);
  }

  /** Soon, without waiting for the next round. */
  void lookSoon() {
    process.later(world.random.nextInt(LOOK_MAX_MS), this::lookNow);
  }

  private void lookNow() {
    for (String address : List.copyOf(byAddress.keySet())) {
      silent(address);
      String me = executor.setup.id().value();
      simulation.network.send(me, address, () -> asked(me, address));
    }
  }

  /** At the other end: whoever is there then answers for itself. */
  private void asked(String me, String address) {
    simulation
        .at(address)
        .filter(SimulatedScheduler::up)
        .ifPresent(
            there -> {
              var others = there.member().addresses();
              simulation.network.send(
                  address, me, () -> process.arrive(() -> answered(address, there.self(), others)));
            });
  }

  private void answered(String address, Incarnation now, List<String> others) {
    Seen before = byAddress.put(address, new Seen(now, process.nowMs()));
    others.forEach(this::learn);
    if (before != null && before.scheduler != null && !before.scheduler.equals(now)) {
      gone(address, before.scheduler);
    }
    if (byIncarnation.putIfAbsent(now, address) == null) {
      executor.receive(new AgentEvent.SchedulerFound(now));
    }
  }

  private void silent(String address) {
    Seen before = byAddress.get(address);
    if (before == null || process.nowMs() - before.answeredAtMs <= GONE_MS) {
      return;
    }
    if (before.scheduler != null) {
      gone(address, before.scheduler);
      byAddress.put(address, new Seen(null, before.answeredAtMs));
    } else if (!seeds.contains(address)) {
      byAddress.remove(address);
    }
  }

  private void gone(String address, Incarnation scheduler) {
    if (byIncarnation.remove(scheduler, address)) {
      executor.receive(new AgentEvent.SchedulerGone(scheduler));
    }
  }

  boolean knows(String address) {
    return byAddress.containsKey(address);
  }

  Optional<String> addressOf(Incarnation scheduler) {
    return Optional.ofNullable(byIncarnation.get(scheduler));
  }
}

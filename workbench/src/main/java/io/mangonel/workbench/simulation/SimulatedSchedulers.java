package io.mangonel.workbench.simulation;

import io.mangonel.core.owner.Limits;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.state.StateException;
import io.mangonel.workbench.simulation.world.Fault;
import io.mangonel.workbench.simulation.world.Network;
import io.mangonel.workbench.simulation.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The schedulers there are: one, or two or three that share the store. A supervisor restarts each.
 */
final class SimulatedSchedulers {
  private static final int DOWN_MAX_MS = 3_000;

  /** The heir's grace, and what it takes to list and to claim. */
  private static final long ALONE_MAX_MS = 4_000;

  private static final int CUT_MAX_MS = 9_000; // Often longer than a lease.

  /** A scheduler and its successors. */
  private static final class Seat {
    final int number;
    String address;
    @Nullable SimulatedScheduler scheduler;

    Seat(int number) {
      this.number = number;
      this.address = "h:" + number;
    }

    boolean up() {
      return scheduler != null && scheduler.up();
    }
  }

  private final Simulation simulation;
  private final World world;
  private final Limits limits;
  private final List<Seat> seats = new ArrayList<>();
  private final List<String> seeds;
  private final Map<String, SimulatedScheduler> byAddress = new TreeMap<>();
  private final Map<JobId, Long> aloneSinceMs = new TreeMap<>();
  private int runs;

  SimulatedSchedulers(Simulation simulation, Limits limits) {
    this.simulation = simulation;
    this.world = simulation.world;
    this.limits = limits;
    int count = simulation.scenario.several() ? 2 + world.random.nextInt(2) : 1;
    for (int i = 0; i < count; i++) {
      seats.add(new Seat(i));
    }
    this.seeds = addresses();
  }

  void begin() {
    seats.forEach(this::start);
  }

  List<String> addresses() {
    return seats.stream().map(seat -> seat.address).toList();
  }

  List<String> seeds() {
    return seeds;
  }

  Optional<SimulatedScheduler> at(String address) {
    return Optional.ofNullable(byAddress.get(address));
  }

  boolean allUp() {
    return seats.stream().allMatch(Seat::up);
  }

  /** One that is up, if there is one. */
  Optional<SimulatedScheduler> any() {
    var up = up();
    return up.isEmpty() ? Optional.empty() : Optional.of(world.pick(up));
  }

  List<SimulatedScheduler> up() {
    var up = new ArrayList<SimulatedScheduler>();
    for (Seat seat : seats) {
      SimulatedScheduler scheduler = seat.scheduler;
      if (scheduler != null && scheduler.up()) {
        up.add(scheduler);
      }
    }
    return up;
  }

  /** One that has something to do. */
  Optional<SimulatedScheduler> anOwner() {
    return simulation.store.jobs.values().stream()
        .filter(job -> job.end == null)
        .flatMap(job -> up().stream().filter(one -> one.self().equals(job.owner)))
        .findFirst();
  }

  private void start(Seat seat) {
    aloneSinceMs.clear();
    var self = new Incarnation("s" + seat.number + "#" + ++runs);
    try {
      seat.scheduler = new SimulatedScheduler(simulation, self, seat.address, limits);
      byAddress.put(seat.address, seat.scheduler);
    } catch (StateException | IllegalStateException failed) {
      world.say(self + " does not start: " + failed.getMessage());
      world.after(1 + world.random.nextInt(DOWN_MAX_MS), () -> start(seat));
    }
  }

  /** As by kill -9. */
  void kill(SimulatedScheduler scheduler) {
    if (!scheduler.dead()) {
      world.say("scheduler " + scheduler.self() + " is killed");
      scheduler.die();
      aloneSinceMs.clear();
      comeBack(scheduler);
    }
  }

  private void end(SimulatedScheduler scheduler) {
    world.say("scheduler " + scheduler.self() + " ends");
    scheduler.end();
    aloneSinceMs.clear();
    comeBack(scheduler);
  }

  /** Its process is gone: another starts, here or elsewhere. */
  void comeBack(SimulatedScheduler before) {
    for (Seat seat : seats) {
      if (seat.scheduler == before) {
        world.after(
            1 + world.random.nextInt(DOWN_MAX_MS),
            () -> {
              seat.address = addressFor(seat);
              start(seat);
            });
      }
    }
  }

  /** Somebody is always found at the first address. */
  private String addressFor(Seat seat) {
    String first = seeds.getFirst();
    if (isFree(first)) {
      return first;
    }
    if (world.happens(Fault.SCHEDULER_MOVED)) {
      return "m:" + runs;
    }
    if (world.happens(Fault.ADDRESS_TAKEN)) {
      return world.pick(seats).address;
    }
    return isFree(seat.address) ? seat.address : "m:" + runs;
  }

  private boolean isFree(String address) {
    SimulatedScheduler there = byAddress.get(address);
    return there == null || there.dead();
  }

  void misfortune() {
    any().filter(_ -> world.happens(Fault.SCHEDULER_RESTARTED)).ifPresent(this::kill);
    any().filter(_ -> world.happens(Fault.SCHEDULER_ENDED)).ifPresent(this::end);
    any()
        .filter(_ -> world.happens(Fault.SCHEDULER_STOPPED))
        .ifPresent(scheduler -> scheduler.stop(simulation.pauseMs()));
    any()
        .filter(_ -> world.happens(Fault.LEASE_ENDED_EARLY))
        .ifPresent(SimulatedScheduler::endLease);
    any().filter(_ -> world.happens(Fault.STORE_LINK_CUT)).ifPresent(this::cutOff);
  }

  private void cutOff(SimulatedScheduler scheduler) {
    long forMs = 1L + world.random.nextInt(CUT_MAX_MS);
    if (world.random.nextBoolean()) {
      simulation.network.cut(scheduler.address(), Network.STORE, forMs);
    } else {
      simulation.network.cut(Network.STORE, scheduler.address(), forMs);
    }
  }

  /**
   * Rule T4: while the same schedulers are up, a job whose owner has no key is claimed before long.
   */
  private void checkAlone() {
    if (!simulation.scenario.storeHolds()) {
      return;
    }
    simulation.store.jobs.forEach(
        (id, job) -> {
          if (job.end != null || simulation.store.present(job.owner)) {
            aloneSinceMs.remove(id);
          } else if (world.nowMs() - aloneSinceMs.computeIfAbsent(id, _ -> world.nowMs())
              > ALONE_MAX_MS) {
            throw new AssertionError("T4: nobody claims " + id + " of " + job.owner);
          }
        });
  }

  /** Rule D3: who has its key schedules only what is its own. */
  void checkOwners() {
    if (!simulation.scenario.several()) {
      return;
    }
    checkAlone();
    for (SimulatedScheduler scheduler : up()) {
      simulation.store.jobs.forEach(
          (id, job) -> {
            if (job.end == null
                && !job.owner.equals(scheduler.self())
                && scheduler.schedules(id)
                && simulation.store.present(scheduler.self())) {
              throw new AssertionError(
                  "D3: " + scheduler.self() + " schedules " + id + " of " + job.owner);
            }
          });
    }
  }

  /** A hash of all they know. */
  long state() {
    return up().stream().mapToLong(SimulatedScheduler::state).reduce(0, (a, b) -> 31 * a + b);
  }
}

package io.mangonel.workbench.simulation;

import io.mangonel.core.owner.Limits;
import io.mangonel.core.suspicion.Comeback;
import io.mangonel.core.suspicion.SuspicionLimits;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.limits.ShellLimits;
import io.mangonel.state.StateException;
import io.mangonel.workbench.simulation.oracle.Oracle;
import io.mangonel.workbench.simulation.world.Fault;
import io.mangonel.workbench.simulation.world.Network;
import io.mangonel.workbench.simulation.world.Scenario;
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

  /**
   * The heir's grace, and what it takes to list and to claim. Before that, one that no executor has
   * found yet holds itself for blind for as long as its peers' last words count, though all of them
   * stand still now.
   */
  private static final long ALONE_MAX_MS = SuspicionLimits.DEFAULTS.reportMs() + 5_000;

  /** And where links are cut, one may think for a while that it is blind (rule T3). */
  private static final long ALONE_AND_CUT_MAX_MS = 12_000;

  private static final int CUT_MAX_MS = 9_000; // Often longer than a lease.
  private static final int HANGS_MAX_MS = 14_000;
  private static final long STUCK_SLACK_MS = 2_100; // Two renewals.
  private static final long BLIND_MIN_MS = 10_000;
  private static final int BLIND_MAX_MS = 10_000;
  private static final long USELESS_SLACK_MS = 2_000;

  /** Streams are established and the address is known by then. */
  private static final long SETTLED_MS = 3_000;

  private static final long SUSPECTED_MAX_MS = 1_500;

  /** A scheduler and its successors. */
  private static final class Seat {
    final int number;
    String address;
    int processes;
    Comeback comeback = new Comeback();
    @Nullable SimulatedScheduler scheduler;

    Seat(int number) {
      this.number = number;
      this.address = "h:" + number;
    }

    /** A process of it. */
    String process() {
      return number + "/" + processes;
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

  /** A new process. */
  private void start(Seat seat) {
    seat.processes++;
    seat.comeback = new Comeback();
    if (!starts(seat, Optional.empty())) {
      world.after(1 + world.random.nextInt(DOWN_MAX_MS), () -> start(seat));
    }
  }

  private boolean starts(Seat seat, Optional<SimulatedScheduler> before) {
    aloneSinceMs.clear();
    var self = new Incarnation("s" + seat.number + "#" + ++runs);
    var identity = new SimulatedScheduler.Identity(self, before, seat.process(), seat.address);
    try {
      var started = new SimulatedScheduler(simulation, identity, limits);
      seat.scheduler = started;
      byAddress.put(seat.address, started);
      return true;
    } catch (StateException | IllegalStateException failed) {
      world.say(self + " does not start: " + failed.getMessage());
      return false;
    }
  }

  /** One that lost its key comes back in the same process, if it is alone at its address. */
  void fenced(SimulatedScheduler before) {
    for (Seat seat : seats) {
      if (seat.scheduler == before) {
        if (simulation.scenario.several() && byAddress.get(seat.address) == before) {
          comeBack(seat, before, world.nowMs() - before.startedAtMs());
        } else {
          before.die();
          comeBack(before);
        }
      }
    }
  }

  /** Rule T2: after a growing pause. */
  private void comeBack(Seat seat, SimulatedScheduler before, long heldMs) {
    world.after(
        seat.comeback.pauseMs(heldMs),
        () -> {
          if (!starts(seat, Optional.of(before))) {
            comeBack(seat, before, 0);
          }
        });
  }

  /** Whether its process is there, with its port. */
  boolean lives(Incarnation scheduler) {
    return byAddress.values().stream()
        .anyMatch(one -> one.self().equals(scheduler) && one.listens());
  }

  /** As by kill -9. */
  void kill(SimulatedScheduler scheduler) {
    if (!scheduler.dead()) {
      world.say("scheduler " + scheduler.self() + " is killed");
      var noticing = noticing(scheduler);
      scheduler.die();
      noticing.forEach(witness -> checkSuspected(scheduler, witness));
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
    return there == null || !there.listens();
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
    any().filter(_ -> world.happens(Fault.SCHEDULER_STUCK)).ifPresent(this::hang);
    any().filter(_ -> world.chance(Fault.STREAM_BROKEN)).ifPresent(one -> one.peers().breakSome());
    any().filter(_ -> world.chance(Fault.SCHEDULER_BLINDED)).ifPresent(this::blind);
    any().filter(_ -> world.chance(Fault.PORT_REJECTED)).ifPresent(this::reject);
  }

  /** Rule T3: others take its place, though its process looks alive. */
  private void hang(SimulatedScheduler scheduler) {
    long forMs = 1L + world.random.nextInt(HANGS_MAX_MS);
    scheduler.hang(forMs);
    long replacedMs =
        SimulatedLimits.ROUND_MAX_MS + ShellLimits.SHARED_LEASE_TTL_MS + STUCK_SLACK_MS;
    if (forMs > replacedMs && simulation.scenario.storeHolds()) {
      world.after(
          replacedMs,
          () ->
              Oracle.check(
                  !simulation.store.present(scheduler.self()),
                  "T3: hangs, and keeps its key: " + scheduler.self()));
    }
  }

  /** Executors are out of its reach; other schedulers are not. */
  private void blind(SimulatedScheduler scheduler) {
    boolean mild = simulation.scenario == Scenario.SEVERAL_BLIND;
    if (mild && world.fired.containsKey(Fault.SCHEDULER_BLINDED)) {
      return; // Where all hear from few, nobody is blind.
    }
    world.count(Fault.SCHEDULER_BLINDED);
    long forMs = BLIND_MIN_MS + world.random.nextInt(BLIND_MAX_MS);
    for (String executor : simulation.executorNames()) {
      simulation.network.cut(scheduler.address(), executor, forMs);
      simulation.network.cut(executor, scheduler.address(), forMs);
    }
    long uselessMs =
        Limits.DEFAULTS.executorSilentMs()
            + SuspicionLimits.DEFAULTS.uselessMs()
            + USELESS_SLACK_MS;
    if (mild && forMs > uselessMs) {
      world.after(uselessMs, () -> checkUseless(scheduler));
    }
  }

  private void checkUseless(SimulatedScheduler scheduler) {
    Oracle.check(
        scheduler.dead()
            || simulation.store.jobs.values().stream()
                .noneMatch(
                    job ->
                        job.end == null
                            && job.owner.equals(scheduler.self())
                            && world.nowMs() - job.ownedSinceMs > USELESS_SLACK_MS),
        "T3: hears from nobody, and keeps its jobs: " + scheduler.self());
  }

  /** Somebody is refused at the port of a scheduler that lives; in most runs both ways. */
  private void reject(SimulatedScheduler scheduler) {
    var others = new ArrayList<>(up());
    others.remove(scheduler);
    boolean mild = simulation.scenario == Scenario.SEVERAL_REJECT;
    if (others.isEmpty() || (mild && simulation.network.rejectsAny())) {
      return;
    }
    world.count(Fault.PORT_REJECTED);
    SimulatedScheduler other = world.pick(others);
    int forMs = 1 + world.random.nextInt(CUT_MAX_MS);
    reject(other, scheduler, forMs);
    if (world.random.nextBoolean()) {
      reject(scheduler, other, forMs);
    }
    if (!mild && world.random.nextBoolean()) { // And so a third one confirms what is not so.
      for (String executor : simulation.executorNames()) {
        simulation.network.reject(executor, scheduler.address(), forMs);
      }
    }
  }

  private void reject(SimulatedScheduler from, SimulatedScheduler to, int forMs) {
    simulation.network.reject(from.address(), to.address(), forMs);
    from.peers().rejected(to.address());
  }

  /** Who must notice at once that it is gone, and finds a witness. */
  private List<SimulatedScheduler> noticing(SimulatedScheduler scheduler) {
    boolean quiet = simulation.scenario == Scenario.SEVERAL_DIE;
    return quiet
            && world.nowMs() - scheduler.startedAtMs() > SETTLED_MS
            && simulation.someExecutorKnows(scheduler.address())
        ? up().stream()
            .filter(one -> one != scheduler && one.peers().follows(scheduler.self()))
            .filter(one -> one.executorsInReach() > 0)
            .toList()
        : List.of();
  }

  /** Rule T1: that one is enough; nobody waits for the lease. */
  private void checkSuspected(SimulatedScheduler gone, SimulatedScheduler witness) {
    world.after(
        SUSPECTED_MAX_MS,
        () ->
            Oracle.check(
                witness.everStood() || !simulation.store.present(gone.self()),
                "T1: nobody suspects " + gone.self() + ", though " + witness.self() + " could"));
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
    long mostMs = simulation.scenario.linksAreCut() ? ALONE_AND_CUT_MAX_MS : ALONE_MAX_MS;
    simulation.store.jobs.forEach(
        (id, job) -> {
          if (job.end != null || up().isEmpty() || simulation.store.present(job.owner)) {
            aloneSinceMs.remove(id);
          } else if (world.nowMs() - aloneSinceMs.computeIfAbsent(id, _ -> world.nowMs())
              > mostMs) {
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

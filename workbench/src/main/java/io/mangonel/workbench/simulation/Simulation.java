package io.mangonel.workbench.simulation;

import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.agent.Recovered;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.TerminalRecord;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.workbench.simulation.oracle.Oracle;
import io.mangonel.workbench.simulation.store.SimulatedStore;
import io.mangonel.workbench.simulation.world.Fault;
import io.mangonel.workbench.simulation.world.Network;
import io.mangonel.workbench.simulation.world.Scenario;
import io.mangonel.workbench.simulation.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One run: schedulers, executors and clients on one store and network, in a world where everything
 * goes wrong for a while, and then nothing. Every job must end, every slot come back, every answer
 * be right, and every job have one owner all the time.
 */
public final class Simulation {
  private static final long FAULTY_MS = 10_000;

  /** Some leases must end in it. */
  private static final long FAULTY_SEVERAL_MS = 16_000;

  /** And in this, one must have heard from nobody for long enough. */
  private static final long FAULTY_BLIND_MS = 20_000;

  private static final long END_MS = 240_000;

  /**
   * What the last fault may still hold: the latest message. What it gets from an executor is given
   * back at once, and one of a scheduler that is gone gets nothing.
   */
  private static final long QUIET_MS = World.LATE_MAX_MS + 500;

  /** A task of a forgotten job is interrupted as its files go; then its slot comes back. */
  private static final long SETTLE_MS = 100;

  private static final long STEPS_MAX = 1_000_000;

  /** In this time after the last fault data of forgotten jobs must be gone. */
  private static final long SWEPT_MS = 30_000;

  private static final int MISFORTUNE_MS = 20;
  private static final int DOWN_MAX_MS = 3_000;

  /** Well below the time after which it is given up. */
  private static final int RESTART_MAX_MS = (int) Limits.DEFAULTS.executorLostMs() / 2;

  private static final int STOPPED_MAX_MS = 20_000;
  private static final int CUT_MAX_MS = 8_000;
  private static final int JUMP_MAX_MS = 5_000;
  private static final int SHORT_CUT_MAX_MS = 3_000;

  /** Shorter than what anybody takes for a death. */
  private static final int PAUSE_MAX_MS = (int) Limits.DEFAULTS.executorLostMs() - 4_000;

  final World world;
  final Network network;
  final Oracle oracle;
  final SimulatedStore store;
  final SimulatedClients clients;
  final SimulatedSchedulers schedulers;
  final Scenario scenario;
  private final io.mangonel.core.agent.Limits agentLimits;
  private final Map<ExecutorId, SimulatedExecutor> executors = new TreeMap<>();
  private final Map<ExecutorId, Integer> runs = new TreeMap<>();

  /**
   * @param seed decides everything
   * @param verbose whether every step is printed
   */
  public Simulation(long seed, boolean verbose) {
    this.scenario = Scenario.of(seed);
    this.world = new World(seed, verbose, faultyMs());
    world.say("seed " + seed + ", " + scenario);
    this.network = new Network(world);
    Limits limits = SimulatedLimits.owner(world.random, scenario);
    this.store = new SimulatedStore(world, network, new Durable());
    this.oracle = new Oracle(world, store, limits, scenario);
    this.clients = new SimulatedClients(this);
    this.agentLimits = SimulatedLimits.agent(world.random, scenario);
    scenario.chooseRates(world);
    this.schedulers = new SimulatedSchedulers(this, limits);
  }

  private long faultyMs() {
    if (scenario == Scenario.SEVERAL_BLIND) {
      return FAULTY_BLIND_MS;
    }
    return scenario.several() ? FAULTY_SEVERAL_MS : FAULTY_MS;
  }

  private final class Durable implements SimulatedStore.Listener {
    @Override
    public void durable(Change change, Incarnation by) {
      if (change instanceof Change.JobEnded(_, _, TerminalRecord.Failed failed, _, _, _)
          && failed.message().contains("timeout")) {
        world.count(Fault.STATEMENT_TIMED_OUT);
      }
      if (change instanceof Change.JobEnded(_, _, TerminalRecord.Failed failed, _, _, _)
          && failed.message().contains(Oracle.NEVER_PLANNED)) {
        world.count(Fault.PLANNING_GIVEN_UP);
      }
      oracle.durable(change, by);
    }

    @Override
    public void suspected(Incarnation peer, Incarnation by) {
      oracle.suspected(peer, by, schedulers.lives(peer));
    }

    @Override
    public void claimed(JobId job, Incarnation before, Incarnation now) {
      world.say("owner of " + job + " is " + now + ", after " + before);
      oracle.claimed(job);
    }
  }

  /**
   * Runs to the end.
   *
   * @return a hash of everything that was decided
   * @throws AssertionError when an invariant broke
   */
  public long run() {
    schedulers.begin();
    int count = 1 + world.random.nextInt(4);
    for (int i = 0; i < count; i++) {
      boot(
          new SimulatedExecutor.Setup(
              new ExecutorId("e" + i),
              1 + world.random.nextInt(3),
              world.random.nextInt(4) == 0,
              agentLimits),
          List.of());
    }
    int jobs = 1 + world.random.nextInt(5);
    clients.begin(jobs);
    world.after(100, this::misfortune);
    while (!clients.satisfied(jobs)) {
      Oracle.check(world.elapsedMs() < END_MS, "stuck: still waiting for " + clients.waiting());
      advance();
    }
    while (world.faulty() || someoneStandsStill()) {
      advance();
    }
    long quietUntilMs = world.elapsedMs() + QUIET_MS;
    while (world.elapsedMs() < quietUntilMs
        || (world.elapsedMs() < quietUntilMs + SWEPT_MS && !swept())) {
      advance();
    }
    long settledMs = world.elapsedMs() + SETTLE_MS;
    while (world.elapsedMs() < settledMs) {
      advance();
    }
    checkQuiet();
    return schedulers.state();
  }

  private void advance() {
    Oracle.check(world.advance() < STEPS_MAX, "no end: " + STEPS_MAX + " steps");
  }

  /** Whether anybody but schedulers can say who is there. */
  boolean someExecutorKnows(String address) {
    return executors.values().stream().anyMatch(one -> !one.dead() && one.knows(address));
  }

  /** Which faults happened, and how often. */
  public Map<Fault, Integer> fired() {
    return world.fired;
  }

  private void checkQuiet() {
    for (var executor : executors.values()) {
      String name = executor.agent.incarnation().toString();
      Oracle.check(executor.runningTasks() == 0, "still runs a task: " + name);
      Oracle.check(
          unused(executor) == executor.setup.slots(),
          "slot leaked: " + name + " has " + executor.agent.freeSlots() + " free");
      Oracle.check(executor.agent.outboxSize() == 0, "status never acknowledged: " + name);
      Oracle.check(
          (scenario != Scenario.CALM && scenario != Scenario.SEVERAL_CALM)
              || executor.setup.pull()
              || executor.agent.expiredReservations() == 0,
          "a reservation was neither used nor returned: " + name);
      Oracle.check(
          executor.jobsWithFiles().isEmpty(),
          "data of forgotten jobs: " + name + " has " + executor.jobsWithFiles());
    }
    store.checkAll();
    schedulers.checkOwners();
    store.jobs.forEach((id, job) -> Oracle.check(job.end != null, "not ended in the store: " + id));
  }

  private boolean someoneStandsStill() {
    return !schedulers.allUp()
        || executors.values().stream().anyMatch(executor -> executor.stopped() || executor.dead());
  }

  private boolean swept() {
    return !someoneStandsStill() // One that was drained starts again, and reports anew.
        && executors.values().stream()
            .allMatch(
                executor ->
                    executor.jobsWithFiles().isEmpty()
                        && executor.agent.outboxSize() == 0
                        // Given back in the last moment of the faults, it waits for its end.
                        && unused(executor) == executor.setup.slots());
  }

  /** Polls hold slots also when there is nothing to do. */
  private static int unused(SimulatedExecutor executor) {
    int polls = executor.setup.pull() ? executor.agent.reservedSlots() : 0;
    return executor.agent.freeSlots() + polls;
  }

  // Chance.

  private void misfortune() {
    var all = List.copyOf(executors.values());
    if (!world.faulty()) {
      all.stream()
          .filter(SimulatedExecutor::dead)
          .forEach(executor -> restart(executor, !scenario.wild() || world.random.nextBoolean()));
      return;
    }
    if (world.happens(Fault.EXECUTOR_RESTARTED_EMPTY)) {
      restart(world.pick(all), false);
    }
    if (world.happens(Fault.EXECUTOR_RESTARTED_WITH_FILES)) {
      restartSoon(world.pick(all), 1L + world.random.nextInt(RESTART_MAX_MS));
    }
    if (world.happens(Fault.EXECUTOR_DRAINED)) {
      world.pick(all).receive(new AgentEvent.DrainRequested());
    }
    if (world.happens(Fault.EXECUTOR_DIED)) {
      world.pick(all).die();
    }
    if (world.happens(Fault.EXECUTOR_STOPPED)) {
      world.pick(all).stop(pauseMs());
    }
    world.pick(all).loseSomeOutput();
    if (world.happens(Fault.CLOCK_JUMPED)) {
      long byMs = 1L + world.random.nextInt(JUMP_MAX_MS);
      if (world.random.nextBoolean()) {
        world.pick(all).jump(byMs);
      } else {
        schedulers.any().ifPresent(scheduler -> scheduler.jump(byMs));
      }
    }
    if (world.happens(Fault.LINK_CUT)) {
      int mostMs = scenario.wild() ? CUT_MAX_MS : SHORT_CUT_MAX_MS;
      String from = someone();
      String to = someone();
      if (!from.equals(to)) {
        network.cut(from, to, 1 + world.random.nextInt(mostMs));
      }
    }
    if (world.happens(Fault.OWNER_AND_EXECUTOR_DIED)) {
      world.pick(all).die();
      schedulers.anOwner().ifPresent(schedulers::kill);
    }
    schedulers.misfortune();
    schedulers.checkOwners();
    world.after(MISFORTUNE_MS, this::misfortune);
  }

  /** A process, or the clients. */
  private String someone() {
    var names = new ArrayList<>(schedulers.addresses());
    executors.keySet().forEach(id -> names.add(id.value()));
    names.add(Network.CLIENTS);
    return world.pick(names);
  }

  List<String> executorNames() {
    return executors.keySet().stream().map(ExecutorId::value).toList();
  }

  int pauseMs() {
    return 1 + world.random.nextInt(scenario.wild() ? STOPPED_MAX_MS : PAUSE_MAX_MS);
  }

  /** It has left in good order: its process ends, and another begins on its files. */
  void drained(SimulatedExecutor executor) {
    restartSoon(executor, 1L + world.random.nextInt(DOWN_MAX_MS));
  }

  /** Dead at once, and on its files again after a while, unless it has begun anew before. */
  private void restartSoon(SimulatedExecutor executor, long downMs) {
    executor.die();
    world.after(
        downMs,
        () -> {
          if (executors.get(executor.setup.id()) == executor) {
            restart(executor, true);
          }
        });
  }

  private void restart(SimulatedExecutor before, boolean onItsFiles) {
    before.die();
    boot(before.setup, onItsFiles ? before.kept() : List.of());
  }

  private void boot(SimulatedExecutor.Setup setup, List<Recovered> kept) {
    int run = runs.merge(setup.id(), 1, Integer::sum);
    world.say(setup.id() + " starts with " + kept.size() + " outputs");
    var executor = new SimulatedExecutor(this, setup, run, kept);
    executors.put(setup.id(), executor);
  }

  // Who is where.

  boolean holds(ExecutorId id, TaskAttemptId attempt) {
    return executor(id).holds(attempt);
  }

  /** The latest run of an executor. */
  SimulatedExecutor executor(ExecutorId id) {
    SimulatedExecutor executor = executors.get(id);
    if (executor == null) {
      throw new AssertionError("no executor " + id);
    }
    return executor;
  }

  /** Who listens at an address. */
  Optional<SimulatedScheduler> at(String address) {
    return schedulers.at(address);
  }

  /** Where an executor looks first. */
  List<String> seeds() {
    return schedulers.seeds();
  }

  /** It found its key gone. */
  void lost(SimulatedScheduler scheduler) {
    schedulers.fenced(scheduler);
  }

  /** As by kill -9, in the middle of something. */
  void kill(SimulatedScheduler scheduler) {
    schedulers.kill(scheduler);
  }
}

package io.mangonel.workbench.explore;

import io.mangonel.core.Bytes;
import io.mangonel.core.graph.EdgeKind;
import io.mangonel.core.graph.StageEdge;
import io.mangonel.core.graph.StageSpec;
import io.mangonel.core.owner.Event;
import io.mangonel.core.owner.Limits;
import io.mangonel.core.record.Change;
import io.mangonel.core.record.JobPlan;
import io.mangonel.core.record.JobRequest;
import io.mangonel.core.task.ExecutorId;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.workbench.simulation.oracle.Oracle;
import io.mangonel.workbench.simulation.store.SimulatedStore;
import io.mangonel.workbench.simulation.world.Network;
import io.mangonel.workbench.simulation.world.World;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Two schedulers, two executors of one slot, one job of two stages, and what is under way between
 * them. It is a function of the choices that were made since its start.
 */
final class Cluster {
  static final JobId JOB = new JobId("j");

  /** Two choices, after which the other scheduler takes over. */
  static final List<String> OWNER_DIES = List.of("FAULT s0 dies", "the lease of s0 ends");

  private static final int SCHEDULERS = 2;
  private static final int EXECUTORS = 2;
  private static final long TICK_MS = 1_000;
  private static final int STRAIGHT_STEPS_MAX = 3_000;

  /** Shorter than what any process takes for a pause of its own. */
  private static final long QUIET_MS = 50;

  /** The first one's rows are like no others, so that it matters which attempt was read. */
  private static final List<StageSpec> STAGES =
      List.of(
          new StageSpec(0, 1, List.of(), false),
          new StageSpec(1, 1, List.of(new StageEdge(0, EdgeKind.ALL)), true));

  /** One thing that can happen next. */
  record Choice(String what, Runnable action) {}

  final World world = new World(0, false, 0);
  final Limits limits = Limits.DEFAULTS;
  final SimulatedStore store;
  final Oracle oracle;
  private final Scope scope;
  private final List<SchedulerNode> schedulers = new ArrayList<>();
  private final List<ExecutorNode> executors = new ArrayList<>();
  private final List<Pending> pending = new ArrayList<>();
  private final Deque<Runnable> atOnce = new ArrayDeque<>();
  private final List<String> facts = new ArrayList<>();
  private int faults;
  private int ticks;
  private boolean cancelled;

  /** Everybody has found everybody, and a client submits to the first scheduler. */
  Cluster(Scope scope) {
    this.scope = scope;
    this.store = new SimulatedStore(world, new Network(world), new Durable());
    this.oracle = new Oracle(world, store, limits, scope.scenario());
    for (int i = 0; i < SCHEDULERS; i++) {
      schedulers.add(new SchedulerNode(this, new Incarnation("s" + i)));
    }
    for (int i = 0; i < EXECUTORS; i++) {
      executors.add(new ExecutorNode(this, new ExecutorId("e" + i), 1));
    }
    schedulers.forEach(SchedulerNode::list);
    executors.forEach(executor -> schedulers.forEach(one -> executor.found(one.self())));
    settle();
    while (!pending.isEmpty()) {
      happen(pending.removeFirst().happens());
    }
    var request =
        new JobRequest("SELECT 1", new TreeMap<>(), "/", "s", "p", "duckdb", world.nowMs(), "k", 0);
    oracle.planned(JOB, 1, STAGES);
    happen(
        () ->
            schedulers
                .getFirst()
                .step(new Event.JobQueued(JOB, request, new JobPlan(STAGES, Bytes.EMPTY), true)));
  }

  private final class Durable implements SimulatedStore.Listener {
    @Override
    public void durable(Change change, Incarnation by) {
      oracle.durable(change, by);
    }

    @Override
    public void suspected(Incarnation peer, Incarnation by) {
      throw new AssertionError("T1: nobody looks at anybody here: " + peer + " by " + by);
    }

    @Override
    public void claimed(JobId job, Incarnation before, Incarnation now) {
      oracle.claimed(job);
    }
  }

  // What nodes do.

  void send(String what, Runnable arrival) {
    pending.add(new Pending(Pending.Kind.MESSAGE, what, arrival, () -> {}));
  }

  void commit(String what, Runnable answered, Runnable unanswered) {
    pending.add(new Pending(Pending.Kind.COMMIT, what, answered, unanswered));
  }

  void later(String what, Runnable step) {
    pending.add(new Pending(Pending.Kind.STEP, what, step, () -> {}));
  }

  /** In the same step: what would only multiply the histories. */
  void atOnce(Runnable action) {
    atOnce.add(action);
  }

  /** Something that happened and that no process knows of by itself. */
  void fact(String what) {
    facts.add(what);
  }

  List<SchedulerNode> schedulers() {
    return schedulers;
  }

  SchedulerNode scheduler(Incarnation incarnation) {
    return schedulers.stream()
        .filter(one -> one.self().equals(incarnation))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no scheduler " + incarnation));
  }

  /** Its latest run. */
  ExecutorNode executor(ExecutorId id) {
    return executors.reversed().stream()
        .filter(one -> one.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no executor " + id));
  }

  // Choices.

  /** All that can happen next, in an order that the state decides. */
  List<Choice> choices() {
    var choices = new ArrayList<Choice>();
    boolean mayFail = faults < scope.faultsMax();
    pending.sort(Comparator.comparing(Pending::what));
    String before = "";
    for (Pending next : List.copyOf(pending)) {
      if (next.what().equals(before)) {
        continue; // The same once more.
      }
      before = next.what();
      choices.add(new Choice(next.what(), () -> take(next, next.happens())));
      if (mayFail && mayComeToHarm(next)) {
        choices.add(
            new Choice("FAULT " + next.what(), () -> fault(() -> take(next, next.fails()))));
      }
    }
    if (ticks < scope.ticksMax()) {
      choices.add(new Choice("a second passes", this::tick));
    }
    for (SchedulerNode scheduler : schedulers) {
      if (scheduler.dead() && store.present(scheduler.self())) {
        choices.add(new Choice("the lease of " + scheduler.self() + " ends", scheduler::endLease));
      }
    }
    if (mayFail) {
      deaths(choices);
    }
    return choices;
  }

  private boolean mayComeToHarm(Pending next) {
    return switch (next.kind()) {
      case MESSAGE -> scope.messagesAreLost();
      case COMMIT -> true;
      case STEP -> false;
    };
  }

  private void deaths(List<Choice> choices) {
    for (SchedulerNode scheduler : schedulers) {
      if (!scheduler.dead()) {
        String name = scheduler.self().toString();
        choices.add(new Choice("FAULT " + name + " dies", () -> fault(scheduler::die)));
        if (store.present(scheduler.self())) {
          choices.add(
              new Choice("FAULT " + name + " loses its lease", () -> fault(scheduler::endLease)));
        }
        if (scope.messagesAreLost() && !cancelled) {
          choices.add(new Choice("FAULT cancel at " + name, () -> fault(() -> cancel(scheduler))));
        }
      }
    }
    if (scope.executorsDie()) {
      for (ExecutorNode executor : List.copyOf(executors)) {
        if (!executor.dead()) {
          choices.add(
              new Choice(
                  "FAULT " + executor.id() + " restarts", () -> fault(() -> restart(executor))));
        }
      }
    }
  }

  private void cancel(SchedulerNode scheduler) {
    cancelled = true;
    scheduler.cancel(JOB);
  }

  private void restart(ExecutorNode executor) {
    executor.die();
    var next = new ExecutorNode(this, executor.id(), executor.run() + 1);
    executors.add(next);
    schedulers.stream().filter(one -> !one.dead()).forEach(one -> next.found(one.self()));
  }

  private void fault(Runnable action) {
    faults++;
    action.run();
  }

  private void take(Pending next, Runnable action) {
    pending.remove(next);
    action.run();
  }

  boolean underWay() {
    return !pending.isEmpty();
  }

  /** The choice of what was under way first. */
  int straight() {
    return choice(pending.getFirst().what());
  }

  /** The choice of that name. */
  int choice(String name) {
    var choices = choices();
    for (int i = 0; i < choices.size(); i++) {
      if (choices.get(i).what().equals(name)) {
        return i;
      }
    }
    throw new AssertionError("not a choice: " + name);
  }

  /** Makes a choice. */
  void choose(int choice) {
    happen(choices().get(choice).action());
  }

  private void happen(Runnable action) {
    action.run();
    settle();
  }

  private void settle() {
    while (!atOnce.isEmpty()) {
      atOnce.remove().run();
    }
    check();
  }

  private void tick() {
    ticks++;
    passTime(TICK_MS);
  }

  private void passTime(long ms) {
    var over = new AtomicBoolean();
    world.after(ms, () -> over.set(true));
    while (!over.get()) {
      world.advance();
    }
    schedulers.forEach(SchedulerNode::tick);
    executors.forEach(ExecutorNode::tick);
  }

  // What must hold.

  /** Rule D3: of those with a key only the owner schedules the job. */
  private void check() {
    var job = store.jobs.get(JOB);
    for (SchedulerNode scheduler : schedulers) {
      Oracle.check(
          job == null
              || job.end != null
              || job.owner.equals(scheduler.self())
              || !scheduler.schedules(JOB)
              || !store.present(scheduler.self()),
          "D3: " + scheduler.self() + " schedules what is not its own");
    }
  }

  /**
   * From here on nothing goes wrong, and dead schedulers are replaced: the job must end, be
   * answered, and leave no slot held and no status unacknowledged.
   */
  void comesToAnEnd() {
    for (SchedulerNode scheduler : List.copyOf(schedulers)) {
      if (scheduler.dead() && store.present(scheduler.self())) {
        happen(scheduler::endLease);
      }
    }
    var next = new SchedulerNode(this, new Incarnation("z"));
    schedulers.add(next);
    happen(
        () -> {
          schedulers.forEach(SchedulerNode::list);
          executors.forEach(executor -> executor.found(next.self()));
        });
    int steps = 0;
    while (!isOver()) {
      Oracle.check(++steps < STRAIGHT_STEPS_MAX, "stuck: " + this);
      if (pending.isEmpty()) {
        happen(() -> passTime(QUIET_MS));
      } else {
        happen(pending.removeFirst().happens());
      }
    }
  }

  private boolean isOver() {
    var job = store.jobs.get(JOB);
    boolean unknown = job == null && schedulers.stream().noneMatch(one -> one.schedules(JOB));
    // What its owner did not live to acknowledge goes with the data of the job.
    boolean forgiven = job != null && scheduler(job.owner).dead();
    return pending.isEmpty()
        && (unknown || (job != null && job.end != null))
        && executors.stream().allMatch(executor -> executor.idle(forgiven));
  }

  /** All that decides what can happen from here on. */
  String state() {
    var text = new StringBuilder();
    text.append(faults).append(' ').append(ticks).append(' ').append(cancelled).append('\n');
    schedulers.forEach(one -> text.append(one.state()).append('\n'));
    executors.forEach(one -> text.append(one.state()).append('\n'));
    pending.stream().map(Pending::what).sorted().forEach(what -> text.append(what).append('\n'));
    facts.stream().sorted().forEach(what -> text.append(what).append('\n'));
    return text.append(store.dump()).toString();
  }

  /** What is under way, for a failure's message. */
  @Override
  public String toString() {
    return pending.stream().map(Pending::what).sorted().toList() + " " + facts;
  }
}

package io.mangonel.workbench.scale;

import io.mangonel.core.owner.Effect;
import io.mangonel.core.owner.Event;
import io.mangonel.core.record.ExecutorInfo;
import io.mangonel.core.task.ExecutorReservation;
import io.mangonel.core.task.JobId;
import io.mangonel.core.task.TaskAttemptId;
import io.mangonel.core.task.TaskLaunch;
import io.mangonel.core.task.TaskOutcome;
import io.mangonel.core.task.TaskStatus;
import io.mangonel.scheduler.loop.EventQueue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Executors without a network, on one thread: what schedulers want of them goes in, what they would
 * say comes back as events. Tasks end as soon as they are launched, unless they are held.
 */
final class DirectExecutors implements AutoCloseable {
  private static final long HEARTBEAT_MS = 1_000;

  /** As executors do. */
  private static final long REPEAT_MS = io.mangonel.core.agent.Limits.DEFAULTS.statusRetryMs();

  private static final long RESERVATION_MS = 3_600_000;
  private static final long POLL_MS = 20;

  /** Bounded by the slots: each effect is about some of them. */
  private final LinkedBlockingQueue<Said> said = new LinkedBlockingQueue<>();

  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final List<ExecutorInfo> infos;
  private final Thread thread;
  private final List<EventQueue> schedulers = new ArrayList<>();
  private long reservations;
  private final Set<JobId> holders = new HashSet<>();
  private final AtomicInteger held = new AtomicInteger();
  private volatile Holding holding = Holding.NONE;
  private @Nullable EventQueue adopter;
  private volatile int endingMax;
  private int endings; // Of its thread, as all that is not final or volatile.
  private volatile boolean closed;

  private enum Holding {
    NONE,
    ALL_OTHERS,
    ONE_OF_EACH_JOB
  }

  /** What a scheduler wants, or that it is gone. */
  private record Said(@Nullable Effect effect, EventQueue from) {}

  /** A task that runs, and to whom its end is told. */
  private record Running(TaskLaunch launch, EventQueue owner) {}

  private static final class Node {
    final ExecutorInfo info;

    /** What ended after another owner adopted it: an owner that still adopts does not listen. */
    final Map<TaskAttemptId, TaskStatus> unheard = new LinkedHashMap<>();

    final Map<JobId, Map<TaskAttemptId, Running>> running = new HashMap<>();
    final Map<EventQueue, Integer> waiting = new LinkedHashMap<>();
    int free;

    Node(ExecutorInfo info) {
      this.info = info;
      this.free = info.slots();
    }
  }

  DirectExecutors(List<ExecutorInfo> infos) {
    this.infos = infos;
    infos.forEach(info -> nodes.put(info.id().value(), new Node(info)));
    thread = Thread.ofPlatform().daemon().name("simulated-executors").start(this::run);
  }

  List<ExecutorInfo> infos() {
    return infos;
  }

  /** A scheduler that hears them from now on. */
  void join(EventQueue scheduler) {
    synchronized (schedulers) {
      schedulers.add(scheduler);
    }
  }

  /** It is gone: nothing that it said counts any more. */
  void leave(EventQueue scheduler) {
    synchronized (schedulers) {
      schedulers.remove(scheduler);
    }
    said.removeIf(one -> one.from == scheduler);
    said.add(new Said(null, scheduler));
  }

  /** When this many tasks have ended, all others run until another owner adopts them. */
  void holdAfter(int tasks) {
    endingMax = tasks;
    holding = Holding.ALL_OTHERS;
  }

  /** The same for the first task of each job from now on; its others end. */
  void holdOneOfEachJob() {
    holding = Holding.ONE_OF_EACH_JOB;
  }

  /** Tasks that run. */
  int held() {
    return held.get();
  }

  /** Never waits; called by the loop. */
  void take(Effect effect, EventQueue from) {
    said.add(new Said(effect, from));
  }

  private void run() {
    long heartbeatAtNs = System.nanoTime();
    long repeatAtNs = heartbeatAtNs;
    while (!closed) {
      try {
        Said one = said.poll(POLL_MS, TimeUnit.MILLISECONDS);
        if (one != null && one.effect != null) {
          perform(one.effect, one.from);
        } else if (one != null) {
          nodes.values().forEach(node -> forget(node, one.from));
        }
      } catch (InterruptedException e) {
        return;
      }
      EventQueue heir = adopter;
      if (heir != null && System.nanoTime() >= repeatAtNs) {
        repeatAtNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(REPEAT_MS);
        repeat(heir);
      }
      if (System.nanoTime() >= heartbeatAtNs) {
        heartbeatAtNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HEARTBEAT_MS);
        List<EventQueue> all;
        synchronized (schedulers) {
          all = List.copyOf(schedulers);
        }
        all.forEach(this::heartbeats);
      }
    }
  }

  private void heartbeats(EventQueue to) {
    for (Node node : nodes.values()) {
      var running =
          node.running.values().stream()
              .flatMap(job -> job.values().stream())
              .filter(task -> task.owner == to)
              .map(task -> task.launch.id())
              .toList();
      to.put(new Event.Heartbeat(node.info.id(), node.info.incarnation(), running));
    }
  }

  private void perform(Effect effect, EventQueue from) {
    switch (effect) {
      case Effect.ReserveSlots ask -> reserve(node(ask.executor().value()), ask, from);
      case Effect.CancelReservations cancel -> {
        Node node = node(cancel.executor().value());
        node.free += cancel.reservations().size();
        offer(node);
      }
      case Effect.LaunchTasks launch ->
          launch(node(launch.executor().value()), launch.launches(), from);
      case Effect.AcknowledgeStatuses(var executor, _, var attempts) ->
          node(executor.value()).unheard.keySet().removeAll(attempts);
      case Effect.AdoptJobs adopt -> adopt(node(adopt.executor().value()), adopt, from);
      // Nothing that a simulated executor would have to do.
      case Effect.OfJob _,
          Effect.ExecutorAccepted _,
          Effect.OfPeer _,
          Effect.AskToRegister _,
          Effect.Announce _,
          Effect.PlanJob _,
          Effect.StopPlanning _,
          Effect.JobRefused _,
          Effect.JobExists _,
          Effect.ReadFence _,
          Effect.ListOrphans _,
          Effect.TrimStore _,
          Effect.ClaimJobs _,
          Effect.Fenced _ -> {}
    }
  }

  /** What it waited for, others get. */
  private void forget(Node node, EventQueue gone) {
    if (node.waiting.remove(gone) != null) {
      offer(node);
    }
  }

  private Node node(String executor) {
    Node node = nodes.get(executor);
    if (node == null) {
      throw new IllegalArgumentException("no executor " + executor);
    }
    return node;
  }

  private void reserve(Node node, Effect.ReserveSlots ask, EventQueue from) {
    var granted = new ArrayList<ExecutorReservation>();
    while (granted.size() < ask.wanted() && node.free > 0) {
      granted.add(reservation(node, Optional.empty()));
    }
    int waiting = ask.wanted() - granted.size();
    node.waiting.remove(from);
    if (waiting > 0) {
      node.waiting.put(from, waiting);
    }
    from.put(
        new Event.SlotsReserved(
            node.info.id(), node.info.incarnation(), ask.request(), granted, waiting));
  }

  private ExecutorReservation reservation(Node node, Optional<JobId> job) {
    node.free--;
    return new ExecutorReservation(
        "r" + ++reservations,
        node.info.id(),
        node.info.incarnation(),
        job,
        System.currentTimeMillis() + RESERVATION_MS);
  }

  /** Who waits gets what is free, in order. */
  private void offer(Node node) {
    for (EventQueue to : List.copyOf(node.waiting.keySet())) {
      int wanted = node.waiting.getOrDefault(to, 0);
      var offered = new ArrayList<ExecutorReservation>();
      while (offered.size() < wanted && node.free > 0) {
        offered.add(reservation(node, Optional.empty()));
      }
      if (offered.isEmpty()) {
        return;
      }
      node.waiting.remove(to);
      if (offered.size() < wanted) {
        node.waiting.put(to, wanted - offered.size());
      }
      to.put(new Event.Offer(node.info.id(), node.info.incarnation(), offered));
    }
  }

  private void launch(Node node, List<TaskLaunch> launches, EventQueue from) {
    var answers =
        launches.stream()
            .<TaskLaunch.Answer>map(launch -> new TaskLaunch.Answer.Accepted(launch.id()))
            .toList();
    from.put(new Event.LaunchAnswered(node.info.id(), node.info.incarnation(), answers));
    var ending = new ArrayList<TaskLaunch>();
    for (TaskLaunch launch : launches) {
      if (isHeld(launch.id().job())) {
        node.running
            .computeIfAbsent(launch.id().job(), _ -> new LinkedHashMap<>())
            .put(launch.id(), new Running(launch, from));
        held.incrementAndGet();
      } else {
        ending.add(launch);
      }
    }
    if (!ending.isEmpty()) {
      end(node, ending, from);
    }
  }

  private boolean isHeld(JobId job) {
    return switch (holding) {
      case NONE -> false;
      case ALL_OTHERS -> endings++ >= endingMax;
      case ONE_OF_EACH_JOB -> holders.add(job);
    };
  }

  private void end(Node node, List<TaskLaunch> launches, EventQueue owner) {
    var updates = new ArrayList<Event.TaskUpdate>();
    for (TaskLaunch launch : launches) {
      updates.add(update(node, launch));
    }
    owner.put(new Event.TaskUpdates(node.info.id(), node.info.incarnation(), updates));
    offer(node);
  }

  private Event.TaskUpdate update(Node node, TaskLaunch launch) {
    node.free++;
    @Nullable ExecutorReservation followUp =
        node.waiting.isEmpty() ? reservation(node, Optional.of(launch.id().job())) : null;
    return new Event.TaskUpdate(status(node, launch), followUp);
  }

  private static TaskStatus status(Node node, TaskLaunch launch) {
    return new TaskStatus(
        launch.id(),
        node.info.id(),
        node.info.incarnation(),
        launch.decisiveInputs(),
        new TaskOutcome.Succeeded(Shapes.output(launch.id())));
  }

  private void repeat(EventQueue to) {
    for (Node node : nodes.values()) {
      if (!node.unheard.isEmpty()) {
        var updates =
            node.unheard.values().stream()
                .map(status -> new Event.TaskUpdate(status, null))
                .toList();
        to.put(new Event.TaskUpdates(node.info.id(), node.info.incarnation(), updates));
      }
    }
  }

  private void adopt(Node node, Effect.AdoptJobs adopt, EventQueue from) {
    var running = new ArrayList<TaskLaunch>();
    for (Effect.JobEpoch job : adopt.jobs()) {
      Map<TaskAttemptId, Running> tasks = node.running.remove(job.job());
      if (tasks != null) {
        tasks.values().forEach(task -> running.add(task.launch));
      }
    }
    held.addAndGet(-running.size());
    from.put(
        new Event.JobsAdopted(
            node.info.id(),
            node.info.incarnation(),
            adopt.jobs().stream().map(Effect.JobEpoch::job).toList(),
            List.of(),
            running.stream().map(TaskLaunch::id).toList(),
            List.of()));
    if (!running.isEmpty()) {
      end(node, running, from);
      running.forEach(launch -> node.unheard.put(launch.id(), status(node, launch)));
      adopter = from;
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}

package io.mangonel.executor;

import io.mangonel.core.agent.AgentEvent;
import io.mangonel.core.suspicion.Sighting;
import io.mangonel.core.task.Incarnation;
import io.mangonel.wire.HostPort;
import io.mangonel.wire.Reply;
import io.mangonel.wire.scheduler.SchedulerClient;
import io.mangonel.wire.scheduler.SchedulerMessages.SchedulerDescription;
import io.mangonel.wire.scheduler.SchedulerWitness;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which schedulers are at which addresses: asks every address it knows who is there, again and
 * again, and learns further addresses from the answers. Tells the agent who came and who went.
 */
final class SchedulerDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(SchedulerDirectory.class);

  private final SchedulerClient client;
  private final SchedulerWitness witness;
  private final LongSupplier clockMs;
  private final Consumer<AgentEvent> agent;
  private final Limits limits;
  private final List<HostPort> seeds;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Semaphore wake = new Semaphore(0);

  /** Addresses that have not answered yet: one that is slow holds up no other. */
  private final Set<HostPort> asked = ConcurrentHashMap.newKeySet();

  private final Map<HostPort, Seen> byAddress = new ConcurrentHashMap<>();
  private final Map<Incarnation, HostPort> byIncarnation = new ConcurrentHashMap<>();

  /**
   * @param scheduler who is there, or null when nobody answers
   */
  private record Seen(@Nullable Incarnation scheduler, long answeredAtMs, boolean complained) {}

  SchedulerDirectory(
      List<HostPort> seeds,
      SchedulerClient client,
      LongSupplier clockMs,
      Consumer<AgentEvent> agent,
      Limits limits) {
    this.seeds = List.copyOf(seeds);
    this.client = client;
    this.witness = new SchedulerWitness(client, this::knows);
    this.clockMs = clockMs;
    this.agent = agent;
    this.limits = limits;
  }

  void start() {
    seeds.forEach(this::learn);
    Thread.ofVirtual().name("scheduler-directory").start(this::run);
  }

  void stop() {
    stop.countDown();
    wake.release();
  }

  /** Does not wait for the next round. */
  void lookNow() {
    wake.release();
  }

  Optional<HostPort> addressOf(Incarnation scheduler) {
    return Optional.ofNullable(byIncarnation.get(scheduler));
  }

  /** What this process sees of a scheduler. */
  Sighting testify(Incarnation scheduler, HostPort address) {
    return witness.testify(scheduler, address);
  }

  /** Whether a seed or a scheduler named this address. */
  private boolean knows(HostPort address) {
    return byAddress.containsKey(address);
  }

  /** Addresses from a scheduler's answer. */
  void learn(List<HostPort> addresses) {
    addresses.forEach(this::learn);
  }

  private void learn(HostPort address) {
    if (byAddress.size() < limits.schedulersMax()) {
      byAddress.putIfAbsent(address, new Seen(null, clockMs.getAsLong(), false));
    }
  }

  private void run() {
    long nobodyMs = limits.discoveryFirstMs();
    try {
      do {
        for (HostPort address : byAddress.keySet()) {
          if (asked.add(address)) {
            Thread.ofVirtual().name("who-is-there").start(() -> ask(address));
          }
        }
        // Often both have just been started: the first scheduler is found soon.
        boolean nobody = byIncarnation.isEmpty();
        long pauseMs = nobody ? nobodyMs : limits.discoveryMs();
        nobodyMs =
            nobody
                ? Math.min(limits.discoveryMs(), nobodyMs + nobodyMs / 2)
                : limits.discoveryFirstMs();
        if (wake.tryAcquire(pauseMs, TimeUnit.MILLISECONDS)) {
          wake.drainPermits();
        }
      } while (stop.getCount() > 0);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void ask(HostPort address) {
    Reply<SchedulerDescription> reply;
    try {
      reply = client.describe(address);
    } finally {
      asked.remove(address);
    }
    if (stop.getCount() == 0) {
      return;
    }
    if (reply instanceof Reply.Answered<SchedulerDescription> answered) {
      answered(address, answered.value());
    } else {
      silent(address, reply);
    }
  }

  private void answered(HostPort address, SchedulerDescription description) {
    Seen before = byAddress.get(address);
    Incarnation now = description.scheduler();
    byAddress.put(address, new Seen(now, clockMs.getAsLong(), false));
    learn(description.schedulers());
    if (before != null && before.scheduler() != null && !before.scheduler().equals(now)) {
      gone(address, before.scheduler());
    }
    // One scheduler may answer at two addresses: the first that is learnt counts.
    if (byIncarnation.putIfAbsent(now, address) == null) {
      LOG.info("scheduler {} is at {}", now, address);
      agent.accept(new AgentEvent.SchedulerFound(now));
    }
  }

  private void silent(HostPort address, Reply<SchedulerDescription> reply) {
    Seen before = byAddress.get(address);
    if (before == null) {
      return;
    }
    long silentMs = clockMs.getAsLong() - before.answeredAtMs();
    if (!before.complained()) {
      LOG.warn("no scheduler answers at {}, trying on: {}", address, reply);
      byAddress.put(address, new Seen(before.scheduler(), before.answeredAtMs(), true));
    }
    if (silentMs > limits.schedulerGoneMs()) {
      if (before.scheduler() != null) {
        gone(address, before.scheduler());
        byAddress.put(address, new Seen(null, before.answeredAtMs(), true));
      } else if (!seeds.contains(address)) {
        byAddress.remove(address);
      }
    }
  }

  private void gone(HostPort address, Incarnation scheduler) {
    if (byIncarnation.remove(scheduler, address)) {
      LOG.info("scheduler {} is gone from {}", scheduler, address);
      agent.accept(new AgentEvent.SchedulerGone(scheduler));
    }
  }
}

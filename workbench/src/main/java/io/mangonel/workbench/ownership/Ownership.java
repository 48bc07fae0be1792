package io.mangonel.workbench.ownership;

import io.mangonel.core.record.JobRequest;
import io.mangonel.core.task.Incarnation;
import io.mangonel.core.task.JobId;
import io.mangonel.scheduler.store.StoredState;
import io.mangonel.state.StateException;
import io.mangonel.workbench.simulation.store.SimulatedStateBackend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Some schedulers over one store, in simulated time: they die, end, stand still, lose the store and
 * come back, and clients submit and cancel. After each transaction the store is compared with the
 * one before it: who owned what, and whether that could change. A function of its seed.
 */
public final class Ownership {
  private static final int SCHEDULERS = 3;
  private static final long FAULTY_MS = 60_000;
  private static final long CALM_MS = 30_000;
  private static final long LEASE_TTL_MS = 5_000;
  private static final int JOBS = 30;
  private static final int TROUBLE_EVERY_MS = 1_000;
  private static final int TROUBLE_MAX_MS = 15_000;
  private static final int BACK_MAX_MS = 6_000;
  private static final int WATCH_MAX_MS = 20;
  private static final int FEW = 20;
  private static final int OFTEN = 150;

  private final OwnershipWorld world;
  private final SimulatedStateBackend store;
  private final StoredState truth;
  private final List<OwnershipScheduler> schedulers = new ArrayList<>();
  private final Set<JobId> accepted = new TreeSet<>();
  private Map<JobId, StoredState.Header> before = new HashMap<>();
  private Set<Incarnation> present = new HashSet<>();
  private long takeovers;
  private int started;

  private Ownership(long seed) {
    world = new OwnershipWorld(seed, FAULTY_MS, this::compare);
    store = new SimulatedStateBackend(world::nowMs, world::after);
    truth = new StoredState(store);
    for (OwnershipFault fault : OwnershipFault.values()) {
      world.rate(fault, FEW);
    }
    world.rate(OwnershipFault.KILLED, OFTEN);
    world.rate(OwnershipFault.CUT_OFF, OFTEN);
    world.rate(OwnershipFault.STOPPED, OFTEN);
    world.rate(OwnershipFault.BAD_NETWORK, OFTEN);
    world.rate(OwnershipFault.STALE_LIST, OFTEN);
    world.rate(OwnershipFault.WATCH_LOST, OFTEN);
    world.rate(OwnershipFault.SAME_ADDRESS, 2 * OFTEN);
  }

  /**
   * What a run came to.
   *
   * @param fired how often each fault happened
   * @param takeovers changes of owner
   */
  public record Report(Map<OwnershipFault, Integer> fired, long takeovers) {}

  /**
   * Runs one seed.
   *
   * @throws AssertionError when an owner changed that could not, or a job was left alone
   */
  public static Report run(long seed) {
    try {
      return new Ownership(seed).run();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private Report run() {
    for (int i = 0; i < SCHEDULERS; i++) {
      start("h:" + i);
    }
    for (int i = 0; i < JOBS; i++) {
      JobId job = new JobId("job-%03d".formatted(i));
      world.after(world.upTo((int) FAULTY_MS), () -> submit(job));
    }
    trouble();
    world.runUntil(world.nowMs() + FAULTY_MS);
    schedulers.forEach(scheduler -> scheduler.store.cutOff(false));
    world.runUntil(world.nowMs() + CALM_MS);
    checkEnd();
    return new Report(Map.copyOf(world.fired), takeovers);
  }

  private void start(String address) {
    var flaky = new FlakyStore(store, world);
    try {
      String name = "s" + started++;
      schedulers.add(new OwnershipScheduler(world, flaky, name, address, LEASE_TTL_MS));
      tellAll();
    } catch (StateException | IllegalStateException e) {
      // Its registration was lost: it is started once more.
      world.after(world.upTo(BACK_MAX_MS), () -> start(address));
    }
  }

  private List<OwnershipScheduler> up() {
    return schedulers.stream().filter(s -> s.alive() && !s.stopped()).toList();
  }

  private void submit(JobId job) {
    List<OwnershipScheduler> up = up();
    if (up.isEmpty()) {
      return;
    }
    OwnershipScheduler to = up.get(world.upTo(up.size()) - 1);
    to.submit(
        job, new JobRequest("SELECT 1", new TreeMap<>(), "/", "", "ada", "v2", world.nowMs(), ""));
    if (world.upTo(3) == 1) {
      world.after(world.upTo(TROUBLE_MAX_MS), () -> cancel(job));
    }
  }

  /** By any of them. */
  private void cancel(JobId job) {
    List<OwnershipScheduler> up = up();
    if (!up.isEmpty()) {
      up.get(world.upTo(up.size()) - 1).cancel(job);
    }
  }

  private void trouble() {
    for (OwnershipScheduler scheduler : up()) {
      if (world.happens(OwnershipFault.KILLED)) {
        scheduler.die();
        comeBack(scheduler);
      } else if (world.happens(OwnershipFault.ENDED)) {
        scheduler.end();
        comeBack(scheduler);
      } else if (world.happens(OwnershipFault.STOPPED)) {
        scheduler.stop(world.upTo(TROUBLE_MAX_MS));
      } else if (world.happens(OwnershipFault.BAD_NETWORK)) {
        scheduler.store.badNetwork(true);
        world.after(world.upTo(TROUBLE_MAX_MS), () -> scheduler.store.badNetwork(false));
      } else if (world.happens(OwnershipFault.CUT_OFF)) {
        scheduler.store.cutOff(true);
        world.after(world.upTo(TROUBLE_MAX_MS), () -> scheduler.store.cutOff(false));
      }
    }
    // One that lost its key ended by itself.
    for (OwnershipScheduler scheduler : List.copyOf(schedulers)) {
      if (!scheduler.alive() && schedulers.remove(scheduler)) {
        comeBack(scheduler);
      }
    }
    world.after(TROUBLE_EVERY_MS, this::trouble);
  }

  private void comeBack(OwnershipScheduler scheduler) {
    schedulers.remove(scheduler);
    String address =
        world.happens(OwnershipFault.SAME_ADDRESS)
            ? addressOf(scheduler).orElse("h:" + started)
            : "h:" + (SCHEDULERS + started);
    world.after(world.upTo(BACK_MAX_MS), () -> start(address));
  }

  private Optional<String> addressOf(OwnershipScheduler scheduler) {
    return truth.schedulers().stream()
        .filter(one -> one.incarnation().equals(scheduler.self()))
        .map(one -> one.record().address())
        .findFirst();
  }

  /** After every transaction, and when a lease may have ended. */
  private void compare() {
    Set<Incarnation> now = new HashSet<>();
    truth.schedulers().forEach(one -> now.add(one.incarnation()));
    Map<JobId, StoredState.Header> headers = new HashMap<>();
    for (StoredState.Header header : truth.headers()) {
      check(headers.put(header.job(), header) == null, "two headers: " + header.job());
      check(truth.ended(header.job()).isEmpty(), "ended and open: " + header.job());
      StoredState.Header was = before.get(header.job());
      if (was == null) {
        check(accepted.add(header.job()), "made twice, or after its end: " + header.job());
      } else {
        check(header.epoch() >= was.epoch(), "the epoch fell: " + was + ", " + header);
        if (!header.owner().equals(was.owner())) {
          takeovers++;
          check(!now.contains(was.owner()), "D3: " + was + " has its key, now " + header);
        } else if (header.epoch() > was.epoch()) {
          check(now.contains(header.owner()), "D1: written without a key: " + header);
        }
      }
    }
    before = headers;
    if (!now.equals(present)) {
      present = now;
      tellAll();
    }
  }

  /** The watches. */
  private void tellAll() {
    for (OwnershipScheduler scheduler : up()) {
      if (!world.happens(OwnershipFault.WATCH_LOST)) {
        world.after(
            world.upTo(WATCH_MAX_MS),
            () -> {
              if (scheduler.alive() && !scheduler.stopped()) {
                scheduler.list();
              }
            });
      }
    }
  }

  private void checkEnd() {
    compare();
    check(!up().isEmpty(), "nobody came back");
    for (JobId job : accepted) {
      List<Incarnation> owners =
          up().stream().filter(s -> s.has(job)).map(OwnershipScheduler::self).toList();
      StoredState.Header header = before.get(job);
      if (header == null) {
        check(truth.ended(job).isPresent(), "neither open nor ended: " + job);
        check(owners.isEmpty(), "ended, and run by " + owners + ": " + job);
      } else {
        check(owners.equals(List.of(header.owner())), header + " is run by " + owners);
        check(!truth.cancelRequested(job), "to be cancelled, and goes on: " + header);
      }
    }
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}

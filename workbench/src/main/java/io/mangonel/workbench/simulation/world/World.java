package io.mangonel.workbench.simulation.world;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

/** Virtual time and chance: a queue of what happens when. A function of its seed. */
public final class World {
  private record Happening(long atMs, long order, Runnable action) {}

  /** Messages take this long at most, unless they are late. */
  private static final int DELAY_MAX_MS = 20;

  public static final int LATE_MAX_MS = 4_000;

  public final Random random;
  public final boolean verbose;
  public final Map<Fault, Integer> fired = new EnumMap<>(Fault.class);
  private final Map<Fault, Integer> perMille = new EnumMap<>(Fault.class);
  private final PriorityQueue<Happening> queue =
      new PriorityQueue<>(
          Comparator.comparingLong(Happening::atMs).thenComparingLong(Happening::order));
  private final long faultyUntilMs;
  private long order;
  private long happened;
  private long nowMs = 1_000_000;
  private final long startMs = nowMs;

  /**
   * @param faultyForMs from then on nothing goes wrong any more
   */
  public World(long seed, boolean verbose, long faultyForMs) {
    this.random = new Random(seed);
    this.verbose = verbose;
    this.faultyUntilMs = nowMs + faultyForMs;
  }

  /** How often, in a thousand chances. */
  public void rate(Fault fault, int perMilleRate) {
    perMille.put(fault, perMilleRate);
  }

  public boolean faulty() {
    return nowMs < faultyUntilMs;
  }

  /** Whether it would happen now; not counted. */
  public boolean chance(Fault fault) {
    return faulty() && random.nextInt(1000) < perMille.getOrDefault(fault, 0);
  }

  /** Whether it happens now; counted if so. */
  public boolean happens(Fault fault) {
    boolean happens = chance(fault);
    if (happens) {
      count(fault);
    }
    return happens;
  }

  public void count(Fault fault) {
    fired.merge(fault, 1, Integer::sum);
    if (verbose) {
      say("! " + fault);
    }
  }

  public long nowMs() {
    return nowMs;
  }

  public void after(long delayMs, Runnable action) {
    queue.add(new Happening(nowMs + delayMs, order++, action));
  }

  /** A message on its way: late, twice or never. Returns whether it will arrive. */
  public boolean send(Runnable arrival) {
    boolean dropped = happens(Fault.MESSAGE_DROPPED);
    if (!dropped) {
      after(delayMs(), arrival);
    }
    if (happens(Fault.MESSAGE_DUPLICATED)) {
      after(delayMs(), arrival);
    }
    return !dropped;
  }

  private long delayMs() {
    return happens(Fault.MESSAGE_LATE)
        ? random.nextInt(LATE_MAX_MS)
        : 1 + random.nextInt(DELAY_MAX_MS);
  }

  /** Lets the next thing happen; returns how many things have. */
  public long advance() {
    Happening next = queue.remove();
    nowMs = Math.max(nowMs, next.atMs);
    next.action.run();
    return ++happened;
  }

  public long elapsedMs() {
    return nowMs - startMs;
  }

  public <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  public void say(Object what) {
    if (verbose) {
      System.out.println((nowMs - startMs) + " " + what);
    }
  }
}

package io.mangonel.workbench.ownership;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

/** Virtual time and chance: a function of its seed. */
final class OwnershipWorld {
  private record Happening(long atMs, long order, Runnable action) {}

  private static final int CHANCES = 1_000;

  final Map<OwnershipFault, Integer> fired = new EnumMap<>(OwnershipFault.class);
  private final Map<OwnershipFault, Integer> perMille = new EnumMap<>(OwnershipFault.class);
  private final Random random;
  private final long faultyUntilMs;
  private final Runnable onCommit;
  private final PriorityQueue<Happening> queue =
      new PriorityQueue<>(
          Comparator.comparingLong(Happening::atMs).thenComparingLong(Happening::order));
  private long order;
  private long nowMs = 1_000_000;

  /**
   * @param faultyForMs from then on nothing goes wrong any more
   * @param onCommit called after whatever may have changed the store
   */
  OwnershipWorld(long seed, long faultyForMs, Runnable onCommit) {
    this.random = new Random(seed);
    this.faultyUntilMs = nowMs + faultyForMs;
    this.onCommit = onCommit;
  }

  void rate(OwnershipFault fault, int rate) {
    perMille.put(fault, rate);
  }

  boolean faulty() {
    return nowMs < faultyUntilMs;
  }

  boolean happens(OwnershipFault fault) {
    return happens(fault, 1);
  }

  /** So many times as often as usual. */
  boolean happens(OwnershipFault fault, int times) {
    boolean happens = faulty() && random.nextInt(CHANCES) < times * perMille.getOrDefault(fault, 0);
    if (happens) {
      fired.merge(fault, 1, Integer::sum);
    }
    return happens;
  }

  void committed() {
    onCommit.run();
  }

  int upTo(int most) {
    return 1 + random.nextInt(most);
  }

  long nowMs() {
    return nowMs;
  }

  void after(long delayMs, Runnable action) {
    queue.add(new Happening(nowMs + delayMs, order++, action));
  }

  void runUntil(long endMs) {
    while (!queue.isEmpty() && queue.element().atMs <= endMs) {
      Happening next = queue.remove();
      nowMs = Math.max(nowMs, next.atMs);
      next.action.run();
    }
    nowMs = Math.max(nowMs, endMs);
  }
}

package io.mangonel.workbench.simulation;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Many runs and what became of them.
 *
 * @param failures seed to what broke
 * @param fired how often each fault happened
 */
public record Campaign(
    long first, long seeds, Map<Long, String> failures, Map<Fault, Integer> fired, long tookMs) {

  /** Every so many seeds a run is repeated, and must decide the same. */
  private static final int REPEAT_EVERY = 100;

  /** Runs {@code seeds} seeds from {@code first} on. */
  public static Campaign run(long first, long seeds, boolean verbose) {
    long start = System.nanoTime();
    var failures = new TreeMap<Long, String>();
    var fired = new EnumMap<Fault, Integer>(Fault.class);
    for (long seed = first; seed < first + seeds; seed++) {
      var simulation = new Simulation(seed, verbose);
      try {
        long decided = simulation.run();
        if (seed % REPEAT_EVERY == 0 && new Simulation(seed, false).run() != decided) {
          failures.put(seed, "not deterministic");
        }
      } catch (AssertionError | RuntimeException broken) {
        failures.put(seed, broken.toString());
      }
      simulation.fired().forEach((fault, count) -> fired.merge(fault, count, Integer::sum));
    }
    return new Campaign(first, seeds, failures, fired, (System.nanoTime() - start) / 1_000_000);
  }

  /** Seeds, speed, faults, and how to replay what failed. */
  public String summary() {
    var text = new StringBuilder();
    text.append(
        "%d seeds from %d: %d failed, %.1f seeds per second%n"
            .formatted(seeds, first, failures.size(), seeds * 1000.0 / Math.max(1, tookMs)));
    text.append("faults that happened: ").append(fired).append(System.lineSeparator());
    failures.forEach(
        (seed, why) ->
            text.append("  %s%n  replay: ./mangonel simulate --seed %d%n".formatted(why, seed)));
    return text.toString().stripTrailing();
  }
}

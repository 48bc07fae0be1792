package io.mangonel.workbench.simulation;

import io.mangonel.workbench.simulation.world.Fault;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.IntStream;

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

  /** How a run is watched. */
  public enum Watching {
    QUIETLY,
    /** Every step is printed. */
    EACH_STEP,
    /** A line now and then. */
    WITH_PROGRESS
  }

  /** Every so many milliseconds a line of progress. */
  private static final long PROGRESS_MS = 10_000;

  /**
   * What to run.
   *
   * @param untilFailure whether the first failure ends it
   * @param threads runs at a time; a run has one
   */
  public record Order(
      long first, long seeds, Watching watching, boolean untilFailure, int threads) {}

  /**
   * Runs seeds.
   *
   * @param progress gets lines while it runs
   */
  public static Campaign run(Order order, Consumer<String> progress) {
    var tally = new Tally(order, progress);
    try (var pool = Executors.newFixedThreadPool(order.threads)) {
      var workers =
          IntStream.range(0, order.threads)
              .mapToObj(_ -> CompletableFuture.runAsync(tally::work, pool))
              .toList();
      workers.forEach(CompletableFuture::join);
    }
    return tally.campaign();
  }

  /** What the threads share. */
  private static final class Tally {
    private final Order order;
    private final Consumer<String> progress;
    private final long startNs = System.nanoTime();
    private final Map<Long, String> failures = new TreeMap<>();
    private final Map<Fault, Integer> fired = new EnumMap<>(Fault.class);
    private long taken;
    private long done;
    private long saidMs;

    Tally(Order order, Consumer<String> progress) {
      this.order = order;
      this.progress = progress;
    }

    void work() {
      OptionalLong seed = next();
      while (seed.isPresent()) {
        one(seed.getAsLong());
        seed = next();
      }
    }

    private synchronized OptionalLong next() {
      boolean over = taken == order.seeds || (order.untilFailure && !failures.isEmpty());
      return over ? OptionalLong.empty() : OptionalLong.of(order.first + taken++);
    }

    private void one(long seed) {
      boolean verbose = order.watching == Watching.EACH_STEP;
      var simulation = new Simulation(seed, verbose);
      String failure = "";
      try {
        long decided = simulation.run();
        if (seed % REPEAT_EVERY == 0 && new Simulation(seed, false).run() != decided) {
          failure = "not deterministic";
        }
      } catch (AssertionError | RuntimeException broken) {
        failure = String.valueOf(broken.getMessage());
        if (verbose) {
          broken.printStackTrace();
        }
      }
      note(seed, failure, simulation.fired());
    }

    private synchronized void note(long seed, String failure, Map<Fault, Integer> faults) {
      done++;
      if (!failure.isEmpty()) {
        failures.put(seed, failure);
        if (order.watching == Watching.WITH_PROGRESS) {
          progress.accept(failed(seed, failure)); // Also of a run that somebody ends.
        }
      }
      faults.forEach((fault, count) -> fired.merge(fault, count, Integer::sum));
      if (order.watching == Watching.WITH_PROGRESS && tookMs() - saidMs >= PROGRESS_MS) {
        saidMs = tookMs();
        progress.accept(
            "%d of %d seeds, %d failed, %.1f seeds per second"
                .formatted(done, order.seeds, failures.size(), done * 1000.0 / saidMs));
      }
    }

    private long tookMs() {
      return (System.nanoTime() - startNs) / 1_000_000;
    }

    synchronized Campaign campaign() {
      return new Campaign(order.first, done, failures, fired, tookMs());
    }
  }

  /** Seeds, speed, faults, and how to replay what failed. */
  public String summary() {
    var text = new StringBuilder();
    text.append(
        "%d seeds from %d: %d failed, %.1f seeds per second%n"
            .formatted(seeds, first, failures.size(), seeds * 1000.0 / Math.max(1, tookMs)));
    text.append("faults that happened: ").append(fired).append(System.lineSeparator());
    failures.forEach((seed, why) -> text.append(failed(seed, why)).append(System.lineSeparator()));
    return text.toString().stripTrailing();
  }

  private static String failed(long seed, String why) {
    return "failed seed %d: %s%n  replay: ./mangonel simulate --seed %d".formatted(seed, why, seed);
  }
}

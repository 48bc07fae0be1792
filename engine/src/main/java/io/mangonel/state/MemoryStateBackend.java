package io.mangonel.state;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A store that ends with its process: for tests and for engines embedded in a program. */
public final class MemoryStateBackend {
  private MemoryStateBackend() {}

  public static StateBackend open() {
    return open(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
  }

  /**
   * @param clockMs what leases are timed by; never goes back
   */
  public static StateBackend open(LongSupplier clockMs) {
    return new LocalStateBackend(new MemoryTable(), clockMs, _ -> {});
  }
}

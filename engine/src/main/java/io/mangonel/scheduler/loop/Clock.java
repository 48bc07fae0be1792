package io.mangonel.scheduler.loop;

import java.util.concurrent.TimeUnit;

/** Milliseconds since 1970 that never go back while the process lives. */
public final class Clock {
  private final long startedMs = System.currentTimeMillis();
  private final long startedNs = System.nanoTime();

  public long nowMs() {
    return startedMs + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs);
  }
}

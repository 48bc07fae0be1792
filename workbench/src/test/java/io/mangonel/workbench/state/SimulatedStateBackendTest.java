package io.mangonel.workbench.state;

import io.mangonel.state.StateBackend;
import io.mangonel.workbench.simulation.store.SimulatedStateBackend;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;

/** The simulation's store, without the layer of faults. The test is the world around it. */
class SimulatedStateBackendTest implements StateBackendContract, ScanContract {
  private final ExecutorService now = Executors.newSingleThreadExecutor();
  private final TreeMap<Long, Runnable> later = new TreeMap<>();
  private final AtomicLong clockMs = new AtomicLong();

  @Override
  public StateBackend open() {
    return new SimulatedStateBackend(clockMs::get, this::after);
  }

  private void after(long delayMs, Runnable action) {
    if (delayMs == 0) {
      now.execute(action);
    } else {
      later.merge(clockMs.get() + delayMs, action, SimulatedStateBackendTest::both);
    }
  }

  private static Runnable both(Runnable first, Runnable second) {
    return () -> {
      first.run();
      second.run();
    };
  }

  @Override
  public void passTime(long ms) {
    long nowMs = clockMs.addAndGet(ms);
    Map<Long, Runnable> due = new TreeMap<>(later.headMap(nowMs, true));
    due.forEach(
        (atMs, action) -> {
          later.remove(atMs);
          action.run();
        });
  }

  @AfterEach
  void letGo() {
    now.shutdownNow();
  }
}

package io.mangonel.workbench.state;

import io.mangonel.state.MemoryStateBackend;
import io.mangonel.state.StateBackend;
import java.util.concurrent.atomic.AtomicLong;

class MemoryStateBackendTest implements StateBackendContract, ScanContract {
  private final AtomicLong clockMs = new AtomicLong();

  @Override
  public StateBackend open() {
    return MemoryStateBackend.open(clockMs::get);
  }

  @Override
  public void passTime(long ms) {
    clockMs.addAndGet(ms);
  }
}

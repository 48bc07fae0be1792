package io.mangonel.workbench.state;

import static org.assertj.core.api.Assertions.fail;

import io.mangonel.state.RocksDbStateBackend;
import io.mangonel.state.StateBackend;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;

class RocksDbStateBackendTest implements StateBackendContract, ScanContract {
  @TempDir private Path directory;
  private final AtomicLong clockMs = new AtomicLong();

  @Override
  public StateBackend open() {
    return RocksDbStateBackend.open(directory, clockMs::get, message -> fail(message));
  }

  @Override
  public void passTime(long ms) {
    clockMs.addAndGet(ms);
  }
}

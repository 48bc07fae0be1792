package io.mangonel.state;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The durable store of a lone scheduler: a directory, one process at a time. A commit is done when
 * it is on disk. Calls pin a virtual thread's carrier, each for about the time of a disk write.
 */
public final class RocksDbStateBackend {
  private RocksDbStateBackend() {}

  /**
   * @param onFailure called once, with one line for the user, when a write failed: the process must
   *     end, since nobody knows what is on disk (rule D10)
   * @throws StateException when the directory is in use, cannot be written, or is damaged
   */
  public static StateBackend open(Path directory, Consumer<String> onFailure) {
    return open(directory, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), onFailure);
  }

  /**
   * @param clockMs what leases are timed by; never goes back. Leases found begin their whole time
   */
  public static StateBackend open(
      Path directory, LongSupplier clockMs, Consumer<String> onFailure) {
    RocksDbTable table = RocksDbTable.open(directory);
    try {
      return new LocalStateBackend(table, clockMs, onFailure);
    } catch (StateException e) {
      table.close();
      throw e;
    }
  }
}

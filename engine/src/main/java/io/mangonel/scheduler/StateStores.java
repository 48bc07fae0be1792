package io.mangonel.scheduler;

import io.mangonel.state.MemoryStateBackend;
import io.mangonel.state.RocksDbStateBackend;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Opens the store that a configuration names. */
final class StateStores {
  private static final String ROCKSDB_PREFIX = "rocksdb:";

  private StateStores() {}

  /**
   * @param state {@code memory}, {@code rocksdb:DIR}
   * @param onFailure gets one line when a write failed: the process must end (rule D10)
   * @throws IOException when there is no such store; the message is for a person
   */
  static StateBackend open(String state, Consumer<String> onFailure) throws IOException {
    if (state.equals("memory")) {
      return MemoryStateBackend.open();
    }
    if (state.startsWith(ROCKSDB_PREFIX)) {
      Path directory = Path.of(state.substring(ROCKSDB_PREFIX.length())).toAbsolutePath();
      try {
        return RocksDbStateBackend.open(directory, onFailure);
      } catch (StateException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    if (state.startsWith("etcd:")) {
      throw new IOException("state on etcd is not supported yet: use memory or rocksdb:DIR");
    }
    throw new IOException("unknown state '" + state + "': use memory or rocksdb:DIR");
  }
}

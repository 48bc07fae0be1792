package io.mangonel.scheduler;

import io.mangonel.state.MemoryStateBackend;
import io.mangonel.state.RocksDbStateBackend;
import io.mangonel.state.StateBackend;
import io.mangonel.state.StateException;
import io.mangonel.state.etcd.EtcdAccess;
import io.mangonel.state.etcd.EtcdStateBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Opens the store that a configuration names. */
final class StateStores {
  private static final String ROCKSDB_PREFIX = "rocksdb:";
  private static final String ETCD_PREFIX = "etcd:";

  private StateStores() {}

  /**
   * @param shared whether other schedulers may use it, too
   */
  record Opened(StateBackend store, boolean shared) {}

  /**
   * @param onFailure gets one line when a write failed: the process must end (rule D10)
   * @throws IOException when there is no such store; the message is for a person
   */
  static Opened open(SchedulerConfig config, Consumer<String> onFailure) throws IOException {
    String state = config.state();
    try {
      if (state.equals("memory")) {
        return new Opened(MemoryStateBackend.open(), false);
      }
      if (state.startsWith(ROCKSDB_PREFIX)) {
        Path directory = Path.of(state.substring(ROCKSDB_PREFIX.length())).toAbsolutePath();
        return new Opened(RocksDbStateBackend.open(directory, onFailure), false);
      }
      if (state.startsWith(ETCD_PREFIX)) {
        var endpoints = EtcdAccess.endpoints(state.substring(ETCD_PREFIX.length()));
        return new Opened(EtcdStateBackend.open(new EtcdAccess(endpoints, config.etcd())), true);
      }
    } catch (StateException | IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    throw new IOException(
        "unknown state '" + state + "': use memory, rocksdb:DIR or etcd:http://HOST:2379[,...]");
  }
}
